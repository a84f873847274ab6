/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovsdb_stream.c - bytes from and to an ovsdb-server, and where a message ends */
#include "ovsdb/json/ovsdb_link.h"
#include "base/bytes.h"
#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define READ_AT_LEAST 16384

static int wait_for(struct mt_ovsdb_link *l, short events, int64_t deadline, struct mt_err *e)
{
	struct pollfd p = { l->fd, events, 0 };
	int64_t now;
	int n;

	do {
		now = mt_now_ms();
		n = now >= deadline ? 0 : poll(&p, 1, (int)(deadline - now));
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return mt_fail(e, errno, "ovsdb", l->path, NULL);
	return n ? 0
		 : mt_fail(e, ETIMEDOUT, "", "",
			   "Open vSwitch does not answer: ovsdb-server hangs (%s)", l->path);
}

/* libvirt runs its scripts as root with few capabilities: then a socket's mode counts for root, too. */
static int denied(const char *path, struct mt_err *e)
{
	struct stat st;

	if (stat(path, &st))
		return mt_fail(e, EACCES, "", "", "%s: %s", path, strerror(EACCES));
	return mt_fail(
		e, EACCES, "", "",
		"%s: Permission denied: it belongs to uid %u, mode %04o: run moontap as that "
		"user, or put root into its group (libvirt's scripts may lack "
		"CAP_DAC_OVERRIDE)",
		path, (unsigned)st.st_uid, (unsigned)(st.st_mode & 07777));
}

static int refused(const char *path, int code, struct mt_err *e)
{
	if (code == EACCES || code == EPERM)
		return denied(path, e);
	if (code != ENOENT && code != ECONNREFUSED && code != ENOTDIR && code != ENOTSOCK)
		return mt_fail(e, code, "", "", "Open vSwitch: %s: %s", path, strerror(code));
	return mt_fail(e, ENOTCONN, "", "",
		       "Open vSwitch is not running: %s: %s (systemctl status openvswitch-switch)",
		       path, strerror(code));
}

int mt_ovsdb_connect(struct mt_ovsdb_link *l, int64_t deadline, struct mt_err *e)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int code;

	if (l->fd >= 0)
		return 0;
	if (strlen(l->path) >= sizeof to.sun_path)
		return mt_fail(e, ENAMETOOLONG, "ovsdb", l->path, NULL);
	strcpy(to.sun_path, l->path);
	l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l->fd < 0)
		return mt_fail(e, errno, "ovsdb", l->path, NULL);
	/* It connects at once, or the server's queue is full: net/unix/af_unix.c
	 * unix_stream_connect() */
	while (connect(l->fd, (struct sockaddr *)&to, sizeof to)) {
		code = errno;
		if (code == EAGAIN && mt_now_ms() < deadline) {
			poll(NULL, 0, 2);
			continue;
		}
		mt_ovsdb_disconnect(l);
		return code == EAGAIN ? mt_fail(e, ETIMEDOUT, "", "",
						"Open vSwitch does not answer: ovsdb-server hangs "
						"(%s)",
						l->path)
				      : refused(l->path, code, e);
	}
	l->used = false;
	return 0;
}

void mt_ovsdb_disconnect(struct mt_ovsdb_link *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	l->len = l->scanned = 0;
	l->depth = 0;
	l->quoted = l->escaped = false;
}

static int lost(int code, struct mt_err *e)
{
	if (code != ECONNRESET && code != EPIPE)
		return mt_fail(e, code, "", "", "Open vSwitch: %s", strerror(code));
	return mt_fail(e, ECONNRESET, "", "", "Open vSwitch: ovsdb-server closed the connection");
}

int mt_ovsdb_send(struct mt_ovsdb_link *l, const char *text, size_t n, int64_t deadline,
		  struct mt_err *e)
{
	while (n) {
		ssize_t sent = send(l->fd, text, n, MSG_NOSIGNAL);

		if (sent < 0 && errno == EAGAIN) {
			if (wait_for(l, POLLOUT, deadline, e))
				return -e->code;
		} else if (sent < 0 && errno != EINTR) {
			return lost(errno, e);
		} else if (sent > 0) {
			text += sent;
			n -= (size_t)sent;
		}
	}
	return 0;
}

/* Messages are not framed: one ends where its brackets close. 0: it does not yet. */
static size_t message_end(struct mt_ovsdb_link *l)
{
	while (l->scanned < l->len) {
		char c = l->buf[l->scanned++];

		if (l->escaped)
			l->escaped = false;
		else if (l->quoted && c == '\\')
			l->escaped = true;
		else if (c == '"')
			l->quoted = !l->quoted;
		else if (!l->quoted && (c == '{' || c == '['))
			l->depth++;
		else if (!l->quoted && (c == '}' || c == ']') && --l->depth <= 0)
			return l->scanned;
	}
	return 0;
}

static int fill(struct mt_ovsdb_link *l, int64_t deadline, struct mt_err *e)
{
	int err = mt_bytes_room(&l->buf, &l->cap, l->len + READ_AT_LEAST, 2 * READ_AT_LEAST,
				MT_OVSDB_ANSWER_MAX);
	ssize_t n;

	if (err)
		return mt_fail(e, -err, "", "", "Open vSwitch: an answer of more than %zu bytes",
			       l->len);
	n = recv(l->fd, l->buf + l->len, l->cap - l->len, 0);
	if (n > 0) {
		l->len += (size_t)n;
		return 0;
	}
	if (!n)
		return lost(ECONNRESET, e);
	if (errno == EAGAIN)
		return wait_for(l, POLLIN, deadline, e);
	return errno == EINTR ? 0 : lost(errno, e);
}

int mt_ovsdb_receive(struct mt_ovsdb_link *l, int64_t deadline, size_t *end, struct mt_err *e)
{
	while (!(*end = message_end(l)))
		if (fill(l, deadline, e))
			return -e->code;
	return 0;
}

void mt_ovsdb_next(struct mt_ovsdb_link *l, size_t end)
{
	memmove(l->buf, l->buf + end, l->len -= end);
	l->scanned = 0;
	l->depth = 0;
}
