/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* messages.h - texts over a stream socket, each ended by NUL: varlink's framing */
#ifndef MT_BASE_MESSAGES_H
#define MT_BASE_MESSAGES_H

#include <signal.h>
#include <stddef.h>

#define MT_MESSAGE_MAX (8u << 20) /* bytes of a text, without its NUL */

/* One end of a connection, and what has come over it; zeroed but for the first lines. */
struct mt_messages {
	int fd;
	int whole_ms;	 /* within which a text must be complete, from its first byte on */
	int *descriptor; /* out: one that comes along, owned by the caller; NULL: none is taken */
	const sigset_t *waiting; /* the signals blocked while it waits for a first byte; NULL */
	/* private: */
	char *at;
	size_t n, cap, taken;
};

/**
 * mt_message_receive() - wait for a text
 * @text:	out: NUL-terminated; borrowed until the next call
 *
 * Return: its bytes, without the NUL; or
 *   -ENOTCONN	the other end was closed, and nothing is left
 *   -EINTR	a signal came before a first byte
 *   -EPIPE	the other end was closed within a text
 *   -ETIMEDOUT	it was not complete in time
 *   -EFBIG	it has more than MT_MESSAGE_MAX bytes
 *   -errno	of recv(2); -ENOMEM
 */
long mt_message_receive(struct mt_messages *m, char **text);

/** mt_message_send() - send a text with its NUL, all of it
 * @descriptor:	goes along with it; -1: none does
 *
 * Return: 0 or -errno. */
int mt_message_send(const struct mt_messages *m, const char *text, int descriptor);

/** mt_messages_free() - free the buffer; fd stays open */
void mt_messages_free(struct mt_messages *m);

#endif
