/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event_socket.h - what moontap-event, the client, and a worker of moontapd say to each other
 *
 * The socket is SEQPACKET, root's alone; a connection is one event. A message is one packet.
 *
 *	client				worker
 *	words, descriptors	->
 *				<-	MT_REPLY_ACCEPTED and the limit, or MT_REPLY_ELSEWHERE
 *	MT_EVENT_GO		->
 *				<-	MT_REPLY_DONE, the status, what is for standard error;
 *					with a memfd: what is for standard output
 *
 * Before `go` the worker does nothing, so a client that was not accepted in time may do the event
 * itself; after it the client does so only at end of file, when the worker is gone and with it its
 * locks. Without `go` the event of a client that gave up would run after a later one: a message in
 * a socket's queue is read by accept(2) after its sender has gone, too.
 *
 * So no other process may inherit the worker's end of the connection, and the worker neither shuts
 * it down nor sends an empty message. It closes the taps before it sends MT_REPLY_DONE: the client's
 * caller believes then that it alone has its tap.
 *
 * The client includes this header and nothing else of the project: it has no libc.
 */
#ifndef MT_SERVICE_EVENT_SOCKET_H
#define MT_SERVICE_EVENT_SOCKET_H

#define MT_EVENT_SOCKET "/run/moontap.sock/event"

/*
 * The client's first message: words, each ended by NUL: MT_EVENT_PROTOCOL, the version of moontap,
 * and the words that the program was called with, argv[0] first. Its descriptors: of a hook the
 * whole of standard input, a memfd that is sealed and rewound; of a script the taps that the caller
 * left open.
 */
#define MT_EVENT_PROTOCOL  "moontap-event 1"
#define MT_EVENT_MAX	   16384      /* bytes of the message */
#define MT_EVENT_STDIN_MAX (8u << 20) /* bytes of standard input; libvirt's XML is less */
#define MT_EVENT_FDS_MAX   16	      /* descriptors of a message */

#define MT_EVENT_GO "go"

#define MT_EVENT_ACCEPT_MS 2000 /* that a client waits to be accepted */

enum mt_reply_is {
	MT_REPLY_ACCEPTED = 'A',  /* value: milliseconds that the client is to wait for the end */
	MT_REPLY_ELSEWHERE = 'E', /* nothing was done and nothing will be: the client does it */
	MT_REPLY_DONE = 'D',	  /* value: the exit status; text follows */
};

/* A worker's message: this, and then text up to the packet's end, for standard error. */
struct mt_event_reply {
	unsigned int is; /* enum mt_reply_is */
	unsigned int value;
};

#define MT_REPLY_MAX 16384 /* bytes of the message */

#endif
