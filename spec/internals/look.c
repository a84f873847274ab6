/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * look.c - for specs: a glance at a whole network namespace, byte for byte, in a millisecond
 *
 * Equal glances mean equal hosts. Unequal ones may not: spec/snapshot.lua says what differs, and
 * takes fifty times as long. Left out is only what changes while nobody changes anything: counters,
 * timers, learned neighbours, and what follows a carrier.
 */
#include <errno.h>
#include <lauxlib.h>
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <lua.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#define PATH(A, B, C) ((A) << 16 | (B) << 8 | (C))

/* Attributes in attributes, by number: these are opened, and those after them are left out. */
static const unsigned link_nests[] = {
	PATH(0, 0, IFLA_LINKINFO),
	PATH(0, IFLA_LINKINFO, IFLA_INFO_DATA),
	PATH(0, IFLA_LINKINFO, IFLA_INFO_SLAVE_DATA),
	PATH(0, 0, IFLA_AF_SPEC),
	PATH(0, IFLA_AF_SPEC, AF_INET6),
	0,
};

static const unsigned link_moves[] = {
	PATH(0, 0, IFLA_STATS),
	PATH(0, 0, IFLA_STATS64),
	PATH(0, 0, IFLA_OPERSTATE),
	PATH(0, 0, IFLA_CARRIER_CHANGES),
	PATH(0, 0, IFLA_CARRIER_UP_COUNT),
	PATH(0, 0, IFLA_CARRIER_DOWN_COUNT),
	PATH(IFLA_LINKINFO, IFLA_INFO_DATA, IFLA_BR_HELLO_TIMER),
	PATH(IFLA_LINKINFO, IFLA_INFO_DATA, IFLA_BR_TCN_TIMER),
	PATH(IFLA_LINKINFO, IFLA_INFO_DATA, IFLA_BR_TOPOLOGY_CHANGE_TIMER),
	PATH(IFLA_LINKINFO, IFLA_INFO_DATA, IFLA_BR_GC_TIMER),
	PATH(IFLA_LINKINFO, IFLA_INFO_SLAVE_DATA, IFLA_BRPORT_MESSAGE_AGE_TIMER),
	PATH(IFLA_LINKINFO, IFLA_INFO_SLAVE_DATA, IFLA_BRPORT_FORWARD_DELAY_TIMER),
	PATH(IFLA_LINKINFO, IFLA_INFO_SLAVE_DATA, IFLA_BRPORT_HOLD_TIMER),
	PATH(IFLA_AF_SPEC, AF_INET6, IFLA_INET6_STATS),
	PATH(IFLA_AF_SPEC, AF_INET6, IFLA_INET6_ICMP6STATS),
	PATH(IFLA_AF_SPEC, AF_INET6, IFLA_INET6_CACHEINFO),
	0,
};

static const unsigned nothing[] = { 0 };
static const unsigned addr_moves[] = { PATH(0, 0, IFA_CACHEINFO), 0 };
static const unsigned route_moves[] = { PATH(0, 0, RTA_CACHEINFO), 0 };
static const unsigned neigh_moves[] = { PATH(0, 0, NDA_CACHEINFO), PATH(0, 0, NDA_PROBES), 0 };

static const struct dump {
	uint16_t type;
	uint8_t family, flags; /* of neighbours */
	size_t head;
	const unsigned *nests, *moves;
} dumps[] = {
	{ RTM_GETLINK, AF_UNSPEC, 0, sizeof(struct ifinfomsg), link_nests, link_moves },
	{ RTM_GETADDR, AF_UNSPEC, 0, sizeof(struct ifaddrmsg), nothing, addr_moves },
	{ RTM_GETROUTE, AF_INET, 0, sizeof(struct rtmsg), nothing, route_moves },
	{ RTM_GETROUTE, AF_INET6, 0, sizeof(struct rtmsg), nothing, route_moves },
	{ RTM_GETNEIGH, AF_UNSPEC, 0, sizeof(struct ndmsg), nothing, neigh_moves },
	{ RTM_GETNEIGH, AF_UNSPEC, NTF_PROXY, sizeof(struct ndmsg), nothing, neigh_moves },
	{ RTM_GETRULE, AF_INET, 0, sizeof(struct fib_rule_hdr), nothing, nothing },
	{ RTM_GETRULE, AF_INET6, 0, sizeof(struct fib_rule_hdr), nothing, nothing },
};

struct looking {
	const struct dump *dump;
	luaL_Buffer *out;
};

static int has(const unsigned *list, unsigned path)
{
	for (; *list; list++)
		if (*list == path)
			return 1;
	return 0;
}

static void put_attributes(struct looking *l, const void *at, size_t n, unsigned above)
{
	const struct nlattr *a = at;

	for (; mnl_attr_ok(a, (int)(n - (size_t)((const char *)a - (const char *)at)));
	     a = mnl_attr_next(a)) {
		unsigned path = (above << 8 & 0xffffff) | (mnl_attr_get_type(a) & 0xff);

		if (has(l->dump->moves, path))
			continue;
		if (has(l->dump->nests, path))
			put_attributes(l, mnl_attr_get_payload(a), mnl_attr_get_payload_len(a),
				       path);
		else
			luaL_addlstring(l->out, (const char *)a, a->nla_len);
	}
}

static int moves_by_itself(const struct looking *l, const struct nlmsghdr *n)
{
	const struct ndmsg *neigh = mnl_nlmsg_get_payload(n);

	return l->dump->type == RTM_GETNEIGH && !(neigh->ndm_state & NUD_PERMANENT) &&
		!(neigh->ndm_flags & NTF_PROXY);
}

static int take(const struct nlmsghdr *n, void *data)
{
	struct looking *l = data;
	size_t head = MNL_ALIGN(l->dump->head);
	char *payload = mnl_nlmsg_get_payload(n);

	if (moves_by_itself(l, n) || mnl_nlmsg_get_payload_len(n) < head)
		return MNL_CB_OK;
	if (l->dump->type == RTM_GETLINK) { /* without what follows a carrier */
		struct ifinfomsg *m = (struct ifinfomsg *)payload;

		m->ifi_flags &= IFF_UP | IFF_PROMISC | IFF_ALLMULTI | IFF_NOARP;
		m->ifi_change = 0;
	}
	luaL_addlstring(l->out, payload, l->dump->head);
	put_attributes(l, payload + head, mnl_nlmsg_get_payload_len(n) - head, 0);
	return MNL_CB_OK;
}

static int ask(struct mnl_socket *nl, struct looking *l)
{
	static char buf[65536];
	struct nlmsghdr *n = mnl_nlmsg_put_header(buf);
	unsigned char *head = mnl_nlmsg_put_extra_header(n, l->dump->head);
	ssize_t got = 1;

	n->nlmsg_type = l->dump->type;
	n->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	head[0] = l->dump->family;
	if (l->dump->type == RTM_GETNEIGH)
		((struct ndmsg *)head)->ndm_flags = l->dump->flags;
	if (mnl_socket_sendto(nl, n, n->nlmsg_len) < 0)
		return -1;
	while (got > 0) {
		got = mnl_socket_recvfrom(nl, buf, sizeof buf);
		if (got > 0)
			got = mnl_cb_run(buf, (size_t)got, 0, 0, take, l);
	}
	return (int)got;
}

/* look() -> a string, equal while the host is */
static int l_look(lua_State *L)
{
	struct mnl_socket *nl = mnl_socket_open(NETLINK_ROUTE);
	luaL_Buffer out;
	int err = nl && mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) >= 0 ? 0 : -1;

	luaL_buffinit(L, &out);
	for (size_t i = 0; !err && i < sizeof dumps / sizeof *dumps; i++)
		err = ask(nl, &(struct looking){ &dumps[i], &out });
	if (nl)
		mnl_socket_close(nl);
	luaL_pushresult(&out);
	return err ? luaL_fileresult(L, 0, "look") : 1;
}

int luaopen_internals_look(lua_State *L);
int luaopen_internals_look(lua_State *L)
{
	lua_pushcfunction(L, l_look);
	return 1;
}
