/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * offload.c - kind offload: work on packets that a device does, or is left to do, for the kernel
 *
 * A field is a group of the kernel's features, as ethtool(8) has them. Its value is what is wanted
 * of the device: whether a feature is active depends on others (TSO on checksums), and comes back
 * by itself. The groups' names are ethtool's; tso is without tx-tcp-mangleid-segmentation, which is
 * off by default, and which the kernel sets off with the others: net/core/dev.c
 * netdev_fix_features()
 */
#include "kernel/nl.h"

#include <errno.h>
#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>
#include <string.h>

enum { DEV, RX, TX, SG, TSO, GSO, GRO, LRO, RXVLAN, TXVLAN, NFIELDS };

#define OFFLOAD(NAME, DOC)                                                                         \
	{                                                                                          \
		.name = NAME, .type = MT_BOOL, .phase = MT_PHASE_FIELDS, .flags = MT_FIELD_CUSTOM, \
		.ip_arg = NAME " on", .ip_none = NAME " off", .doc = DOC                           \
	}

static const struct mt_field fields[NFIELDS] = {
	[DEV] = { "dev", MT_LINK, .flags = MT_FIELD_CUSTOM, .doc = "the device" },
	[RX] = OFFLOAD("rx", "checksums of what comes in"),
	[TX] = OFFLOAD("tx", "checksums of what goes out; of a tap, its program's choice"),
	[SG] = OFFLOAD("sg", "packets in pieces"),
	[TSO] = OFFLOAD("tso", "cutting TCP into packets; of a tap, its program's choice"),
	[GSO] = OFFLOAD("gso", "the same, late and by the kernel"),
	[GRO] = OFFLOAD("gro", "joining packets that come in"),
	[LRO] = OFFLOAD("lro", "the same by the device; not where packets are passed on"),
	[RXVLAN] = OFFLOAD("rxvlan", "taking VLAN tags out of what comes in"),
	[TXVLAN] = OFFLOAD("txvlan", "putting VLAN tags into what goes out"),
};

/* net/ethtool/common.c netdev_features_strings[]; * stands for any text */
static const char *const patterns[NFIELDS] = {
	[RX] = "rx-checksum",
	[TX] = "tx-checksum-*",
	[SG] = "tx-scatter-gather*",
	[TSO] = "tx-tcp*-segmentation",
	[GSO] = "tx-generic-segmentation",
	[GRO] = "rx-gro",
	[LRO] = "rx-lro",
	[RXVLAN] = "rx-vlan-hw-parse",
	[TXVLAN] = "tx-vlan-hw-insert",
};

static int group_of(const char *feature)
{
	for (int i = RX; i < NFIELDS; i++)
		if (mt_pattern_fits(patterns[i], feature) && !strstr(feature, "mangleid"))
			return i;
	return -1;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* How many features of each field can be changed, are wanted, and are active. */
struct features {
	uint32_t ifindex;
	unsigned changeable[NFIELDS], wanted[NFIELDS], active[NFIELDS];
};

/* Calls @each with the name of every feature in a bitset that is set. In one with a mask, those
 * without a value are not: net/ethtool/bitset.c ethnl_put_bitset32() */
static void each_feature(const struct nlattr *set, void (*each)(const char *name, void *data),
			 void *data)
{
	const struct nlattr *bit;
	mt_nl_attrs tb, of;

	mt_nl_parse_nest(set, tb);
	if (!tb[ETHTOOL_A_BITSET_BITS])
		return;
	mnl_attr_for_each_nested (bit, tb[ETHTOOL_A_BITSET_BITS]) {
		mt_nl_parse_nest(bit, of);
		if (tb[ETHTOOL_A_BITSET_NOMASK] || of[ETHTOOL_A_BITSET_BIT_VALUE])
			each(mt_nl_str(of[ETHTOOL_A_BITSET_BIT_NAME]), data);
	}
}

static void count(const char *name, void *data)
{
	int group = group_of(name);

	if (group >= 0)
		((unsigned *)data)[group]++;
}

/* The attributes of an answer. Return: the device's index; 0: it is no answer about one. */
static uint32_t parse(const struct nlmsghdr *n, mt_nl_attrs tb)
{
	mt_nl_attrs head;

	if (!mt_nl_parse(n, sizeof(struct genlmsghdr), tb))
		return 0;
	mt_nl_parse_nest(tb[ETHTOOL_A_FEATURES_HEADER], head);
	return (uint32_t)mt_nl_uint(head[ETHTOOL_A_HEADER_DEV_INDEX]);
}

static int take_features(const struct nlmsghdr *n, void *data)
{
	struct features *f = data;
	mt_nl_attrs tb;

	*f = (struct features){ .ifindex = parse(n, tb) };
	each_feature(tb[ETHTOOL_A_FEATURES_HW], count, f->changeable);
	each_feature(tb[ETHTOOL_A_FEATURES_WANTED], count, f->wanted);
	each_feature(tb[ETHTOOL_A_FEATURES_ACTIVE], count, f->active);
	return 0;
}

static void put_header(struct nlmsghdr *n, uint32_t ifindex)
{
	struct nlattr *head = mnl_attr_nest_start(n, ETHTOOL_A_FEATURES_HEADER);

	if (ifindex)
		mnl_attr_put_u32(n, ETHTOOL_A_HEADER_DEV_INDEX, ifindex);
	mnl_attr_nest_end(n, head);
}

/* @ifindex: 0: of all devices */
static int ask(struct mt_host *h, uint32_t ifindex, mt_nl_take take, void *data, struct mt_err *e)
{
	struct mt_nl_request q;
	struct nlmsghdr *n;
	struct mt_host *g;
	uint16_t family;

	if (mt_genl_ethtool(h, &g, &family, e))
		return -e->code;
	n = mt_genl_start(&q, family, ETHTOOL_MSG_FEATURES_GET, ifindex ? 0 : NLM_F_DUMP);
	put_header(n, ifindex);
	return mt_nl_talk(g, n, take, data, e);
}

/* Of a field that is fixed, what it is is what is wanted. */
static bool is_on(const struct features *f, int field)
{
	return f->changeable[field] ? f->wanted[field] : f->active[field];
}

static int take(const struct nlmsghdr *n, void *data)
{
	struct mt_list *l = data;
	struct mt_record r = { .kind = l->filter->kind };
	struct features f;
	struct mt_value dev;

	take_features(n, &f);
	if (!f.ifindex)
		return mt_fail(l->e, EBADMSG, "", "", "the kernel's answer makes no sense");
	if (mt_list_link(l, f.ifindex, &dev))
		return -l->e->code;
	r.ref = mt_ref_link(f.ifindex);
	mt_record_put(&r, DEV, dev);
	for (int i = RX; i < NFIELDS; i++)
		mt_record_put(&r, i, mt_uint(is_on(&f, i)));
	return mt_list_found(l, &r);
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);
	int err = mt_list_device(&l);

	if (err)
		return err < 0 ? err : 0;
	return mt_list_done(&l, ask(h, l.ifindex, take, &l, e));
}

/* --- changing --------------------------------------------------------------------------------- */

/* A request that is made of an answer: the names of a group's features are known from there. */
struct setting {
	const struct mt_record *r;
	struct nlmsghdr *n;
};

static void put_feature(const char *name, void *data)
{
	struct setting *s = data;
	int group = group_of(name);
	struct nlattr *bit;

	if (group < 0 || !mt_record_has(s->r, group))
		return;
	bit = mnl_attr_nest_start(s->n, ETHTOOL_A_BITSET_BITS_BIT);
	mnl_attr_put_strz(s->n, ETHTOOL_A_BITSET_BIT_NAME, name);
	if (s->r->v[group].u)
		mnl_attr_put(s->n, ETHTOOL_A_BITSET_BIT_VALUE, 0, NULL);
	mnl_attr_nest_end(s->n, bit);
}

static int take_names(const struct nlmsghdr *n, void *data)
{
	mt_nl_attrs tb;

	if (parse(n, tb))
		each_feature(tb[ETHTOOL_A_FEATURES_HW], put_feature, data);
	return 0;
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct nlattr *wanted, *bits;
	struct mt_nl_request q;
	struct setting s = { .r = r };
	struct mt_host *g;
	uint32_t ifindex;
	uint16_t family;

	if (mt_nl_record_ifindex(h, r, &ifindex, e) || mt_genl_ethtool(h, &g, &family, e))
		return mt_nl_about(e, -e->code, r, mt_nl_verb(op));
	s.n = mt_genl_start(&q, family, ETHTOOL_MSG_FEATURES_SET, 0);
	put_header(s.n, ifindex);
	wanted = mnl_attr_nest_start(s.n, ETHTOOL_A_FEATURES_WANTED);
	bits = mnl_attr_nest_start(s.n, ETHTOOL_A_BITSET_BITS);
	if (ask(h, ifindex, take_names, &s, e))
		return mt_nl_about(e, -e->code, r, mt_nl_verb(op));
	mnl_attr_nest_end(s.n, bits);
	mnl_attr_nest_end(s.n, wanted);
	return mt_nl_change(g, s.n, op, r, e);
}

/* --- at plan time ----------------------------------------------------------------------------- */

/* A program that opens a tap sets these, again whenever its guest's driver starts:
 * drivers/net/tun.c set_offload() */
static int check_tap(const struct mt_record *r, mt_will will, void *data, struct mt_err *e)
{
	struct mt_record key = mt_nl_on(&mt_kind_tap, "name", r->v[DEV].name), tap;
	int field = mt_record_has(r, TX) ? TX : TSO, err;

	if (!mt_record_has(r, field))
		return 0;
	err = will(data, &key, &tap, e);
	if (err == -ENOENT || err == -EEXIST) /* it is no tap */
		return 0;
	return err ? err
		   : mt_bad(e, "offload", r->v[DEV].name,
			    "%s: of a tap, the program that opens it sets that; in libvirt's XML: "
			    "<driver><host %s='off'/></driver>",
			    fields[field].name, field == TX ? "csum" : "tso4");
}

static int check_field(const struct mt_record *r, const struct features *f, int i, struct mt_err *e)
{
	const char *dev = r->v[DEV].name;

	if (!mt_record_has(r, i) || r->v[i].u == is_on(f, i))
		return 0;
	if (!f->changeable[i])
		return mt_fail(e, EOPNOTSUPP, "offload", dev,
			       "%s is fixed: the device's driver never changes it", fields[i].name);
	if (f->wanted[i] && f->wanted[i] < f->changeable[i])
		return mt_fail(e, ENOTSUP, "offload", dev,
			       "of %s, %u features of %u are on, and moontap could not restore "
			       "which: ethtool -K %s %s on",
			       fields[i].name, f->wanted[i], f->changeable[i], dev, fields[i].name);
	return 0;
}

/* A device that the plan makes is not there yet: then verify() finds what is fixed. */
static int needs(struct mt_host *h, const struct mt_record *r, mt_will will, void *data,
		 struct mt_err *e)
{
	struct features f = { 0 };
	uint32_t ifindex;
	int err = check_tap(r, will, data, e);

	if (!err)
		err = mt_nl_record_ifindex(h, r, &ifindex, e);
	if (!err)
		err = ask(h, ifindex, take_features, &f, e);
	for (int i = RX; !err && i < NFIELDS; i++)
		err = check_field(r, &f, i, e);
	return err == -ENODEV ? 0 : err;
}

const struct mt_kind mt_kind_offload = {
	MT_LINKS_KIND("offload", "what a device does with packets for the kernel: ethtool -K", 1, 1,
		      MT_PHASE_FIELDS, MT_KIND_FACET),
	.device = DEV,
	.needs = needs,
	.set = "ethtool -K %s",
};
