/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* device_kinds.c - devices as records of their kinds: listed, created, changed and deleted */
#include "kernel/nl.h"

#include <errno.h>
#include <linux/if.h>
#include <stdio.h>
#include <string.h>

/* --- all devices of a kind -------------------------------------------------------------------- */

struct all {
	struct mt_list *l;
	const char *kind;
	mt_nl_decode decode;
};

static int other_kind(struct mt_err *e, const struct mt_kind *wanted, const char *is)
{
	return mt_fail(e, EEXIST, "", "", "the device is no %s%s%s", wanted->name,
		       *is ? ": it is a " : "", is);
}

static int take_device(const struct nlmsghdr *n, void *data)
{
	struct all *all = data;
	struct mt_list *l = all->l;
	struct mt_record r = { .kind = l->filter->kind };
	const struct mt_value *asked = &l->filter->v[0];
	struct mt_nl_device d;
	int is;

	if (!mt_nl_parse_device(n, &d))
		return mt_fail(l->e, EBADMSG, "", "", "the kernel's answer makes no sense");
	if (asked->state == MT_SET && mt_nl_check_name(asked->name, &d, l->e))
		return -l->e->code;
	mt_nl_remember_name(l->h, &d);
	r.ref = mt_ref_link((uint32_t)d.head->ifi_index);
	is = all->kind && strcmp(d.kind, all->kind) ? 0 : all->decode(l, &d, &r);
	if (is < 0)
		return is;
	if (!is)
		return all->kind && asked->state == MT_SET ? other_kind(l->e, r.kind, d.kind) : 0;
	mt_record_put(&r, 0, mt_name_from(d.name));
	return mt_list_found(l, &r);
}

int mt_nl_list_devices(struct mt_list *l, const char *kind, mt_nl_decode decode)
{
	const struct mt_value *asked = &l->filter->v[0];
	struct all all = { l, kind, decode };
	struct mt_nl_request q;
	bool one = asked->state == MT_SET;
	struct nlmsghdr *n =
		mt_nl_device_question(&q, one ? 0 : NLM_F_DUMP, 0, one ? asked->name : NULL);
	int err;

	if (!one && l->master)
		mnl_attr_put_u32(n, IFLA_MASTER, l->master);
	if (!one && kind) {
		struct nlattr *info = mnl_attr_nest_start(n, IFLA_LINKINFO);

		mnl_attr_put_strz(n, IFLA_INFO_KIND, kind);
		mnl_attr_nest_end(n, info);
	}
	err = mt_nl_talk(l->h, n, take_device, &all, l->e);
	return mt_list_done(l, err);
}

int mt_nl_decode_data(struct mt_list *l, const struct mt_nl_device *d, struct mt_record *r)
{
	int err = mt_nl_get_fields(l->h, d->data, r, l->e);

	return err ? err : 1;
}

int mt_nl_decode_lower(struct mt_list *l, const struct mt_nl_device *d, struct mt_record *r,
		       int field)
{
	struct mt_value lower = { .state = MT_UNSET };

	/* With IFLA_LINK_NETNSID the index is one of another namespace. */
	if (!d->tb[IFLA_LINK_NETNSID] &&
	    mt_list_link(l, (uint32_t)mt_nl_uint(d->tb[IFLA_LINK]), &lower))
		return -l->e->code;
	mt_record_put(r, field, lower);
	return 1;
}

int mt_nl_clash(struct mt_host *h, const struct mt_kind *k, mt_each take, const struct mt_record *r,
		struct mt_err *e)
{
	const struct mt_record all = { .kind = k };
	int err = k->list(h, &all, take, (void *)r, e);

	return err ? mt_err_about(e, r->kind->name, mt_record_device(r)) : 0;
}

/* --- created, changed and deleted ------------------------------------------------------------- */

int mt_nl_start_device(struct mt_host *h, struct mt_nl_request *q, enum mt_op op,
		       const struct mt_record *r, struct nlmsghdr **n, struct mt_err *e)
{
	struct ifinfomsg *head;
	uint32_t ifindex = 0;

	*n = mt_nl_start(q, RTM_NEWLINK, op == MT_ADD ? NLM_F_CREATE | NLM_F_EXCL : 0,
			 sizeof *head);
	if (op == MT_ADD) {
		mnl_attr_put_strz(*n, IFLA_IFNAME, mt_record_device(r));
		return 0;
	}
	if (mt_nl_record_ifindex(h, r, &ifindex, e))
		return mt_nl_about(e, -e->code, r, "set");
	head = mnl_nlmsg_get_payload(*n);
	head->ifi_index = (int)ifindex;
	return 0;
}

int mt_nl_delete_device(struct mt_host *h, const struct mt_record *r, uint32_t ifindex,
			struct mt_err *e)
{
	struct mt_nl_request q;
	struct nlmsghdr *n = mt_nl_start(&q, RTM_DELLINK, 0, sizeof(struct ifinfomsg));
	struct ifinfomsg *head = mnl_nlmsg_get_payload(n);

	head->ifi_index = (int)ifindex;
	return mt_nl_change(h, n, MT_DELETE, r, e);
}

int mt_nl_record_device(struct mt_host *h, const struct mt_record *r, const char *kind,
			struct mt_device *d, struct mt_err *e)
{
	uint32_t ifindex = mt_ref_ifindex(&r->ref);
	int err = ifindex ? mt_device_by_index(h, ifindex, d, e)
			  : mt_device_by_name(h, mt_record_device(r), d, e);

	return !err && strcmp(d->kind, kind) ? other_kind(e, r->kind, d->kind) : err;
}

int mt_nl_put_upper(struct mt_host *h, enum mt_op op, const struct mt_record *r, const char *kind,
		    int lower, mt_nl_extra extra, struct mt_err *e)
{
	struct nlattr *info, *data;
	struct mt_nl_request q;
	struct mt_device d;
	struct nlmsghdr *n;

	if (op == MT_DELETE) {
		if (mt_nl_record_device(h, r, kind, &d, e))
			return mt_nl_about(e, -e->code, r, "delete");
		return mt_nl_delete_device(h, r, d.ifindex, e);
	}
	if (mt_nl_start_device(h, &q, op, r, &n, e))
		return -e->code;
	if (lower && op == MT_ADD && mt_nl_put_link(h, n, &r->kind->fields[lower], &r->v[lower], e))
		return mt_nl_about(e, -e->code, r, mt_nl_verb(op));
	info = mnl_attr_nest_start(n, IFLA_LINKINFO);
	mnl_attr_put_strz(n, IFLA_INFO_KIND, kind);
	data = mnl_attr_nest_start(n, IFLA_INFO_DATA);
	if (mt_nl_put_fields(h, n, r, e))
		return mt_nl_about(e, -e->code, r, mt_nl_verb(op));
	if (extra)
		extra(n, op, r);
	mnl_attr_nest_end(n, data);
	mnl_attr_nest_end(n, info);
	return mt_nl_change(h, n, op, r, e);
}

int mt_nl_put_device(struct mt_host *h, enum mt_op op, const struct mt_record *r, const char *kind,
		     mt_nl_extra extra, struct mt_err *e)
{
	return mt_nl_put_upper(h, op, r, kind, 0, extra, e);
}
