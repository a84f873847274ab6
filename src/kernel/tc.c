/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tc.c - traffic control: questions about qdiscs, and what all of its messages have in common */
#include "kernel/tc.h"

#include <errno.h>
#include <linux/pkt_sched.h>

bool mt_tc_parse(const struct nlmsghdr *n, uint16_t type, struct mt_tc *t)
{
	mt_nl_attrs tb;

	t->head = mt_nl_parse(n, sizeof *t->head, tb);
	if (!t->head || n->nlmsg_type != type)
		return false;
	t->kind = mt_nl_str(tb[TCA_KIND]);
	t->options = tb[TCA_OPTIONS];
	return *t->kind;
}

struct nlmsghdr *mt_tc_start(struct mt_nl_request *q, uint16_t type, uint16_t flags,
			     uint32_t ifindex, uint32_t parent)
{
	struct nlmsghdr *n = mt_nl_start(q, type, flags, sizeof(struct tcmsg));
	struct tcmsg *head = mnl_nlmsg_get_payload(n);

	head->tcm_ifindex = (int)ifindex;
	head->tcm_parent = parent;
	return n;
}

/* The kernel has no dump of one device's qdiscs. It answers a question about one place only if that
 * wants an echo: net/sched/sch_api.c qdisc_notify(). Where no qdisc is, it says ENOENT; or EINVAL,
 * or nothing but the ack, where one has been before. */
int mt_tc_list_qdiscs(struct mt_list *l, uint32_t parent, mt_nl_take take)
{
	struct mt_nl_request q;
	struct nlmsghdr *n;
	int err = mt_list_device(l);

	if (err)
		return err < 0 ? err : 0;
	n = mt_tc_start(&q, RTM_GETQDISC, l->ifindex ? NLM_F_ECHO | NLM_F_ACK : NLM_F_DUMP,
			l->ifindex, l->ifindex ? parent : 0);
	err = mt_nl_talk(l->h, n, take, l, l->e);
	return mt_list_done(l, err == -ENOENT || err == -EINVAL ? 0 : err);
}

int mt_tc_foreign(struct mt_list *l, const struct mt_tc *t, const char *why)
{
	int err = mt_fail(l->e, EEXIST, "", "", "the qdisc %.32s %x: is there already%s%s", t->kind,
			  t->head->tcm_handle >> 16, *why ? "; " : "", why);

	return mt_nl_about(l->e, err, l->filter, "list");
}

static int take_filter(const struct nlmsghdr *n, void *data)
{
	*(bool *)data |= n->nlmsg_type == RTM_NEWTFILTER;
	return 0;
}

int mt_device_is_policed(struct mt_host *h, uint32_t ifindex, struct mt_err *e)
{
	bool any = false;
	struct mt_nl_request q;
	struct nlmsghdr *n =
		mt_tc_start(&q, RTM_GETTFILTER, NLM_F_DUMP, ifindex, TC_H_MAKE(TC_H_INGRESS, 0));
	int err = mt_nl_talk(h, n, take_filter, &any, e);

	return err ? mt_err_about(e, "tc.list", "ingress") : any;
}
