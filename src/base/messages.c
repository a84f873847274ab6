/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* messages.c - recv(2) up to a NUL, with a deadline, and send(2) with one */
#include "base/messages.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/descriptors.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST 4096

/* What was returned before makes room for what follows it. */
static void drop_taken(struct mt_messages *m)
{
	m->n -= m->taken;
	memmove(m->at, m->at + m->taken, m->n);
	m->taken = 0;
}

/* Return: 0: there is something to read; or -errno. */
static int wait_for_more(const struct mt_messages *m, int64_t until)
{
	struct pollfd p = { .fd = m->fd, .events = POLLIN };
	int64_t left = until - mt_now_ms();
	int n;

	if (!until)
		n = ppoll(&p, 1, NULL, m->waiting);
	else
		n = poll(&p, 1, left > 0 ? (int)left : 0);
	if (n < 0)
		return errno == EINTR && until ? 0 : -errno;
	return n || !until ? 0 : -ETIMEDOUT;
}

/* As recv(2). A descriptor goes with the bytes that it was sent with. */
static ssize_t receive_with(const struct mt_messages *m, void *at, size_t n)
{
	int fds[MT_DESCRIPTORS_MAX];
	unsigned nfds;
	ssize_t got = mt_receive_descriptors(m->fd, at, n, fds, &nfds);

	if (nfds && *m->descriptor < 0)
		*m->descriptor = fds[--nfds];
	while (nfds)
		close(fds[--nfds]);
	if (got >= 0)
		return got;
	errno = (int)-got;
	return -1;
}

static long receive_some(struct mt_messages *m)
{
	int err = mt_bytes_room(&m->at, &m->cap, m->n + 1, FIRST, MT_MESSAGE_MAX + 1);
	ssize_t got;

	if (err)
		return err;
	got = m->descriptor ? receive_with(m, m->at + m->n, m->cap - m->n)
			    : recv(m->fd, m->at + m->n, m->cap - m->n, MSG_DONTWAIT);
	if (got > 0)
		m->n += (size_t)got;
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	return got ? (got < 0 ? -errno : 0) : m->n ? -EPIPE : -ENOTCONN;
}

long mt_message_receive(struct mt_messages *m, char **text)
{
	int64_t until = 0;
	size_t seen = 0;

	if (m->taken)
		drop_taken(m);
	for (;;) {
		char *end = m->n > seen ? memchr(m->at + seen, 0, m->n - seen) : NULL;
		long err;

		if (end) {
			*text = m->at;
			m->taken = (size_t)(end - m->at) + 1;
			return end - m->at;
		}
		seen = m->n;
		if (m->n && !until)
			until = mt_now_ms() + m->whole_ms;
		err = wait_for_more(m, until);
		if (!err)
			err = receive_some(m);
		if (err)
			return err;
	}
}

int mt_message_send(const struct mt_messages *m, const char *text, int descriptor)
{
	size_t left = strlen(text) + 1;
	int err = 0;

	if (descriptor >= 0) { /* with the first byte, which there is always room for */
		err = mt_send_descriptors(m->fd, text++, 1, &descriptor, 1);
		left--;
	}
	if (err)
		return err;

	while (left) {
		ssize_t n = send(m->fd, text, left, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		text += n;
		left -= (size_t)n;
	}
	return 0;
}

void mt_messages_free(struct mt_messages *m)
{
	free(m->at);
	m->at = NULL;
	m->n = m->cap = m->taken = 0;
}
