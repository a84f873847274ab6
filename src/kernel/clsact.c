/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * clsact.c - kind clsact: the place of a device where filters see all of its packets, both ways
 *
 * It queues nothing, and the device's root qdisc, which libvirt replaces when a guest starts, is
 * another one. A device has either it or `ingress`, which libvirt adds for <bandwidth>.
 */
#include "kernel/tc.h"

#include <errno.h>
#include <linux/pkt_sched.h>
#include <stdio.h>
#include <string.h>

static const struct mt_field fields[] = {
	{ "dev", MT_LINK, .flags = MT_FIELD_CUSTOM, .doc = "the NIC's device" },
};

static int take(const struct nlmsghdr *n, void *data)
{
	struct mt_list *l = data;
	struct mt_record r = { .kind = l->filter->kind };
	struct mt_value dev;
	struct mt_tc t;

	if (!mt_tc_parse(n, RTM_NEWQDISC, &t) || t.head->tcm_parent != TC_H_CLSACT)
		return 0;
	if (strcmp(t.kind, "clsact"))
		return l->ifindex ? mt_tc_foreign(l, &t,
						  "libvirt adds it where the guest's XML has "
						  "<bandwidth>: then the policy can have no rate")
				  : 0;
	if (mt_list_link(l, (uint32_t)t.head->tcm_ifindex, &dev))
		return -l->e->code;
	r.ref = mt_ref_link((uint32_t)t.head->tcm_ifindex);
	mt_record_put(&r, 0, dev);
	return mt_list_found(l, &r);
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);

	return mt_tc_list_qdiscs(&l, TC_H_CLSACT, take);
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct mt_nl_request q;
	struct nlmsghdr *n;
	uint32_t ifindex;
	int err;

	if (mt_nl_record_ifindex(h, r, &ifindex, e))
		return mt_nl_about(e, -e->code, r, mt_nl_verb(op));
	n = mt_tc_start(&q, op == MT_DELETE ? RTM_DELQDISC : RTM_NEWQDISC, mt_nl_new_flags(op),
			ifindex, TC_H_CLSACT);
	((struct tcmsg *)mnl_nlmsg_get_payload(n))->tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0);
	mnl_attr_put_strz(n, TCA_KIND, "clsact");
	err = mt_nl_change(h, n, op, r, e);
	return err == -EEXIST ? mt_nl_check_absent(h, r, e) ?: err : err;
}

/* moontap's own filters are gone by then: they are added later, and so deleted before. */
static int take_filter(const struct nlmsghdr *n, void *data)
{
	struct mt_nl_any *any = data;
	struct mt_tc t;

	if (any->found || !mt_tc_parse(n, RTM_NEWTFILTER, &t) || !t.head->tcm_handle)
		return 0;
	snprintf(any->why, any->n, "a filter of the kind %.32s is there", t.kind);
	any->found = true;
	return 1;
}

static int busy(struct mt_host *h, enum mt_op op, const struct mt_record *r, char *why, size_t n,
		struct mt_err *e)
{
	static const uint32_t parents[] = { TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS),
					    TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS) };
	struct mt_nl_any any = { .why = why, .n = n };
	struct mt_nl_request q;
	uint32_t ifindex;
	int err;

	if (op != MT_DELETE)
		return 0;
	err = mt_nl_record_ifindex(h, r, &ifindex, e);
	for (size_t i = 0; !err && !any.found && i < sizeof parents / sizeof *parents; i++)
		err = mt_nl_talk(h,
				 mt_tc_start(&q, RTM_GETTFILTER, NLM_F_DUMP, ifindex, parents[i]),
				 take_filter, &any, e);
	return err ? mt_nl_about(e, err, r, "list") : any.found;
}

const struct mt_kind mt_kind_clsact = {
	MT_LINKS_KIND("clsact", "the place of a NIC's device where redirects are", 1, 1,
		      MT_PHASE_FIELDS, MT_KIND_OWN),
	.add = "tc qdisc add dev %s clsact",
	.del = "tc qdisc del dev %s clsact",
	.busy = busy,
};
