/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * redirect.c - kind redirect: all packets that come in on a NIC's device, or go out, go to another
 * device instead
 *
 * It is a filter of the device's clsact: u32, matching everything, with the action mirred. Its
 * number tells it from others' filters. Each direction has a priority of its own, since u32's
 * filters of one priority show up in the dumps of both: net/sched/cls_u32.c u32_walk().
 *
 * When the device that it redirects to is deleted, the filter stays and drops all packets: then
 * `to` is unset.
 */
#include "kernel/tc.h"
#include "base/sh.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/tc_act/tc_mirred.h>
#include <string.h>

#define HEADER (ETH_HLEN + 4) /* with a VLAN's tag */

enum { DEV, DIRECTION, TO, NFIELDS };

enum { INGRESS = 1, EGRESS = 2 }; /* their filters' priorities, too */

static const struct mt_enum_name directions[] = { { "ingress", INGRESS },
						  { "egress", EGRESS },
						  { NULL, 0 } };

static const struct mt_field fields[NFIELDS] = {
	[DEV] = { "dev", MT_LINK, .flags = MT_FIELD_CUSTOM, .doc = "the NIC's device" },
	[DIRECTION] = { "direction", MT_ENUM, .flags = MT_FIELD_CUSTOM, .enum_names = directions,
			.doc = "ingress: what the host gets from it: of a tap, what its guest "
			       "sends; egress: the other way" },
	[TO] = { "to", MT_LINK, 4, MT_PHASE_RATE, .flags = MT_FIELD_CUSTOM | MT_FIELD_CARRIES,
		 .doc = "the device that sends them instead; needed to create it" },
};

static uint32_t parent_of(uint64_t direction)
{
	return TC_H_MAKE(TC_H_CLSACT, direction == INGRESS ? TC_H_MIN_INGRESS : TC_H_MIN_EGRESS);
}

static struct nlmsghdr *start(struct mt_nl_request *q, uint16_t type, uint16_t flags,
			      uint32_t ifindex, uint64_t direction)
{
	struct nlmsghdr *n = mt_tc_start(q, type, flags, ifindex, parent_of(direction));
	struct tcmsg *head = mnl_nlmsg_get_payload(n);

	head->tcm_info = TC_H_MAKE((uint32_t)direction << 16, htons(ETH_P_ALL));
	return n;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* The filters of one direction and of its priority. */
struct filters {
	uint32_t handle; /* of moontap's: 800::6d; 0: it is not there */
	uint32_t to;	 /* where it redirects to; 0: that device is gone */
	unsigned others;
};

/* The device that a filter redirects all packets to. Return: false: it is no such filter. */
static bool parse_target(const struct mt_tc *t, uint32_t *to)
{
	struct tc_mirred mirred;
	mt_nl_attrs u32, actions, action, options;

	mt_nl_parse_nest(t->options, u32);
	mt_nl_parse_nest(u32[TCA_U32_ACT], actions);
	mt_nl_parse_nest(actions[1], action);
	mt_nl_parse_nest(action[TCA_ACT_OPTIONS], options);
	if (strcmp(mt_nl_str(action[TCA_ACT_KIND]), "mirred") || !options[TCA_MIRRED_PARMS] ||
	    mnl_attr_get_payload_len(options[TCA_MIRRED_PARMS]) < sizeof mirred)
		return false;
	memcpy(&mirred, mnl_attr_get_payload(options[TCA_MIRRED_PARMS]), sizeof mirred);
	*to = mirred.ifindex;
	return mirred.eaction == TCA_EGRESS_REDIR;
}

static int take_filter(const struct nlmsghdr *n, void *data)
{
	struct filters *f = data;
	struct mt_tc t;
	uint32_t node;

	if (!mt_tc_parse(n, RTM_NEWTFILTER, &t))
		return 0;
	node = TC_U32_NODE(t.head->tcm_handle); /* 0: the filters' hash table */
	if (node == MT_TC_OURS && !strcmp(t.kind, "u32") && parse_target(&t, &f->to))
		f->handle = t.head->tcm_handle;
	else if (node || strcmp(t.kind, "u32"))
		f->others += t.head->tcm_handle != 0;
	return 0;
}

static int find(struct mt_host *h, uint32_t ifindex, uint64_t direction, struct filters *f,
		struct mt_err *e)
{
	struct mt_nl_request q;

	*f = (struct filters){ 0 };
	return mt_nl_talk(h, start(&q, RTM_GETTFILTER, NLM_F_DUMP, ifindex, direction), take_filter,
			  f, e);
}

static int list_one(struct mt_list *l, uint32_t ifindex, uint64_t direction)
{
	struct mt_record r = { .kind = l->filter->kind, .ref = mt_ref_link(ifindex) };
	struct mt_value dev, to;
	struct filters f;
	int err = find(l->h, ifindex, direction, &f, l->e);

	if (err || !f.handle)
		return mt_list_done(l, err);
	if (mt_list_link(l, ifindex, &dev) || mt_list_link(l, f.to, &to))
		return -l->e->code;
	mt_record_put(&r, DEV, dev);
	mt_record_put(&r, DIRECTION, mt_uint(direction));
	mt_record_put(&r, TO, to);
	return mt_list_found(l, &r);
}

/* The filters of all devices are in no dump: they are asked for where a clsact is. */
static int take_clsact(const struct mt_record *r, void *data, struct mt_err *e)
{
	struct mt_list *l = data;
	uint32_t ifindex = mt_ref_ifindex(&r->ref);
	const struct mt_value *only = &l->filter->v[DIRECTION];
	int err = 0;

	(void)e;
	for (uint64_t d = INGRESS; !err && d <= EGRESS; d++)
		if (only->state != MT_SET || only->u == d)
			err = list_one(l, ifindex, d);
	return err;
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);
	struct mt_record place = { .kind = &mt_kind_clsact };
	int err = mt_list_device(&l);

	if (err)
		return err < 0 ? err : 0;
	if (!l.ifindex)
		return mt_kind_clsact.list(h, &place, take_clsact, &l, e);
	place.ref = mt_ref_link(l.ifindex);
	err = take_clsact(&place, &l, e);
	return err > 0 ? 0 : err;
}

/* --- changing --------------------------------------------------------------------------------- */

static void put_action(struct nlmsghdr *n, uint32_t to)
{
	const struct tc_mirred mirred = { .action = TC_ACT_STOLEN,
					  .eaction = TCA_EGRESS_REDIR,
					  .ifindex = to };
	struct nlattr *actions = mnl_attr_nest_start(n, TCA_U32_ACT);
	struct nlattr *first = mnl_attr_nest_start(n, 1), *options;

	mnl_attr_put_strz(n, TCA_ACT_KIND, "mirred");
	options = mnl_attr_nest_start(n, TCA_ACT_OPTIONS);
	mnl_attr_put(n, TCA_MIRRED_PARMS, sizeof mirred, &mirred);
	mnl_attr_nest_end(n, options);
	mnl_attr_nest_end(n, first);
	mnl_attr_nest_end(n, actions);
}

/* A mask of 0 fits every packet. */
static void put_match(struct nlmsghdr *n)
{
	union {
		struct tc_u32_sel sel; /* its keys are behind it */
		char room[sizeof(struct tc_u32_sel) + sizeof(struct tc_u32_key)];
	} all = { .room = { 0 } };

	all.sel.flags = TC_U32_TERMINAL;
	all.sel.nkeys = 1;
	mnl_attr_put(n, TCA_U32_SEL, sizeof all, &all);
}

static int find_target(struct mt_host *h, const struct mt_record *r, uint32_t *to, struct mt_err *e)
{
	int err = mt_nl_ifindex(h, r->v[TO].name, to, e);

	return err == -ENODEV
		? mt_fail(e, ENODEV, "", "", "to: there is no device %s", r->v[TO].name)
		: err;
}

static int ask(struct mt_host *h, enum mt_op op, const struct mt_record *r, uint32_t ifindex,
	       const struct filters *f, struct mt_err *e)
{
	uint64_t direction = r->v[DIRECTION].u;
	struct nlattr *options;
	struct mt_nl_request q;
	struct nlmsghdr *n;
	uint32_t to = 0;

	if (op != MT_DELETE && find_target(h, r, &to, e))
		return mt_nl_about(e, -e->code, r, mt_nl_verb(op));
	n = start(&q, op == MT_DELETE ? RTM_DELTFILTER : RTM_NEWTFILTER, mt_nl_new_flags(op),
		  ifindex, direction);
	((struct tcmsg *)mnl_nlmsg_get_payload(n))->tcm_handle = f->handle;
	mnl_attr_put_strz(n, TCA_KIND, "u32");
	if (op != MT_DELETE) {
		options = mnl_attr_nest_start(n, TCA_OPTIONS);
		put_match(n);
		put_action(n, to);
		mnl_attr_nest_end(n, options);
	}
	return mt_nl_change(h, n, op, r, e);
}

static int absent(const struct mt_record *r, enum mt_op op, struct mt_err *e)
{
	return mt_nl_about(e, mt_fail(e, ENOENT, "", "", NULL), r, mt_nl_verb(op));
}

/* An add names only the number within the direction's hash table, which the kernel numbers. Where
 * the number is taken, it says ENOSPC: net/sched/cls_u32.c u32_change(). A delete without others
 * of the priority takes the hash table with it. */
static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct filters f;
	uint32_t ifindex;
	int err;

	if (mt_nl_record_ifindex(h, r, &ifindex, e) || find(h, ifindex, r->v[DIRECTION].u, &f, e))
		return mt_nl_about(e, -e->code, r, mt_nl_verb(op));
	if (op != MT_ADD && !f.handle)
		return absent(r, op, e);
	if (op == MT_ADD)
		f.handle = MT_TC_OURS;
	else if (op == MT_DELETE && !f.others)
		f.handle = 0;
	err = ask(h, op, r, ifindex, &f, e);
	return err == -ENOSPC && op == MT_ADD ? mt_nl_check_absent(h, r, e) ?: err : err;
}

/* --- at plan time ----------------------------------------------------------------------------- */

/* A frame that is larger than the burst of the queue is dropped. */
static int check_burst(const struct mt_record *r, mt_will will, void *data, struct mt_err *e)
{
	struct mt_record queue = mt_nl_on(&mt_kind_tbf, "dev", r->v[TO].name), has;
	struct mt_record link = mt_nl_on(&mt_kind_link, "name", r->v[DEV].name), dev;
	int burst = mt_kind_field(&mt_kind_tbf, "burst"), mtu = mt_kind_field(&mt_kind_link, "mtu");
	char subject[96];
	int err = will(data, &queue, &has, e);

	if (!err)
		err = will(data, &link, &dev, e);
	if (err)
		return err == -ENOENT || err == -EEXIST ? 0 : err;
	if (!mt_record_has(&dev, mtu) || !mt_record_has(&has, burst) ||
	    dev.v[mtu].u + HEADER <= has.v[burst].u * 1024)
		return 0;
	return mt_bad(e, "redirect", mt_record_subject(r, subject, sizeof subject),
		      "the MTU of %s is %u, and %s would drop what is larger than its burst of %u "
		      "KiB: let the burst be larger",
		      r->v[DEV].name, (unsigned)dev.v[mtu].u, r->v[TO].name,
		      (unsigned)has.v[burst].u);
}

static int needs(struct mt_host *h, const struct mt_record *r, mt_will will, void *data,
		 struct mt_err *e)
{
	struct mt_record place = mt_nl_on(&mt_kind_clsact, "dev", r->v[DEV].name), has;
	char subject[96];
	int err;

	(void)h;
	mt_record_subject(r, subject, sizeof subject);
	if (!mt_record_has(r, TO))
		return mt_bad(e, "redirect", subject, "'to' is missing");
	err = will(data, &place, &has, e);
	if (err == -ENOENT)
		return mt_bad(e, "redirect", subject,
			      "it is a filter of clsact: declare clsact{ dev = \"%s\" }",
			      r->v[DEV].name);
	return err ? err : check_burst(r, will, data, e);
}

/* tc(8) changes a filter by its whole handle only, which the kernel chooses. */
static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	const char *direction = r->v[DIRECTION].u == INGRESS ? "ingress" : "egress";
	unsigned prio = (unsigned)r->v[DIRECTION].u;
	struct mt_sh s = { buf, n, 0 };

	if (op != MT_ADD) {
		mt_sh_command(&s, r, "tc filter del dev %s");
		mt_sh_say(&s, " %s protocol all prio %u\n", direction, prio);
	}
	if (op != MT_DELETE) {
		mt_sh_command(&s, r, "tc filter add dev %s");
		mt_sh_say(&s,
			  " %s protocol all prio %u handle ::%x u32 match u32 0 0 action mirred "
			  "egress redirect dev ",
			  direction, prio, MT_TC_OURS);
		mt_sh_value(&s, r, TO);
		mt_sh_say(&s, "\n");
	}
	return (int)s.len;
}

const struct mt_kind mt_kind_redirect = {
	MT_LINKS_KIND("redirect", "what comes in on a NIC's device, or goes out, goes elsewhere", 2,
		      2, MT_PHASE_RATE, MT_KIND_OWN),
	.device = DEV,
	.needs = needs,
	.sh = sh,
};
