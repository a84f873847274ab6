/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* changes.c - rtnetlink's notifications about devices: filtered by the kernel, parsed here */
#include "kernel/changes.h"
#include "kernel/nl.h"
#include "kernel/watch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* One notification of a device takes 4 KiB of it, and the kernel doubles this number: so it holds
 * 2,000, where the default holds 50. */
#define BUFFER (4 << 20)

#define TYPE	 offsetof(struct nlmsghdr, nlmsg_type)
#define PROTOCOL (NLMSG_HDRLEN + offsetof(struct rtmsg, rtm_protocol))

#define LOAD(size, at)	  BPF_STMT(BPF_LD | (size) | BPF_ABS, at)
#define IF_IS(what, then) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, what, then, 0)
#define END(bytes)	  BPF_STMT(BPF_RET | BPF_K, bytes)

/* A packet has one notification. BPF reads numbers in network order. */
static int filter(int fd, struct mt_err *e)
{
	struct sock_filter code[] = {
		LOAD(BPF_H, TYPE),
		IF_IS(htons(RTM_NEWLINK), 5),
		IF_IS(htons(RTM_DELLINK), 4),
		IF_IS(htons(RTM_DELADDR), 3),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(RTM_DELROUTE), 0, 3),
		LOAD(BPF_B, PROTOCOL),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MT_ROUTE_PROTOCOL, 0, 1),
		END(UINT32_MAX),
		END(0),
	};
	struct sock_fprog program = { sizeof code / sizeof *code, code };

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program))
		return mt_fail(e, errno, "watch", "filter", NULL);
	return 0;
}

int mt_changes_open(int *fd, struct mt_err *e)
{
	static const int groups[] = { RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
				      RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE };
	int size = BUFFER;

	if (mt_watch_groups(NETLINK_ROUTE, groups, sizeof groups / sizeof *groups, fd, e))
		return -e->code;
	/* without CAP_NET_ADMIN it stays small, and is full more often */
	setsockopt(*fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
	if (!filter(*fd, e))
		return 0;
	close(*fd);
	*fd = -1;
	return -e->code;
}

static bool take_link(const struct nlmsghdr *n, struct mt_change *c)
{
	const struct ifinfomsg *head = mnl_nlmsg_get_payload(n);
	bool gone = n->nlmsg_type == RTM_DELLINK;
	struct mt_nl_device d;

	if (n->nlmsg_len < NLMSG_LENGTH(sizeof *head))
		return false;
	c->ifindex = (uint32_t)head->ifi_index;
	c->is = gone ? MT_CHANGE_LINK_GONE : MT_CHANGE_LINK;
	/* the bridge's own messages: net/bridge/br_netlink.c br_ifinfo_notify() */
	if (head->ifi_family == AF_BRIDGE)
		c->is = MT_CHANGE_PORT_GONE;
	if (gone || head->ifi_family == AF_BRIDGE)
		return gone;
	if (!mt_nl_parse_device(n, &d))
		return false;
	strcpy(c->name, d.name);
	c->device = mt_nl_device_is(d.kind);
	c->up = head->ifi_flags & IFF_UP;
	return true;
}

static bool take_lost(const struct nlmsghdr *n, struct mt_change *c)
{
	const struct ifaddrmsg *a;
	mt_nl_attrs tb;

	c->is = MT_CHANGE_LOST;
	if (n->nlmsg_type == RTM_DELROUTE) {
		if (!mt_nl_parse(n, sizeof(struct rtmsg), tb))
			return false;
		c->ifindex = (uint32_t)mt_nl_uint(tb[RTA_OIF]);
		return c->ifindex;
	}
	a = mt_nl_parse(n, sizeof *a, tb);
	if (!a || a->ifa_scope == RT_SCOPE_LINK) /* the kernel's own */
		return false;
	c->ifindex = a->ifa_index;
	return true;
}

int mt_changes_read(int fd, void (*each)(void *data, const struct mt_change *c), void *data)
{
	alignas(NLMSG_ALIGNTO) char bytes[32768];
	bool lost = false;

	for (;;) {
		ssize_t got = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
		const struct nlmsghdr *n = (const void *)bytes;
		struct mt_change c = { 0 };

		lost |= got < 0 && errno == ENOBUFS;
		if (got < 0 && errno != ENOBUFS && errno != EINTR)
			return lost ? -ENOBUFS : 0;
		if (got < (ssize_t)sizeof *n || !mnl_nlmsg_ok(n, (int)got))
			continue;
		if (n->nlmsg_type == RTM_NEWLINK || n->nlmsg_type == RTM_DELLINK ? take_link(n, &c)
										 : take_lost(n, &c))
			each(data, &c);
	}
}
