/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client.h - what moontap-event knows of the call that it serves, and its parts
 *
 * event.c decides; handover.c copies what is given to the service, and what comes from it;
 * exchange.c speaks with the service; fallback.c does without it.
 */
#ifndef MT_CLIENT_CLIENT_H
#define MT_CLIENT_CLIENT_H

#include "service/event_socket.h"

#include <stdbool.h>
#include <stddef.h>

struct mt_call {
	const char *name;		     /* of the program, without its folder */
	const struct mt_client_event *event; /* NULL: none of the service's */
	char **argv, **envp;
	int socket;
	int input;		   /* a hook's standard input, copied; -1: not yet */
	bool input_taken;	   /* from descriptor 0, which can no longer be read */
	int fds[MT_EVENT_FDS_MAX]; /* that the service is to have */
	int fds_n;
};

struct mt_client_event {
	const char *name;
	int words;
	bool hook; /* libvirt's */
};

/* What the service answers. */
struct mt_answer {
	struct mt_event_reply head;
	char text[MT_REPLY_MAX - sizeof(struct mt_event_reply)];
	size_t text_n;
	int output;	  /* what is for standard output; -1: nothing */
	bool output_lost; /* there was no descriptor left to receive it */
};

/*
 * @secure: the program has more rights than its caller (AT_SECURE of getauxval(3))
 * Return: the exit status
 */
int mt_client(int argc, char **argv, char **envp, bool secure);

/* fallback.c */

/* Return: 0, or -errno when not all was written. */
long mt_write_all(int fd, const char *s, size_t n);

/* Print "qemu-ifup: SUBJECT WHAT", and @why when it is an errno. */
void mt_complain(const struct mt_call *c, const char *subject, const char *what, long why);

/* Return: the exit status of an event that failed. */
int mt_failed(const struct mt_call *c);

/* Execute moontap in this program's stead: only while nobody else does the event. Return: the exit
 * status where that fails. */
int mt_become_moontap(const struct mt_call *c);

/* handover.c */

enum mt_copied { MT_COPIED, MT_NOT_FOR_SERVICE, MT_COPY_LOST };

/* Copy standard input, and add the copy to the descriptors. */
enum mt_copied mt_copy_input(struct mt_call *c);

/* Add the taps that the caller left open. Return: whether all of them could be added. */
bool mt_find_taps(struct mt_call *c);

/* Return: 0, or -errno when not all of @from was written to standard output. */
long mt_copy_output(int from);

/* exchange.c */

bool mt_connect_service(struct mt_call *c, bool secure);
bool mt_send_words(const struct mt_call *c);
bool mt_send_go(const struct mt_call *c);

/*
 * Wait for a message, @ms at most.
 * Return: its bytes; 0 when the worker is gone; -ETIMEDOUT; -EBADMSG when it has no head
 */
long mt_receive(const struct mt_call *c, struct mt_answer *a, unsigned int ms);

#endif
