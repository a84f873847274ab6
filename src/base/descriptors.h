/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* descriptors.h - messages with descriptors, and how many descriptors a process may have */
#ifndef MT_BASE_DESCRIPTORS_H
#define MT_BASE_DESCRIPTORS_H

#include <stddef.h>
#include <sys/types.h>

#define MT_DESCRIPTORS_MAX 16 /* of one message */

/** mt_raise_descriptors() - raise the soft limit to the hard one: a tap that is being made is an
 * open descriptor, and a guest may have many */
void mt_raise_descriptors(void);

/** mt_send_descriptors() - one message of @n > 0 bytes with @nfds descriptors, without waiting
 * Return: 0 or -errno. */
int mt_send_descriptors(int socket, const void *bytes, size_t n, const int *fds, unsigned nfds);

/** mt_receive_descriptors() - one message of at most @n bytes
 * @fds:	out: room for MT_DESCRIPTORS_MAX; the caller closes them, also after an error
 *
 * Return: its bytes, 0: end of file; -EMSGSIZE: it has more, or more descriptors; or -errno.
 */
ssize_t mt_receive_descriptors(int socket, void *bytes, size_t n, int *fds, unsigned *nfds);

#endif
