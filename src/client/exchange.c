/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* exchange.c - the socket, and the messages of service/event_socket.h */
#include "client/client.h"
#include "client/client_text.h"
#include "client/sys.h"

struct rights {
	struct cmsghdr head;
	int fds[MT_EVENT_FDS_MAX];
};

static const char *socket_path(const struct mt_call *c, bool secure)
{
	for (char **e = c->envp; *e && !secure; e++) {
		const char *path = after(*e, "MOONTAP_EVENT_SOCKET=");

		if (path)
			return path;
	}
	return MT_EVENT_SOCKET;
}

/* A new descriptor is the lowest that is free: a socket above 2 says that 0, 1 and 2 are open. Where
 * one is not, open /dev/null for the wrong direction, as cli/output.c does. */
static long open_socket(void)
{
	for (;;) {
		long s = sys_socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (s < 0 || s > 2)
			return s;
		sys_close((int)s);
		if (sys_open("/dev/null", s == 0 ? O_WRONLY : O_RDONLY) != s)
			return -EBADF;
	}
}

bool mt_connect_service(struct mt_call *c, bool secure)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct text t = { .s = to.sun_path, .room = sizeof to.sun_path };
	long s = open_socket();

	add_word(&t, socket_path(c, secure));
	c->socket = (int)s;
	return s >= 0 && !t.cut && sys_connect((int)s, &to) == 0;
}

bool mt_send_words(const struct mt_call *c)
{
	static char words[MT_EVENT_MAX];
	struct text t = { .s = words, .room = sizeof words };
	struct rights r = { .head = { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
	struct iovec part = { .iov_base = words };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };

	add_word(&t, MT_EVENT_PROTOCOL);
	add_word(&t, MOONTAP_VERSION);
	for (char **word = c->argv; *word; word++)
		add_word(&t, *word);
	part.iov_len = t.n;
	for (int i = 0; i < c->fds_n; i++)
		r.fds[i] = c->fds[i];
	r.head.cmsg_len = sizeof r.head + (size_t)c->fds_n * sizeof *r.fds;
	if (c->fds_n) {
		m.msg_control = &r;
		m.msg_controllen = r.head.cmsg_len;
	}
	return !t.cut && sys_sendmsg(c->socket, &m, MSG_NOSIGNAL) == (long)t.n;
}

bool mt_send_go(const struct mt_call *c)
{
	struct iovec part = { .iov_base = (char *)MT_EVENT_GO, .iov_len = sizeof MT_EVENT_GO - 1 };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };

	return sys_sendmsg(c->socket, &m, MSG_NOSIGNAL) == (long)part.iov_len;
}

long mt_receive(const struct mt_call *c, struct mt_answer *a, unsigned int ms)
{
	struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };
	struct pollfd p = { .fd = c->socket, .events = POLLIN };
	struct rights r = { .head = { .cmsg_len = 0 } };
	struct iovec parts[] = { { &a->head, sizeof a->head }, { a->text, sizeof a->text } };
	struct msghdr m = { .msg_iov = parts, .msg_iovlen = 2 };
	long n;

	do
		n = sys_poll(&p, &left);
	while (n == -EINTR);
	if (n <= 0)
		return n ? n : -ETIMEDOUT;
	do { /* ECONNRESET: the worker went with a message unread; before it did it may have answered */
		m.msg_control = &r;
		m.msg_controllen = sizeof r;
		n = sys_recvmsg(c->socket, &m, MSG_CMSG_CLOEXEC);
	} while (n == -EINTR || n == -ECONNRESET);
	if (n < 0 || (n == 0 && p.revents & POLLHUP)) /* else the worker lives: an empty message */
		return n;
	if ((size_t)n < sizeof a->head)
		return -EBADMSG;
	a->text_n = (size_t)n - sizeof a->head;
	a->output_lost = m.msg_flags & MSG_CTRUNC;
	a->output =
		m.msg_controllen > sizeof r.head && r.head.cmsg_type == SCM_RIGHTS ? r.fds[0] : -1;
	return n;
}
