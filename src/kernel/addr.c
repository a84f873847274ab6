/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * addr.c - IP addresses on a device
 *
 * What the kernel calls IFA_LOCAL is the address here; IFA_ADDRESS is the peer, or the address
 * again where there is none, and IPv6 then leaves IFA_LOCAL out: net/ipv4/devinet.c
 * inet_fill_ifaddr(), net/ipv6/addrconf.c inet6_fill_ifaddr(). Addresses from a router's
 * advertisement, and tentative ones, are listed like any other.
 */
#include "kernel/nl.h"
#include "base/sh.h"

#include <sys/socket.h>

enum { DEV, ADDRESS, PEER, BROADCAST, SCOPE, NODAD, NOPREFIXROUTE, NFIELDS };

static const struct mt_enum_name scopes[] = {
	{ "global", RT_SCOPE_UNIVERSE },
	{ "site", RT_SCOPE_SITE },
	{ "link", RT_SCOPE_LINK },
	{ "host", RT_SCOPE_HOST },
	{ NULL, 0 },
};

#define FIXED(NAME, TYPE, FLAGS, RIGHT, DOC)                                                   \
	{                                                                                      \
		.name = NAME, .type = TYPE, .revert = MT_REVERT_FIXED,                         \
		.flags = MT_FIELD_CUSTOM | (FLAGS), .right = RIGHT, .ip_arg = NAME, .doc = DOC \
	}

#define PREFIX &mt_rights[MT_RIGHT_PREFIX]

static const struct mt_field fields[NFIELDS] = {
	[DEV] = { "dev", MT_LINK, .flags = MT_FIELD_CUSTOM, .doc = "the device" },
	[ADDRESS] = { "address", MT_PREFIX, .flags = MT_FIELD_CUSTOM, .right = PREFIX, .ip_arg = "",
		      .doc = "with the length of its network's prefix" },
	[PEER] = FIXED("peer", MT_PREFIX, MT_FIELD_NONE, PREFIX,
		       "the other end, with the same prefix length"),
	[BROADCAST] =
		FIXED("broadcast", MT_IP, MT_FIELD_NONE, PREFIX, "IPv4: the broadcast address"),
	[SCOPE] = { "scope", MT_ENUM, 1, .revert = MT_REVERT_FIXED, .flags = MT_FIELD_CUSTOM,
		    .ip_arg = "scope", .enum_names = scopes, .doc = "IPv4: how far it is valid" },
	[NODAD] = FIXED("nodad", MT_BOOL, 0, NULL,
			"IPv6: use it at once, without asking for duplicates"),
	[NOPREFIXROUTE] = FIXED("noprefixroute", MT_BOOL, 0, NULL, "make no route to its network"),
};

static void decode(const struct ifaddrmsg *m, mt_nl_attrs tb, struct mt_record *r)
{
	uint32_t flags = tb[IFA_FLAGS] ? (uint32_t)mt_nl_uint(tb[IFA_FLAGS]) : m->ifa_flags;
	const struct nlattr *local = tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS];
	struct mt_value peer = mt_nl_ip(tb[IFA_ADDRESS], m->ifa_family, m->ifa_prefixlen);
	struct mt_value broadcast = mt_nl_ip(tb[IFA_BROADCAST], m->ifa_family, 0);

	mt_record_put(r, ADDRESS, mt_nl_ip(local, m->ifa_family, m->ifa_prefixlen));
	if (peer.state == MT_UNSET || mt_value_equal(&fields[PEER], &peer, &r->v[ADDRESS]))
		peer = (struct mt_value){ .state = MT_NONE };
	if (broadcast.state == MT_UNSET)
		broadcast.state = MT_NONE;
	mt_record_put(r, PEER, peer);
	mt_record_put(r, BROADCAST, broadcast);
	mt_record_put(r, SCOPE, mt_uint(m->ifa_scope));
	mt_record_put(r, NODAD, mt_uint(!!(flags & IFA_F_NODAD)));
	mt_record_put(r, NOPREFIXROUTE, mt_uint(!!(flags & IFA_F_NOPREFIXROUTE)));
}

static int take(const struct nlmsghdr *n, void *data)
{
	struct mt_list *l = data;
	struct mt_record r = { .kind = l->filter->kind };
	const struct ifaddrmsg *m;
	struct mt_value dev;
	mt_nl_attrs tb;

	m = mt_nl_parse(n, sizeof *m, tb);
	if (!m || n->nlmsg_type != RTM_NEWADDR || (l->ifindex && m->ifa_index != l->ifindex))
		return 0;
	decode(m, tb, &r);
	if (r.v[ADDRESS].state != MT_SET)
		return 0;
	if (mt_list_link(l, m->ifa_index, &dev))
		return -l->e->code;
	r.ref = mt_ref_link(m->ifa_index);
	mt_record_put(&r, DEV, dev);
	return mt_list_found(l, &r);
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);
	struct mt_nl_request q;
	struct nlmsghdr *n;
	int err = mt_list_device(&l);

	if (err)
		return err < 0 ? err : 0;
	n = mt_addr_question(&q, filter->v[ADDRESS].family, l.ifindex);
	return mt_list_done(&l, mt_nl_talk(h, n, take, &l, e));
}

static uint8_t scope_of(const struct mt_record *r)
{
	if (mt_record_has(r, SCOPE))
		return (uint8_t)r->v[SCOPE].u;
	/* as ip(8) does */
	return r->v[ADDRESS].family == AF_INET && r->v[ADDRESS].b[0] == 127 ? RT_SCOPE_HOST
									    : RT_SCOPE_UNIVERSE;
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct mt_nl_request q;
	struct nlmsghdr *n = mt_nl_start(&q, op == MT_DELETE ? RTM_DELADDR : RTM_NEWADDR,
					 mt_nl_new_flags(op), sizeof(struct ifaddrmsg));
	struct ifaddrmsg *m = mnl_nlmsg_get_payload(n);
	const struct mt_value *address = &r->v[ADDRESS], *peer = &r->v[PEER];

	if (mt_nl_record_ifindex(h, r, &m->ifa_index, e))
		return mt_nl_about(e, -e->code, r, mt_nl_verb(op));
	m->ifa_family = address->family;
	m->ifa_prefixlen = address->plen;
	m->ifa_scope = scope_of(r);
	mt_nl_put_ip(n, IFA_LOCAL, address);
	mt_nl_put_ip(n, IFA_ADDRESS, peer->state == MT_SET ? peer : address);
	if (r->v[BROADCAST].state == MT_SET)
		mt_nl_put_ip(n, IFA_BROADCAST, &r->v[BROADCAST]);
	mnl_attr_put_u32(n, IFA_FLAGS,
			 (r->v[NODAD].u ? IFA_F_NODAD : 0) |
				 (r->v[NOPREFIXROUTE].u ? IFA_F_NOPREFIXROUTE : 0));
	return mt_nl_change(h, n, op, r, e);
}

static int check(const struct mt_record *r, struct mt_err *e)
{
	const struct mt_value *address = &r->v[ADDRESS], *peer = &r->v[PEER];
	const struct mt_value *broadcast = &r->v[BROADCAST];
	char subject[96];

	mt_record_subject(r, subject, sizeof subject);
	if (peer->state == MT_SET &&
	    (peer->family != address->family || peer->plen != address->plen))
		return mt_bad(e, "addr", subject,
			      "'peer' is not of the address's family and prefix length");
	if (broadcast->state == MT_SET &&
	    (broadcast->family != AF_INET || address->family != AF_INET))
		return mt_bad(e, "addr", subject, "'broadcast' is for IPv4 only");
	return 0;
}

/* A deletion has to name the peer, too: net/ipv4/devinet.c inet_rtm_deladdr() */
static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	struct mt_sh s = { buf, n, 0 };

	mt_sh_command(&s, r,
		      op == MT_ADD		? r->kind->add
			      : op == MT_DELETE ? r->kind->del
						: r->kind->set);
	for (int i = ADDRESS; i < (op == MT_DELETE ? BROADCAST : NFIELDS); i++)
		mt_sh_field(&s, r, i);
	mt_sh_say(&s, "\n");
	return (int)s.len;
}

const struct mt_kind mt_kind_addr = {
	MT_LINKS_KIND("addr", "an IP address on a device", 2, 2, MT_PHASE_ADDR, MT_KIND_EXCLUSIVE),
	.device = DEV,
	.add = "ip addr add dev %s",
	.set = "ip addr change dev %s",
	.del = "ip addr del dev %s",
	.check = check,
	.busy = mt_addr_busy,
	.sh = sh,
};
