/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * route.c - kind route: routes of IPv4 and IPv6, each with one next hop
 *
 * A route's identity is its destination, table and metric (and TOS, which is 0 here): of two routes
 * that differ in nothing else the second is refused. The kernel's own routes, and what routers or
 * redirects taught it, count as absent.
 */
#include "kernel/nl.h"
#include "base/sh.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* What the kernel gives an IPv6 route that asks for none: IP6_RT_PRIO_USER, net/ip6_fib.h */
#define METRIC_V6 1024

enum { DST, TABLE, METRIC, DEV, VIA, SRC, SCOPE, PROTO, MTU, ONLINK, TYPE, NFIELDS };

static const struct mt_enum_name scopes[] = {
	{ "global", RT_SCOPE_UNIVERSE },
	{ "site", RT_SCOPE_SITE },
	{ "link", RT_SCOPE_LINK },
	{ "host", RT_SCOPE_HOST },
	{ NULL, 0 },
};

static const struct mt_enum_name types[] = {
	{ "unicast", RTN_UNICAST },
	{ "local", RTN_LOCAL },
	{ "broadcast", RTN_BROADCAST },
	{ "anycast", RTN_ANYCAST },
	{ "multicast", RTN_MULTICAST },
	{ "blackhole", RTN_BLACKHOLE },
	{ "unreachable", RTN_UNREACHABLE },
	{ "prohibit", RTN_PROHIBIT },
	{ "throw", RTN_THROW },
	{ NULL, 0 },
};

static const struct mt_field fields[NFIELDS] = {
	[DST] = { "dst", MT_PREFIX, .flags = MT_FIELD_CUSTOM, .right = &mt_rights[MT_RIGHT_PREFIX],
		  .doc = "the destination; 0.0.0.0/0 or ::/0: everything else" },
	[TABLE] = { "table", MT_UINT, 4, .flags = MT_FIELD_USUAL,
		    .right = &mt_rights[MT_RIGHT_TABLE], .attr = RTA_TABLE, .min = 1,
		    .ip_arg = "table", .doc = "the routing table; 254, main, unless given" },
	[METRIC] = { "metric", MT_UINT, 4, .attr = RTA_PRIORITY, .ip_arg = "metric",
		     .doc = "the smallest wins; unless given, 0, or 1024 for IPv6" },
	[DEV] = { "dev", MT_LINK, .flags = MT_FIELD_CUSTOM, .ip_arg = "dev",
		  .doc = "out of this device" },
	[VIA] = { "via", MT_IP, .flags = MT_FIELD_CUSTOM, .ip_arg = "via",
		  .doc = "by this gateway" },
	[SRC] = { "src", MT_IP, .attr = RTA_PREFSRC, .ip_arg = "src",
		  .doc = "the address that the host's own packets get" },
	[SCOPE] = { "scope", MT_ENUM, 1, .flags = MT_FIELD_CUSTOM, .ip_arg = "scope",
		    .enum_names = scopes, .doc = "IPv4: how far the destination is" },
	[PROTO] = { "proto", MT_UINT, 1, .flags = MT_FIELD_CUSTOM | MT_FIELD_MARK, .min = 1,
		    .ip_arg = "proto", .doc = "who created it; 109, moontap, unless given" },
	[MTU] = { "mtu", MT_UINT, 4, .flags = MT_FIELD_CUSTOM, .min = 68, .unit = "bytes",
		  .ip_arg = "mtu", .doc = "largest packet on this way" },
	[ONLINK] = { "onlink", MT_BOOL, 0, .flags = MT_FIELD_CUSTOM, .ip_arg = "onlink",
		     .doc = "the gateway is on the device, whatever its addresses say" },
	[TYPE] = { "type", MT_ENUM, 1, .flags = MT_FIELD_CUSTOM, .enum_names = types,
		   .doc = "unicast, unless given" },
};

static bool is_v6(const struct mt_record *r)
{
	return r->v[DST].family == AF_INET6;
}

static void set_defaults(struct mt_record *r)
{
	if (!mt_record_has(r, TABLE))
		mt_record_put(r, TABLE, mt_uint(RT_TABLE_MAIN));
	if (!r->v[METRIC].u) /* IPv6 takes 0 for 1024 */
		mt_record_put(r, METRIC, mt_uint(is_v6(r) ? METRIC_V6 : 0));
}

static struct mt_value gateway(const struct rtmsg *m, mt_nl_attrs tb)
{
	const struct rtvia *via = tb[RTA_VIA] ? mnl_attr_get_payload(tb[RTA_VIA]) : NULL;
	struct mt_value v = { .state = MT_SET, .family = AF_INET6 };

	/* IPv4 by way of an IPv6 gateway */
	if (!via || mnl_attr_get_payload_len(tb[RTA_VIA]) != sizeof *via + sizeof v.b ||
	    via->rtvia_family != AF_INET6)
		return mt_nl_ip(tb[RTA_GATEWAY], m->rtm_family, 0);
	memcpy(v.b, via->rtvia_addr, sizeof v.b);
	return v;
}

static void decode(const struct rtmsg *m, mt_nl_attrs tb, struct mt_record *r)
{
	static const uint8_t any[16];
	struct mt_value dst = mt_nl_ip(tb[RTA_DST], m->rtm_family, m->rtm_dst_len);
	mt_nl_attrs metrics;

	if (!tb[RTA_DST] && !m->rtm_dst_len) {
		dst = (struct mt_value){ .state = MT_SET, .family = m->rtm_family };
		memcpy(dst.b, any, sizeof any);
	}
	mt_record_put(r, DST, dst);
	if (!tb[RTA_PRIORITY])
		mt_record_put(r, METRIC, mt_uint(0));
	mt_record_put(r, VIA, gateway(m, tb));
	if (m->rtm_family == AF_INET)
		mt_record_put(r, SCOPE, mt_uint(m->rtm_scope));
	mt_record_put(r, PROTO, mt_uint(m->rtm_protocol));
	mt_record_put(r, ONLINK, mt_uint(!!(m->rtm_flags & RTNH_F_ONLINK)));
	mt_record_put(r, TYPE, mt_uint(m->rtm_type));
	mt_nl_parse_nest(tb[RTA_METRICS], metrics);
	if (metrics[RTAX_MTU])
		mt_record_put(r, MTU, mt_uint(mt_nl_uint(metrics[RTAX_MTU])));
}

static bool counts(const struct rtmsg *m)
{
	return (m->rtm_family == AF_INET || m->rtm_family == AF_INET6) && !m->rtm_tos &&
		!(m->rtm_flags & RTM_F_CLONED) && m->rtm_protocol != RTPROT_KERNEL &&
		m->rtm_protocol != RTPROT_REDIRECT && m->rtm_protocol != RTPROT_RA;
}

static int take(const struct nlmsghdr *n, void *data)
{
	struct mt_list *l = data;
	struct mt_record r = { .kind = l->filter->kind };
	const struct rtmsg *m;
	struct mt_value dev;
	mt_nl_attrs tb;

	m = mt_nl_parse(n, sizeof *m, tb);
	if (!m || n->nlmsg_type != RTM_NEWROUTE || !counts(m))
		return 0;
	r.ref = mt_ref_link((uint32_t)mt_nl_uint(tb[RTA_OIF]));
	if (mt_nl_get_fields(l->h, tb, &r, l->e) || mt_list_link(l, mt_ref_ifindex(&r.ref), &dev))
		return -l->e->code;
	decode(m, tb, &r);
	mt_record_put(&r, DEV, dev);
	return r.v[DST].state == MT_SET ? mt_list_found(l, &r) : 0;
}

/* The kernel filters by table, device and protocol, so that a full routing table of the internet is
 * not read for one route of a guest. */
static int list_family(struct mt_list *l, uint8_t family)
{
	const struct mt_record *f = l->filter;
	struct mt_nl_request q;
	struct nlmsghdr *n = mt_nl_start(&q, RTM_GETROUTE, NLM_F_DUMP, sizeof(struct rtmsg));
	struct rtmsg *m = mnl_nlmsg_get_payload(n);
	int err;

	m->rtm_family = family;
	m->rtm_protocol = (uint8_t)f->v[PROTO].u;
	if (mt_record_has(f, TABLE))
		mnl_attr_put_u32(n, RTA_TABLE, (uint32_t)f->v[TABLE].u);
	if (l->ifindex)
		mnl_attr_put_u32(n, RTA_OIF, l->ifindex);
	err = mt_nl_talk(l->h, n, take, l, l->e);
	return err == -ENOENT ? 0 : mt_list_done(l, err); /* there is no such table */
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);
	int err = mt_list_device(&l);

	if (err)
		return err < 0 ? err : 0;
	if (mt_record_has(filter, DST))
		return list_family(&l, filter->v[DST].family);
	err = list_family(&l, AF_INET);
	return err ? err : list_family(&l, AF_INET6);
}

/* ip(8)'s choice: ip/iproute.c iproute_modify() */
static uint8_t default_scope(const struct mt_record *r, enum mt_op op)
{
	uint64_t type = mt_record_has(r, TYPE) ? r->v[TYPE].u : RTN_UNICAST;

	if (is_v6(r))
		return RT_SCOPE_UNIVERSE;
	if (op == MT_DELETE)
		return RT_SCOPE_NOWHERE; /* any */
	if (type == RTN_LOCAL)
		return RT_SCOPE_HOST;
	if (type == RTN_BROADCAST || type == RTN_MULTICAST || type == RTN_ANYCAST)
		return RT_SCOPE_LINK;
	return type == RTN_UNICAST && !mt_record_has(r, VIA) ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
}

static void put_head(struct nlmsghdr *n, enum mt_op op, const struct mt_record *r)
{
	struct rtmsg *m = mnl_nlmsg_get_payload(n);
	bool any = op == MT_DELETE; /* what is 0 in a deletion fits anything */

	m->rtm_family = r->v[DST].family;
	m->rtm_dst_len = r->v[DST].plen;
	m->rtm_scope = mt_record_has(r, SCOPE) ? (uint8_t)r->v[SCOPE].u : default_scope(r, op);
	m->rtm_type = mt_record_has(r, TYPE) ? (uint8_t)r->v[TYPE].u : any ? 0 : RTN_UNICAST;
	m->rtm_protocol = mt_record_has(r, PROTO) ? (uint8_t)r->v[PROTO].u
		: any				  ? 0
						  : MT_ROUTE_PROTOCOL;
	m->rtm_flags = r->v[ONLINK].u ? RTNH_F_ONLINK : 0;
	mt_nl_put_ip(n, RTA_DST, &r->v[DST]);
}

static void put_gateway(struct nlmsghdr *n, const struct mt_record *r)
{
	const struct mt_value *via = &r->v[VIA];
	const uint16_t family = AF_INET6;
	uint8_t v6[sizeof family + sizeof via->b]; /* struct rtvia */

	if (via->family == r->v[DST].family) {
		mt_nl_put_ip(n, RTA_GATEWAY, via);
		return;
	}
	memcpy(v6, &family, sizeof family);
	memcpy(v6 + sizeof family, via->b, sizeof via->b);
	mnl_attr_put(n, RTA_VIA, sizeof v6, v6);
}

static void put_way(struct nlmsghdr *n, const struct mt_record *r, uint32_t ifindex)
{
	if (ifindex)
		mnl_attr_put_u32(n, RTA_OIF, ifindex);
	if (r->v[VIA].state == MT_SET)
		put_gateway(n, r);
	if (mt_record_has(r, MTU)) {
		struct nlattr *metrics = mnl_attr_nest_start(n, RTA_METRICS);

		mnl_attr_put_u32(n, RTAX_MTU, (uint32_t)r->v[MTU].u);
		mnl_attr_nest_end(n, metrics);
	}
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct mt_nl_request q;
	struct nlmsghdr *n = mt_nl_start(&q, op == MT_DELETE ? RTM_DELROUTE : RTM_NEWROUTE,
					 mt_nl_new_flags(op), sizeof(struct rtmsg));
	uint32_t ifindex = 0;

	if (mt_record_has(r, DEV) && mt_nl_record_ifindex(h, r, &ifindex, e))
		return mt_nl_about(e, -e->code, r, mt_nl_verb(op));
	put_head(n, op, r);
	put_way(n, r, ifindex);
	if (mt_nl_put_fields(h, n, r, e))
		return mt_nl_about(e, -e->code, r, mt_nl_verb(op));
	return mt_nl_change(h, n, op, r, e);
}

static int check(const struct mt_record *r, struct mt_err *e)
{
	const struct mt_value *dst = &r->v[DST];
	char subject[96];

	mt_record_subject(r, subject, sizeof subject);
	if (mt_prefix_has_host_bits(dst)) /* IPv4 refuses them, IPv6 clears them */
		return mt_bad(e, "route", subject, "'dst' has bits beyond its prefix of %u",
			      dst->plen);
	if (is_v6(r) && mt_record_has(r, SCOPE))
		return mt_bad(e, "route", subject, "'scope' is for IPv4 only");
	if (mt_record_has(r, SRC) && r->v[SRC].family != dst->family)
		return mt_bad(e, "route", subject, "'src' and 'dst' are not of one family");
	if (is_v6(r) && mt_record_has(r, VIA) && r->v[VIA].family != AF_INET6)
		return mt_bad(e, "route", subject, "an IPv6 route needs an IPv6 gateway");
	return 0;
}

/* As people write it: the type before the destination, and no default table or metric. But a
 * deletion names IPv6's default metric, too: without it the first route that fits is deleted. */
static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	bool plain = !mt_record_has(r, TYPE) || r->v[TYPE].u == RTN_UNICAST;
	struct mt_sh s = { buf, n, 0 };

	mt_sh_say(&s, "ip route %s ", op == MT_ADD ? "add" : op == MT_DELETE ? "del" : "replace");
	if (!plain) {
		mt_sh_value(&s, r, TYPE);
		mt_sh_say(&s, " ");
	}
	mt_sh_value(&s, r, DST);
	if (r->v[TABLE].u != RT_TABLE_MAIN)
		mt_sh_field(&s, r, TABLE);
	if (r->v[METRIC].u != (is_v6(r) && op != MT_DELETE ? METRIC_V6 : 0))
		mt_sh_field(&s, r, METRIC);
	mt_sh_field(&s, r, DEV);
	if (mt_record_has(r, VIA) && r->v[VIA].family != r->v[DST].family) {
		mt_sh_say(&s, " via inet6 ");
		mt_sh_value(&s, r, VIA);
	} else {
		mt_sh_field(&s, r, VIA);
	}
	for (int i = SRC; op != MT_DELETE && i < TYPE; i++)
		mt_sh_field(&s, r, i);
	if (op != MT_DELETE && !mt_record_has(r, PROTO))
		mt_sh_say(&s, " proto %d", MT_ROUTE_PROTOCOL);
	mt_sh_say(&s, "\n");
	return (int)s.len;
}

const struct mt_kind mt_kind_route = {
	MT_LINKS_KIND("route", "a route to a destination, by a device or a gateway", 3, 1,
		      MT_PHASE_ROUTE, MT_KIND_EXCLUSIVE),
	.device = DEV,
	.set_defaults = set_defaults,
	.check = check,
	.sh = sh,
};
