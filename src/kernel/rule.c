/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rule.c - kind rule: policy rules, which lead packets to a routing table
 *
 * Every field is a part of the key, also who created the rule: the kernel takes two rules that
 * differ in anything, and a deletion that says less deletes the first rule that fits. A rule that
 * has what no field here says (a TOS, a range of users, another action) counts as absent.
 */
#include "kernel/nl.h"
#include "base/sh.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* Of Linux 6.15, and newer than the headers of Debian 12. */
#define SPORT_MASK 28
#define DPORT_MASK 29

enum {
	PRIORITY,
	TABLE,
	FAMILY,
	FROM,
	TO,
	IIF,
	OIF,
	FWMARK,
	FWMASK,
	IPPROTO,
	SPORT,
	DPORT,
	PROTO,
	NFIELDS
};

static const struct mt_enum_name protocols[] = {
	{ "tcp", IPPROTO_TCP },
	{ "udp", IPPROTO_UDP },
	{ "sctp", IPPROTO_SCTP },
	{ "dccp", IPPROTO_DCCP },
	{ "icmp", 1 },
	{ "icmpv6", 58 },
	{ "gre", IPPROTO_GRE },
	{ "esp", IPPROTO_ESP },
	{ "ah", IPPROTO_AH },
	{ NULL, 0 },
};

/* Neither 0 nor 65535: include/net/fib_rules.h fib_rule_port_range_valid() */
#define PORTS(NAME, DOC)                                                                       \
	{                                                                                      \
		.name = NAME, .type = MT_RANGE, .size = 2, .flags = MT_FIELD_CUSTOM, .min = 1, \
		.max = 65534, .ip_arg = NAME, .doc = DOC                                       \
	}

static const struct mt_field fields[NFIELDS] = {
	[PRIORITY] = { "priority", MT_UINT, 4, .attr = FRA_PRIORITY, .min = 1, .ip_arg = "priority",
		       .right = &mt_rights[MT_RIGHT_PRIORITY],
		       .doc = "the smallest is asked first; main has 32766" },
	[TABLE] = { "table", MT_UINT, 4, .attr = FRA_TABLE, .min = 1, .ip_arg = "table",
		    .right = &mt_rights[MT_RIGHT_TABLE], .doc = "the routing table" },
	[FAMILY] = { "family", MT_ENUM, 1, .flags = MT_FIELD_CUSTOM, .enum_names = mt_nl_families,
		     .doc = "which IP; unless given, that of 'from' or 'to'" },
	[FROM] = { "from", MT_PREFIX, .flags = MT_FIELD_CUSTOM, .ip_arg = "from",
		   .right = &mt_rights[MT_RIGHT_PREFIX], .doc = "packets from there" },
	[TO] = { "to", MT_PREFIX, .flags = MT_FIELD_CUSTOM, .ip_arg = "to",
		 .right = &mt_rights[MT_RIGHT_PREFIX], .doc = "packets to there" },
	[IIF] = { "iif", MT_LINK, .flags = MT_FIELD_CUSTOM, .ip_arg = "iif",
		  .doc = "packets that come in by this device; lo: the host's own" },
	[OIF] = { "oif", MT_LINK, .flags = MT_FIELD_CUSTOM, .ip_arg = "oif",
		  .doc = "packets of programs that are bound to this device" },
	[FWMARK] = { "fwmark", MT_UINT, 4, .attr = FRA_FWMARK, .ip_arg = "fwmark",
		     .doc = "packets with this mark of the firewall's" },
	[FWMASK] = { "fwmask", MT_UINT, 4, .attr = FRA_FWMASK, .min = 1,
		     .doc = "which bits of the mark count; all, unless given" },
	[IPPROTO] = { "ipproto", MT_ENUM, 1, .attr = FRA_IP_PROTO, .ip_arg = "ipproto",
		      .enum_names = protocols, .doc = "packets of this protocol" },
	[SPORT] = PORTS("sport", "packets from this port"),
	[DPORT] = PORTS("dport", "packets to this port"),
	[PROTO] = { "proto", MT_UINT, 1, .attr = FRA_PROTOCOL, .min = 1, .ip_arg = "protocol",
		    .doc = "who created it; 109, moontap, unless given" },
};

static void set_defaults(struct mt_record *r)
{
	const struct mt_value *address = mt_record_has(r, FROM) ? &r->v[FROM] : &r->v[TO];

	if (!mt_record_has(r, FAMILY) && address->state == MT_SET)
		mt_record_put(r, FAMILY, mt_uint(address->family));
	if (mt_record_has(r, FWMARK) && !mt_record_has(r, FWMASK))
		mt_record_put(r, FWMASK, mt_uint(UINT32_MAX));
	if (!mt_record_has(r, PROTO))
		mt_record_put(r, PROTO, mt_uint(MT_ROUTE_PROTOCOL));
}

/* --- reading ---------------------------------------------------------------------------------- */

/* Whether the fields say all that the rule is about. An attribute that this file does not know
 * would make it another rule. */
static bool counts(const struct fib_rule_hdr *m, mt_nl_attrs tb)
{
	static const uint16_t known[] = {
		FRA_DST,      FRA_SRC,	       FRA_IIFNAME,	FRA_OIFNAME, FRA_PRIORITY,
		FRA_FWMARK,   FRA_FWMASK,      FRA_TABLE,	FRA_PAD,     FRA_PROTOCOL,
		FRA_IP_PROTO, FRA_SPORT_RANGE, FRA_DPORT_RANGE,
	};
	/* these are there without being used, with all bits set */
	static const uint16_t idle[] = { FRA_SUPPRESS_PREFIXLEN, FRA_SUPPRESS_IFGROUP, SPORT_MASK,
					 DPORT_MASK };
	uint64_t left = 0;

	for (int i = 0; i < MT_NL_ATTRS; i++)
		left |= (uint64_t) !!tb[i] << i;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		left &= ~(1ull << known[i]);
	for (size_t i = 0; i < sizeof idle / sizeof *idle; i++) {
		const struct nlattr *a = tb[idle[i]];
		unsigned bits = a ? 8u * mnl_attr_get_payload_len(a) : 0;

		if (bits && bits <= 32 && mt_nl_uint(a) == (1ull << bits) - 1)
			left &= ~(1ull << idle[i]);
	}
	return !left && !m->tos && m->action == FR_ACT_TO_TBL && !(m->flags & FIB_RULE_INVERT);
}

static void get_device(struct mt_record *r, int field, const struct nlattr *a)
{
	if (a && mt_name_valid(mt_nl_str(a)))
		mt_record_put(r, field, mt_name_from(mt_nl_str(a)));
}

static void get_ports(struct mt_record *r, int field, const struct nlattr *a)
{
	struct mt_value v = { .state = MT_SET };
	struct fib_rule_port_range range;

	if (!a || mnl_attr_get_payload_len(a) < sizeof range)
		return;
	memcpy(&range, mnl_attr_get_payload(a), sizeof range);
	v.range = (struct mt_range){ range.start, range.end };
	mt_record_put(r, field, v);
}

static int take(const struct nlmsghdr *n, void *data)
{
	struct mt_list *l = data;
	struct mt_record r = { .kind = l->filter->kind };
	const struct fib_rule_hdr *m;
	mt_nl_attrs tb;

	m = mt_nl_parse(n, sizeof *m, tb);
	if (!m || n->nlmsg_type != RTM_NEWRULE || !counts(m, tb))
		return 0;
	if (mt_nl_get_fields(l->h, tb, &r, l->e))
		return -l->e->code;
	mt_record_put(&r, FAMILY, mt_uint(m->family));
	mt_record_put(&r, FROM, mt_nl_ip(tb[FRA_SRC], m->family, m->src_len));
	mt_record_put(&r, TO, mt_nl_ip(tb[FRA_DST], m->family, m->dst_len));
	get_device(&r, IIF, tb[FRA_IIFNAME]);
	get_device(&r, OIF, tb[FRA_OIFNAME]);
	get_ports(&r, SPORT, tb[FRA_SPORT_RANGE]);
	get_ports(&r, DPORT, tb[FRA_DPORT_RANGE]);
	if (tb[FRA_FWMASK] && !tb[FRA_FWMARK]) /* the kernel leaves out a mark of 0 */
		mt_record_put(&r, FWMARK, mt_uint(0));
	return mt_list_found(l, &r);
}

/* The kernel filters by family alone: net/core/fib_rules.c fib_valid_dumprule_req() */
static int list_family(struct mt_list *l, uint8_t family)
{
	struct mt_nl_request q;
	struct nlmsghdr *n = mt_nl_start(&q, RTM_GETRULE, NLM_F_DUMP, sizeof(struct fib_rule_hdr));
	struct fib_rule_hdr *m = mnl_nlmsg_get_payload(n);
	int err;

	m->family = family;
	err = mt_nl_talk(l->h, n, take, l, l->e);
	return err == -EAFNOSUPPORT ? 0 : mt_list_done(l, err); /* a host without IPv6 */
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);
	int err;

	if (mt_record_has(filter, FAMILY))
		return list_family(&l, (uint8_t)filter->v[FAMILY].u);
	err = list_family(&l, AF_INET);
	return err ? err : list_family(&l, AF_INET6);
}

/* --- changing --------------------------------------------------------------------------------- */

static void put_device(struct nlmsghdr *n, uint16_t attr, const struct mt_value *v)
{
	if (v->state == MT_SET)
		mnl_attr_put_strz(n, attr, v->name);
}

static void put_ports(struct nlmsghdr *n, uint16_t attr, const struct mt_value *v)
{
	const struct fib_rule_port_range range = { (uint16_t)v->range.first,
						   (uint16_t)v->range.last };

	if (v->state == MT_SET)
		mnl_attr_put(n, attr, sizeof range, &range);
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct mt_nl_request q;
	struct nlmsghdr *n = mt_nl_start(&q, op == MT_DELETE ? RTM_DELRULE : RTM_NEWRULE,
					 mt_nl_new_flags(op), sizeof(struct fib_rule_hdr));
	struct fib_rule_hdr *m = mnl_nlmsg_get_payload(n);

	m->family = (uint8_t)r->v[FAMILY].u;
	m->action = FR_ACT_TO_TBL;
	m->src_len = r->v[FROM].plen;
	m->dst_len = r->v[TO].plen;
	if (mt_nl_put_fields(h, n, r, e))
		return mt_nl_about(e, -e->code, r, mt_nl_verb(op));
	if (mt_record_has(r, FROM))
		mt_nl_put_ip(n, FRA_SRC, &r->v[FROM]);
	if (mt_record_has(r, TO))
		mt_nl_put_ip(n, FRA_DST, &r->v[TO]);
	put_device(n, FRA_IIFNAME, &r->v[IIF]);
	put_device(n, FRA_OIFNAME, &r->v[OIF]);
	put_ports(n, FRA_SPORT_RANGE, &r->v[SPORT]);
	put_ports(n, FRA_DPORT_RANGE, &r->v[DPORT]);
	return mt_nl_change(h, n, op, r, e);
}

/* --- at plan time ----------------------------------------------------------------------------- */

/* The kernel takes 0.0.0.0/0 for no prefix at all, and would not show it again. */
static int check_prefix(const struct mt_record *r, int field, const char *subject, struct mt_err *e)
{
	const struct mt_value *v = &r->v[field];

	if (v->state != MT_SET)
		return 0;
	if (!v->plen)
		return mt_bad(e, "rule", subject, "'%s': leave it out for all addresses",
			      fields[field].name);
	if (mt_prefix_has_host_bits(v))
		return mt_bad(e, "rule", subject, "'%s' has bits beyond its prefix of %u",
			      fields[field].name, v->plen);
	if (mt_record_has(r, FAMILY) && r->v[FAMILY].u != v->family)
		return mt_bad(e, "rule", subject, "'%s' is not of the family", fields[field].name);
	return 0;
}

/* A rule that says neither where packets come from nor where they go is for all of the host's, and
 * no right would limit it. */
static int check(const struct mt_record *r, struct mt_err *e)
{
	bool from = mt_record_has(r, FROM), to = mt_record_has(r, TO);
	char subject[96];

	mt_record_subject(r, subject, sizeof subject);
	if (!from && !to && !mt_record_has(r, IIF) && !mt_record_has(r, OIF))
		return mt_bad(e, "rule", subject,
			      "it would be for all packets: it needs 'from', 'to', 'iif' or 'oif'");
	if (!from && !to && !mt_record_has(r, FAMILY))
		return mt_bad(e, "rule", subject, "'family' is missing: ipv4 or ipv6");
	if (check_prefix(r, FROM, subject, e) || check_prefix(r, TO, subject, e))
		return -e->code;
	if (from && to && r->v[FROM].family != r->v[TO].family)
		return mt_bad(e, "rule", subject, "'from' and 'to' are not of one family");
	if (mt_record_has(r, FWMASK) && !mt_record_has(r, FWMARK))
		return mt_bad(e, "rule", subject, "'fwmask' without 'fwmark'");
	return 0;
}

/* ip(8) may not know the names of protocols: they are in netbase's /etc/protocols. */
static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	struct mt_sh s = { buf, n, 0 };

	mt_sh_say(&s, "ip %srule %s", r->v[FAMILY].u == AF_INET6 ? "-6 " : "",
		  op == MT_DELETE ? "del" : "add");
	mt_sh_field(&s, r, PRIORITY);
	for (int i = FROM; i <= OIF; i++)
		mt_sh_field(&s, r, i);
	if (mt_record_has(r, FWMARK))
		mt_sh_say(&s, " fwmark 0x%x/0x%x", (unsigned)r->v[FWMARK].u,
			  (unsigned)r->v[FWMASK].u);
	if (mt_record_has(r, IPPROTO))
		mt_sh_say(&s, " ipproto %u", (unsigned)r->v[IPPROTO].u);
	mt_sh_field(&s, r, SPORT);
	mt_sh_field(&s, r, DPORT);
	mt_sh_field(&s, r, TABLE);
	mt_sh_field(&s, r, PROTO);
	mt_sh_say(&s, "\n");
	return (int)s.len;
}

const struct mt_kind mt_kind_rule = {
	.name = "rule",
	.doc = "which packets look into a routing table",
	.fields = fields,
	.nfields = MT_NFIELDS(fields),
	.nkeys = NFIELDS,
	.required = 2,
	.device = MT_NO_DEVICE,
	.phase = MT_PHASE_ROUTE,
	.flags = MT_KIND_EXCLUSIVE,
	.list = list,
	.put = put,
	.set_defaults = set_defaults,
	.check = check,
	.sh = sh,
};
