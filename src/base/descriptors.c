/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* descriptors.c - sendmsg(2) and recvmsg(2) with SCM_RIGHTS of unix(7), and RLIMIT_NOFILE */
#include "base/descriptors.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

union control {
	struct cmsghdr head; /* for its alignment */
	char room[CMSG_SPACE(MT_DESCRIPTORS_MAX * sizeof(int))];
};

void mt_raise_descriptors(void)
{
	struct rlimit l;

	if (!getrlimit(RLIMIT_NOFILE, &l) && l.rlim_cur < l.rlim_max) {
		l.rlim_cur = l.rlim_max;
		setrlimit(RLIMIT_NOFILE, &l);
	}
}

int mt_send_descriptors(int socket, const void *bytes, size_t n, const int *fds, unsigned nfds)
{
	struct iovec part = { (void *)bytes, n };
	union control with = { 0 };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (nfds) {
		m.msg_control = &with;
		m.msg_controllen = CMSG_SPACE(nfds * sizeof *fds);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(nfds * sizeof *fds);
		memcpy(CMSG_DATA(c), fds, nfds * sizeof *fds);
	}
	return sendmsg(socket, &m, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -errno : 0;
}

ssize_t mt_receive_descriptors(int socket, void *bytes, size_t n, int *fds, unsigned *nfds)
{
	struct iovec part = { bytes, n };
	union control with;
	struct msghdr m = { .msg_iov = &part,
			    .msg_iovlen = 1,
			    .msg_control = &with,
			    .msg_controllen = sizeof with };
	ssize_t got;

	*nfds = 0;
	got = recvmsg(socket, &m, MSG_CMSG_CLOEXEC);
	if (got < 0)
		return -errno;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
			*nfds = (unsigned)((c->cmsg_len - CMSG_LEN(0)) / sizeof *fds);
			memcpy(fds, CMSG_DATA(c), *nfds * sizeof *fds);
		}
	return m.msg_flags & (MSG_TRUNC | MSG_CTRUNC) ? -EMSGSIZE : got;
}
