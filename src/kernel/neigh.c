/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * neigh.c - kind neigh: permanent neighbour entries, and proxy entries, which this host answers for
 *
 * The kernel keeps the two in separate tables, and a device may have both for one address: so
 * `proxy` is part of the key. An entry that the kernel has learned counts as absent.
 */
#include "kernel/nl.h"
#include "base/sh.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <sys/socket.h>

enum { DEV, DST, PROXY, LLADDR, ROUTER, NFIELDS };

static const struct mt_field fields[NFIELDS] = {
	[DEV] = { "dev", MT_LINK, .flags = MT_FIELD_CUSTOM, .doc = "the device" },
	[DST] = { "dst", MT_IP, .flags = MT_FIELD_CUSTOM, .right = &mt_rights[MT_RIGHT_PREFIX],
		  .doc = "the neighbour's address" },
	[PROXY] = { "proxy", MT_BOOL, 0, .flags = MT_FIELD_CUSTOM,
		    .doc = "answer for it, that others send us its packets" },
	[LLADDR] = { "lladdr", MT_MAC, 6, .attr = NDA_LLADDR, .ip_arg = "lladdr",
		     .doc = "its MAC address" },
	[ROUTER] = { "router", MT_BOOL, 0, .flags = MT_FIELD_CUSTOM, .ip_arg = "router",
		     .doc = "IPv6: it is a router" },
};

static void set_defaults(struct mt_record *r)
{
	if (!mt_record_has(r, PROXY))
		mt_record_put(r, PROXY, mt_uint(0));
}

static int take(const struct nlmsghdr *n, void *data)
{
	struct mt_list *l = data;
	struct mt_record r = { .kind = l->filter->kind };
	const struct ndmsg *m;
	struct mt_value dev;
	mt_nl_attrs tb;
	bool proxy;

	m = mt_nl_parse(n, sizeof *m, tb);
	if (!m || n->nlmsg_type != RTM_NEWNEIGH ||
	    (l->ifindex && m->ndm_ifindex != (int)l->ifindex))
		return 0;
	proxy = m->ndm_flags & NTF_PROXY;
	if (!proxy && !(m->ndm_state & NUD_PERMANENT))
		return 0;
	r.ref = mt_ref_link((uint32_t)m->ndm_ifindex);
	if (mt_nl_get_fields(l->h, tb, &r, l->e) || mt_list_link(l, (uint32_t)m->ndm_ifindex, &dev))
		return -l->e->code;
	mt_record_put(&r, DEV, dev);
	mt_record_put(&r, DST, mt_nl_ip(tb[NDA_DST], m->ndm_family, 0));
	mt_record_put(&r, PROXY, mt_uint(proxy));
	mt_record_put(&r, ROUTER, mt_uint(!!(m->ndm_flags & NTF_ROUTER)));
	return r.v[DST].state == MT_SET ? mt_list_found(l, &r) : 0;
}

static int list_some(struct mt_list *l, bool proxy)
{
	const struct mt_record *f = l->filter;
	struct mt_nl_request q;
	struct nlmsghdr *n = mt_nl_start(&q, RTM_GETNEIGH, NLM_F_DUMP, sizeof(struct ndmsg));
	struct ndmsg *m = mnl_nlmsg_get_payload(n);

	if (mt_record_has(f, PROXY) && f->v[PROXY].u != proxy)
		return 0;
	m->ndm_family = f->v[DST].family;
	m->ndm_flags = proxy ? NTF_PROXY : 0;
	if (l->ifindex)
		mnl_attr_put_u32(n, NDA_IFINDEX, l->ifindex);
	return mt_list_done(l, mt_nl_talk(l->h, n, take, l, l->e));
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);
	int err = mt_list_device(&l);

	if (err)
		return err < 0 ? err : 0;
	err = list_some(&l, false);
	return err ? err : list_some(&l, true);
}

static int ask(struct mt_host *h, enum mt_op op, uint16_t flags, const struct mt_record *r,
	       struct mt_err *e)
{
	struct mt_nl_request q;
	struct nlmsghdr *n = mt_nl_start(&q, op == MT_DELETE ? RTM_DELNEIGH : RTM_NEWNEIGH, flags,
					 sizeof(struct ndmsg));
	struct ndmsg *m = mnl_nlmsg_get_payload(n);
	uint32_t ifindex;

	if (mt_nl_record_ifindex(h, r, &ifindex, e))
		return mt_nl_about(e, -e->code, r, mt_nl_verb(op));
	m->ndm_family = r->v[DST].family;
	m->ndm_ifindex = (int)ifindex;
	m->ndm_state = NUD_PERMANENT;
	m->ndm_flags =
		(uint8_t)((r->v[PROXY].u ? NTF_PROXY : 0) | (r->v[ROUTER].u ? NTF_ROUTER : 0));
	mt_nl_put_ip(n, NDA_DST, &r->v[DST]);
	if (op != MT_DELETE && mt_nl_put_fields(h, n, r, e))
		return mt_nl_about(e, -e->code, r, mt_nl_verb(op));
	return mt_nl_change(h, n, op, r, e);
}

/* An exclusive add fails with EEXIST where the kernel has learned the neighbour, and succeeds where
 * there is such a proxy already: net/core/neighbour.c neigh_add(). An add of moontap's is to do the
 * opposite in both cases: so look first, and replace what was only learned. */
static int add(struct mt_host *h, const struct mt_record *r, struct mt_err *e)
{
	int err = r->v[PROXY].u ? -EEXIST : ask(h, MT_ADD, mt_nl_new_flags(MT_ADD), r, e);

	if (err != -EEXIST)
		return err;
	err = mt_nl_check_absent(h, r, e);
	return err ? err : ask(h, MT_ADD, NLM_F_CREATE | NLM_F_REPLACE, r, e);
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	return op == MT_ADD ? add(h, r, e) : ask(h, op, mt_nl_new_flags(op), r, e);
}

static int check(const struct mt_record *r, struct mt_err *e)
{
	char subject[96];

	mt_record_subject(r, subject, sizeof subject);
	if (r->v[PROXY].u && mt_record_has(r, LLADDR))
		return mt_bad(e, "neigh", subject, "a proxy's neighbour has no 'lladdr'");
	return 0;
}

/* Permanent entries, too, but no proxy: net/core/neighbour.c neigh_changeaddr(). */
static bool is_forgotten(const struct mt_record *r)
{
	return !r->v[PROXY].u;
}

static int answers_for(const struct mt_record *r)
{
	return r->v[PROXY].u ? DST : -1;
}

static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	struct mt_sh s = { buf, n, 0 };

	mt_sh_say(&s, "ip neigh %s %s",
		  op == MT_ADD		    ? "add"
			  : op == MT_DELETE ? "del"
					    : "replace",
		  r->v[PROXY].u ? "proxy " : "");
	mt_sh_value(&s, r, DST);
	mt_sh_say(&s, " dev ");
	mt_sh_value(&s, r, DEV);
	for (int i = LLADDR; op != MT_DELETE && i < NFIELDS; i++)
		mt_sh_field(&s, r, i);
	mt_sh_say(&s, "%s\n", op == MT_DELETE || r->v[PROXY].u ? "" : " nud permanent");
	return (int)s.len;
}

const struct mt_kind mt_kind_neigh = {
	MT_LINKS_KIND("neigh",
		      "a neighbour's MAC address, or an address that this host answers for", 3, 2,
		      MT_PHASE_NEIGH, MT_KIND_EXCLUSIVE),
	.device = DEV,
	.set_defaults = set_defaults,
	.check = check,
	.forgotten = is_forgotten,
	.answers_for = answers_for,
	.sh = sh,
};
