/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * look.c - for specs: a glance at a whole network namespace, byte for byte, in a millisecond
 *
 * Equal glances mean equal hosts. Unequal ones may not: spec/snapshot.lua says what differs, and
 * takes fifty times as long. Left out is only what changes while nobody changes anything (counters,
 * timers, learned neighbours, what follows a carrier), and which number a device got: it is looked
 * at by the place of its name among all.
 */
#include <errno.h>
#include <lauxlib.h>
#include <libmnl/libmnl.h>
#include <linux/ethtool.h>
#include <linux/fib_rules.h>
#include <linux/if_bridge.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <lua.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATH(A, B, C) ((A) << 16 | (B) << 8 | (C))

/* Attributes in attributes, by number: these are opened, those after them are left out, and the
 * third are indexes of devices. */
static const unsigned link_nests[] = {
	PATH(0, 0, IFLA_LINKINFO),
	PATH(0, IFLA_LINKINFO, IFLA_INFO_DATA),
	PATH(0, IFLA_LINKINFO, IFLA_INFO_SLAVE_DATA),
	PATH(0, 0, IFLA_AF_SPEC),
	PATH(0, IFLA_AF_SPEC, AF_INET6),
	0,
};

/* A bridge has the least of its ports' TSO sizes, and what it was before is forgotten. */
static const unsigned link_moves[] = {
	PATH(0, 0, IFLA_STATS),
	PATH(0, 0, IFLA_STATS64),
	PATH(0, 0, IFLA_OPERSTATE),
	PATH(0, 0, IFLA_CARRIER_CHANGES),
	PATH(0, 0, IFLA_CARRIER_UP_COUNT),
	PATH(0, 0, IFLA_CARRIER_DOWN_COUNT),
	PATH(0, 0, IFLA_TSO_MAX_SIZE),
	PATH(0, 0, IFLA_TSO_MAX_SEGS),
	PATH(IFLA_LINKINFO, IFLA_INFO_DATA, IFLA_BR_HELLO_TIMER),
	PATH(IFLA_LINKINFO, IFLA_INFO_DATA, IFLA_BR_TCN_TIMER),
	PATH(IFLA_LINKINFO, IFLA_INFO_DATA, IFLA_BR_TOPOLOGY_CHANGE_TIMER),
	PATH(IFLA_LINKINFO, IFLA_INFO_DATA, IFLA_BR_GC_TIMER),
	PATH(IFLA_LINKINFO, IFLA_INFO_SLAVE_DATA, IFLA_BRPORT_MESSAGE_AGE_TIMER),
	PATH(IFLA_LINKINFO, IFLA_INFO_SLAVE_DATA, IFLA_BRPORT_FORWARD_DELAY_TIMER),
	PATH(IFLA_LINKINFO, IFLA_INFO_SLAVE_DATA, IFLA_BRPORT_HOLD_TIMER),
	PATH(IFLA_AF_SPEC, AF_INET6, IFLA_INET6_FLAGS),
	PATH(IFLA_AF_SPEC, AF_INET6, IFLA_INET6_STATS),
	PATH(IFLA_AF_SPEC, AF_INET6, IFLA_INET6_ICMP6STATS),
	PATH(IFLA_AF_SPEC, AF_INET6, IFLA_INET6_CACHEINFO),
	0,
};

/* The third is a VXLAN's; of other kinds, what is no device's index stays as it is. */
static const unsigned link_indexes[] = {
	PATH(0, 0, IFLA_LINK),
	PATH(0, 0, IFLA_MASTER),
	PATH(IFLA_LINKINFO, IFLA_INFO_DATA, IFLA_VXLAN_LINK),
	0,
};

static const unsigned nothing[] = { 0 };
static const unsigned addr_moves[] = { PATH(0, 0, IFA_CACHEINFO), 0 };
static const unsigned route_moves[] = { PATH(0, 0, RTA_CACHEINFO), 0 };
static const unsigned route_indexes[] = { PATH(0, 0, RTA_OIF), 0 };
static const unsigned neigh_moves[] = { PATH(0, 0, NDA_CACHEINFO), PATH(0, 0, NDA_PROBES), 0 };
static const unsigned neigh_indexes[] = { PATH(0, 0, NDA_MASTER), PATH(0, 0, NDA_IFINDEX), 0 };
static const unsigned qdisc_moves[] = {
	PATH(0, 0, TCA_STATS),
	PATH(0, 0, TCA_STATS2),
	PATH(0, 0, TCA_XSTATS),
	0,
};
/* Actions are numbered through, and count. */
static const unsigned filter_moves[] = { PATH(0, 0, TCA_OPTIONS), 0 };

struct looking;

/* What messages of one dump are like: whether one is looked at, and its head as it is compared. */
typedef int (*fit)(const struct looking *l, const struct nlmsghdr *n, void *head);

static int fit_link(const struct looking *l, const struct nlmsghdr *n, void *head);
static int fit_addr(const struct looking *l, const struct nlmsghdr *n, void *head);
static int fit_route(const struct looking *l, const struct nlmsghdr *n, void *head);
static int fit_neigh(const struct looking *l, const struct nlmsghdr *n, void *head);
static int fit_entry(const struct looking *l, const struct nlmsghdr *n, void *head);
static int fit_rule(const struct looking *l, const struct nlmsghdr *n, void *head);
static int fit_qdisc(const struct looking *l, const struct nlmsghdr *n, void *head);
static int fit_filter(const struct looking *l, const struct nlmsghdr *n, void *head);
static int fit_vlan(const struct looking *l, const struct nlmsghdr *n, void *head);

static const struct dump {
	uint16_t type;
	uint8_t family, flags; /* of neighbours */
	size_t head;
	fit fit;
	const unsigned *nests, *moves, *indexes;
	uint32_t parent; /* of filters: asked for on each device */
} dumps[] = {
	{ RTM_GETLINK, AF_UNSPEC, 0, sizeof(struct ifinfomsg), fit_link, link_nests, link_moves,
	  link_indexes, 0 },
	{ RTM_GETADDR, AF_UNSPEC, 0, sizeof(struct ifaddrmsg), fit_addr, nothing, addr_moves,
	  nothing, 0 },
	{ RTM_GETROUTE, AF_INET, 0, sizeof(struct rtmsg), fit_route, nothing, route_moves,
	  route_indexes, 0 },
	{ RTM_GETROUTE, AF_INET6, 0, sizeof(struct rtmsg), fit_route, nothing, route_moves,
	  route_indexes, 0 },
	{ RTM_GETNEIGH, AF_UNSPEC, 0, sizeof(struct ndmsg), fit_neigh, nothing, neigh_moves,
	  neigh_indexes, 0 },
	{ RTM_GETNEIGH, AF_UNSPEC, NTF_PROXY, sizeof(struct ndmsg), fit_neigh, nothing, neigh_moves,
	  neigh_indexes, 0 },
	{ RTM_GETNEIGH, AF_BRIDGE, 0, sizeof(struct ndmsg), fit_entry, nothing, neigh_moves,
	  neigh_indexes, 0 },
	{ RTM_GETRULE, AF_INET, 0, sizeof(struct fib_rule_hdr), fit_rule, nothing, nothing, nothing,
	  0 },
	{ RTM_GETRULE, AF_INET6, 0, sizeof(struct fib_rule_hdr), fit_rule, nothing, nothing,
	  nothing, 0 },
	{ RTM_GETQDISC, AF_UNSPEC, 0, sizeof(struct tcmsg), fit_qdisc, nothing, qdisc_moves,
	  nothing, 0 },
	{ RTM_GETTFILTER, AF_UNSPEC, 0, sizeof(struct tcmsg), fit_filter, nothing, filter_moves,
	  nothing, TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS) },
	{ RTM_GETTFILTER, AF_UNSPEC, 0, sizeof(struct tcmsg), fit_filter, nothing, filter_moves,
	  nothing, TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS) },
	{ RTM_GETVLAN, AF_BRIDGE, 0, sizeof(struct br_vlan_msg), fit_vlan, nothing, nothing,
	  nothing, 0 },
};

struct looking {
	const struct dump *dump;
	lua_State *L; /* with the table on top that messages are appended to */
	luaL_Buffer *out;
	struct device {
		int ifindex;
		char name[IFNAMSIZ];
	} devices[1024]; /* sorted by name */
	int ndevices;
};

/* A device by the place of its name among all; what is none, as it is. */
static int place(const struct looking *l, int ifindex)
{
	for (int i = 0; i < l->ndevices; i++)
		if (l->devices[i].ifindex == ifindex)
			return -i - 1;
	return ifindex;
}

/* What is link-local or multicast comes and goes with a device's carrier. */
static int is_by_itself(const struct nlattr *a)
{
	const unsigned char *b = a ? mnl_attr_get_payload(a) : NULL;

	return b && mnl_attr_get_payload_len(a) == 16 &&
		(b[0] == 0xff || (b[0] == 0xfe && b[1] == 0x80));
}

static const struct nlattr *find(const struct nlmsghdr *n, size_t head, int type)
{
	const struct nlattr *a;

	mnl_attr_for_each (a, n, head)
		if (mnl_attr_get_type(a) == type)
			return a;
	return NULL;
}

/* The MAC address of an ifb is random. */
static void forget_random(const struct nlmsghdr *n)
{
	const struct nlattr *address = find(n, sizeof(struct ifinfomsg), IFLA_ADDRESS);
	const struct nlattr *info = find(n, sizeof(struct ifinfomsg), IFLA_LINKINFO);
	const struct nlattr *a;

	if (!address || !info)
		return;
	mnl_attr_for_each_nested (a, info)
		if (mnl_attr_get_type(a) == IFLA_INFO_KIND && !strcmp(mnl_attr_get_str(a), "ifb"))
			memset(mnl_attr_get_payload(address), 0, mnl_attr_get_payload_len(address));
}

static int fit_link(const struct looking *l, const struct nlmsghdr *n, void *head)
{
	struct ifinfomsg *m = head;

	forget_random(n);
	m->ifi_index = place(l, m->ifi_index);
	m->ifi_flags &= IFF_UP | IFF_PROMISC | IFF_ALLMULTI | IFF_NOARP;
	m->ifi_change = 0;
	return 1;
}

static int fit_addr(const struct looking *l, const struct nlmsghdr *n, void *head)
{
	const unsigned moves = IFA_F_TENTATIVE | IFA_F_OPTIMISTIC | IFA_F_DADFAILED;
	const struct nlattr *flags = find(n, sizeof(struct ifaddrmsg), IFA_FLAGS);
	struct ifaddrmsg *m = head;

	m->ifa_index = (unsigned)place(l, (int)m->ifa_index);
	m->ifa_flags &= (uint8_t)~moves;
	if (flags)
		*(uint32_t *)mnl_attr_get_payload(flags) &= ~moves;
	return !is_by_itself(find(n, sizeof *m, IFA_ADDRESS));
}

static int fit_route(const struct looking *l, const struct nlmsghdr *n, void *head)
{
	struct rtmsg *m = head;

	(void)l;
	m->rtm_flags &= RTNH_F_ONLINK;
	return m->rtm_type != RTN_MULTICAST && !is_by_itself(find(n, sizeof *m, RTA_DST));
}

static int fit_neigh(const struct looking *l, const struct nlmsghdr *n, void *head)
{
	struct ndmsg *m = head;

	(void)n;
	m->ndm_ifindex = place(l, m->ndm_ifindex);
	return m->ndm_family != AF_BRIDGE &&
		((m->ndm_state & NUD_PERMANENT) || (m->ndm_flags & NTF_PROXY));
}

/* Of a bridge's entries what was declared: it learns others, and has its ports' own. */
static int fit_entry(const struct looking *l, const struct nlmsghdr *n, void *head)
{
	struct ndmsg *m = head;

	m->ndm_ifindex = place(l, m->ndm_ifindex);
	return (m->ndm_state & NUD_NOARP) || find(n, sizeof *m, NDA_DST);
}

/* The first VRF of a namespace makes a rule that stays. */
static int fit_rule(const struct looking *l, const struct nlmsghdr *n, void *head)
{
	(void)l, (void)head;
	return !find(n, sizeof(struct fib_rule_hdr), FRA_L3MDEV);
}

/* The kernel adds those with the handle 0 by itself, by a device's kind. */
static int fit_qdisc(const struct looking *l, const struct nlmsghdr *n, void *head)
{
	struct tcmsg *m = head;

	(void)n;
	m->tcm_ifindex = place(l, m->tcm_ifindex);
	m->tcm_info = 0;
	return m->tcm_handle != 0;
}

static int fit_filter(const struct looking *l, const struct nlmsghdr *n, void *head)
{
	struct tcmsg *m = head;

	(void)n;
	m->tcm_ifindex = place(l, m->tcm_ifindex);
	return 1;
}

static int fit_vlan(const struct looking *l, const struct nlmsghdr *n, void *head)
{
	struct br_vlan_msg *m = head;

	(void)n;
	m->ifindex = (uint32_t)place(l, (int)m->ifindex);
	return 1;
}

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
		int *number = mnl_attr_get_payload(a);

		if (has(l->dump->moves, path))
			continue;
		if (has(l->dump->indexes, path) && mnl_attr_get_payload_len(a) == sizeof *number)
			*number = place(l, *number);
		if (has(l->dump->nests, path))
			put_attributes(l, mnl_attr_get_payload(a), mnl_attr_get_payload_len(a),
				       path);
		else
			luaL_addlstring(l->out, (const char *)a, a->nla_len);
	}
}

static int take(const struct nlmsghdr *n, void *data)
{
	struct looking *l = data;
	size_t head = MNL_ALIGN(l->dump->head);
	char *payload = mnl_nlmsg_get_payload(n);

	luaL_Buffer out;

	if (mnl_nlmsg_get_payload_len(n) < head || !l->dump->fit(l, n, payload))
		return MNL_CB_OK;
	luaL_buffinit(l->L, &out);
	l->out = &out;
	luaL_addchar(&out, (char)(l->dump - dumps));
	luaL_addlstring(&out, payload, l->dump->head);
	put_attributes(l, payload + head, mnl_nlmsg_get_payload_len(n) - head, 0);
	luaL_pushresult(&out);
	lua_rawseti(l->L, -2, (lua_Integer)lua_rawlen(l->L, -2) + 1);
	return MNL_CB_OK;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct device *)a)->name, ((const struct device *)b)->name);
}

static int take_index(const struct nlmsghdr *n, void *data)
{
	const struct ifinfomsg *m = mnl_nlmsg_get_payload(n);
	const struct nlattr *name = find(n, sizeof *m, IFLA_IFNAME);
	struct looking *l = data;

	if (!name || l->ndevices == sizeof l->devices / sizeof *l->devices)
		return MNL_CB_ERROR;
	l->devices[l->ndevices].ifindex = m->ifi_index;
	strncpy(l->devices[l->ndevices++].name, mnl_attr_get_str(name), IFNAMSIZ - 1);
	return MNL_CB_OK;
}

/* ask(ifindex): of filters, those of a device */
static int ask(struct mnl_socket *nl, struct looking *l, int ifindex, mnl_cb_t each)
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
	if (l->dump->parent) {
		((struct tcmsg *)head)->tcm_ifindex = ifindex;
		((struct tcmsg *)head)->tcm_parent = l->dump->parent;
	}
	if (mnl_socket_sendto(nl, n, n->nlmsg_len) < 0)
		return -1;
	while (got > 0) {
		got = mnl_socket_recvfrom(nl, buf, sizeof buf);
		if (got > 0)
			got = mnl_cb_run(buf, (size_t)got, 0, 0, each, l);
	}
	if (got < 0 && errno == EOPNOTSUPP) /* a kernel whose bridges know no VLANs */
		return 0;
	return (int)got;
}

/* Which of packets' work a device does, a letter each: no dump of rtnetlink's has it. */
static void put_offloads(lua_State *L, const char *dev)
{
	static const unsigned what[] = { ETHTOOL_GRXCSUM, ETHTOOL_GTXCSUM, ETHTOOL_GSG,
					 ETHTOOL_GTSO,	  ETHTOOL_GGSO,	   ETHTOOL_GGRO };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char text[sizeof what / sizeof *what];

	for (size_t k = 0; k < sizeof text; k++) {
		struct ethtool_value v = { .cmd = what[k] };
		struct ifreq ask = { .ifr_data = (char *)&v };

		strncpy(ask.ifr_name, dev, IFNAMSIZ - 1);
		text[k] = ioctl(fd, SIOCETHTOOL, &ask) ? '?' : v.data ? '1' : '0';
	}
	close(fd);
	lua_pushlstring(L, text, sizeof text);
}

/* offloads(dev) -> "101011" */
static int l_offloads(lua_State *L)
{
	put_offloads(L, luaL_checkstring(L, 1));
	return 1;
}

/* look() -> an array of strings, in any order; the same ones while the host is the same */
static int l_look(lua_State *L)
{
	struct mnl_socket *nl = mnl_socket_open(NETLINK_ROUTE);
	struct looking l = { .dump = dumps, .L = L };
	int err = nl && mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) >= 0 ? 0 : -1;

	lua_newtable(L);
	if (!err)
		err = ask(nl, &l, 0, take_index);
	qsort(l.devices, (size_t)l.ndevices, sizeof *l.devices, by_name);
	for (size_t i = 0; !err && i < sizeof dumps / sizeof *dumps; i++) {
		l.dump = &dumps[i];
		for (int on = 0; !err && on < (l.dump->parent ? l.ndevices : 1); on++)
			err = ask(nl, &l, l.devices[on].ifindex, take);
	}
	if (nl)
		mnl_socket_close(nl);
	for (int i = 0; !err && i < l.ndevices; i++) {
		lua_pushstring(L, l.devices[i].name);
		put_offloads(L, l.devices[i].name);
		lua_concat(L, 2);
		lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
	}
	return err ? luaL_fileresult(L, 0, "look") : 1;
}

int luaopen_internals_look(lua_State *L);
int luaopen_internals_look(lua_State *L)
{
	static const luaL_Reg functions[] = { { "look", l_look },
					      { "offloads", l_offloads },
					      { NULL, NULL } };

	luaL_newlib(L, functions);
	return 1;
}
