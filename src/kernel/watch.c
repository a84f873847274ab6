/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* watch.c - netlink's notifications, not parsed: the caller reads what it shows anew */
#include "kernel/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <unistd.h>

int mt_watch_groups(int bus, const int *groups, size_t n, int *fd, struct mt_err *e)
{
	struct mnl_socket *nl = mnl_socket_open2(bus, SOCK_CLOEXEC | SOCK_NONBLOCK);
	int code = 0;

	*fd = -1;
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0)
		code = errno;
	for (size_t i = 0; !code && i < n; i++)
		if (mnl_socket_setsockopt(nl, NETLINK_ADD_MEMBERSHIP, (void *)&groups[i],
					  sizeof groups[i]))
			code = errno;
	if (!code) {
		*fd = fcntl(mnl_socket_get_fd(nl), F_DUPFD_CLOEXEC, 0);
		code = *fd < 0 ? errno : 0;
	}
	if (nl)
		mnl_socket_close(nl);
	return code ? mt_fail(e, code, "watch", "netlink", NULL) : 0;
}

int mt_watch_open(int *fd, struct mt_err *e)
{
	static const int groups[] = { RTNLGRP_LINK,	   RTNLGRP_NEIGH,      RTNLGRP_IPV4_IFADDR,
				      RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,
				      RTNLGRP_IPV4_RULE,   RTNLGRP_IPV6_RULE,  RTNLGRP_IPV4_NETCONF,
				      RTNLGRP_IPV6_NETCONF };

	return mt_watch_groups(NETLINK_ROUTE, groups, sizeof groups / sizeof *groups, fd, e);
}

/* ENOBUFS: so much has changed that some of it was lost. That is a change, too. */
void mt_watch_drain(int fd)
{
	char bytes[8192];

	while (read(fd, bytes, sizeof bytes) > 0 || errno == EINTR || errno == ENOBUFS)
		errno = 0;
}
