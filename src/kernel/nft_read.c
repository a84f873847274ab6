/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nft_read.c - nfnetlink: reading elements of sets, and what else is in moontap's tables */
#include "kernel/nft.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <string.h>

/* The kernel was built without nfnetlink, or without nf_tables. */
static bool is_missing(int err)
{
	return err == -EPROTONOSUPPORT || err == -EINVAL || err == -EOPNOTSUPP;
}

static void get_data(const struct nlattr *a, struct mt_nft_key *k)
{
	mt_nl_attrs tb;

	mt_nl_parse_nest(a, tb);
	if (tb[NFTA_DATA_VALUE])
		mt_nft_key_put(k, mnl_attr_get_payload(tb[NFTA_DATA_VALUE]),
			       mnl_attr_get_payload_len(tb[NFTA_DATA_VALUE]));
}

static void get_jump(const struct nlattr *a, char jump[static MT_NFT_NAME])
{
	mt_nl_attrs tb, verdict;

	mt_nl_parse_nest(a, tb);
	mt_nl_parse_nest(tb[NFTA_DATA_VERDICT], verdict);
	snprintf(jump, MT_NFT_NAME, "%s", mt_nl_str(verdict[NFTA_VERDICT_CHAIN]));
}

/* User data: a type, a length and as many bytes, and so on. */
void mt_nft_comment(const struct nlattr *a, char comment[static MT_NFT_COMMENT_MAX + 1])
{
	const uint8_t *at = a ? mnl_attr_get_payload(a) : NULL;
	size_t left = a ? mnl_attr_get_payload_len(a) : 0;

	*comment = 0;
	while (left > 2 && (size_t)at[1] + 2 <= left) {
		if (at[0] == MT_NFT_COMMENT && at[1] && !at[1 + at[1]])
			snprintf(comment, MT_NFT_COMMENT_MAX + 1, "%s", (const char *)at + 2);
		left -= (size_t)at[1] + 2;
		at += (size_t)at[1] + 2;
	}
}

static uint64_t get_packets(const struct nlattr *expression)
{
	mt_nl_attrs tb, counter;

	mt_nl_parse_nest(expression, tb);
	if (strcmp(mt_nl_str(tb[NFTA_EXPR_NAME]), "counter"))
		return 0;
	mt_nl_parse_nest(tb[NFTA_EXPR_DATA], counter);
	return mt_nl_uint_be(counter[NFTA_COUNTER_PACKETS]);
}

struct reading {
	mt_nft_each each;
	void *data;
};

static int take_element(const struct nlmsghdr *n, void *data)
{
	struct reading *r = data;
	const struct nlattr *one;
	mt_nl_attrs tb, el;
	int done = 0;

	if (!mt_nl_parse(n, sizeof(struct nfgenmsg), tb) || !tb[NFTA_SET_ELEM_LIST_ELEMENTS])
		return 0;
	mnl_attr_for_each_nested (one, tb[NFTA_SET_ELEM_LIST_ELEMENTS]) {
		struct mt_nft_found found = { 0 };

		mt_nl_parse_nest(one, el);
		get_data(el[NFTA_SET_ELEM_KEY], &found.key);
		get_data(el[NFTA_SET_ELEM_KEY_END], &found.end);
		get_data(el[NFTA_SET_ELEM_DATA], &found.data);
		get_jump(el[NFTA_SET_ELEM_DATA], found.jump);
		mt_nft_comment(el[NFTA_SET_ELEM_USERDATA], found.comment);
		found.packets = get_packets(el[NFTA_SET_ELEM_EXPR]);
		if (!done)
			done = r->each(&found, r->data);
	}
	return done;
}

static bool is_same(const struct mt_nft_key *a, const struct mt_nft_key *b)
{
	return a->n == b->n && !memcmp(a->bytes, b->bytes, a->n);
}

struct one {
	const struct mt_nft_element *el;
	struct mt_nft_found *found;
	bool there;
};

/* A set with ranges answers with the range that the key is in. */
static int take_one(const struct mt_nft_found *found, void *data)
{
	struct one *o = data;

	if (!is_same(&found->key, &o->el->key) ||
	    (o->el->end.n && !is_same(&found->end, &o->el->end)))
		return 0;
	if (o->found)
		*o->found = *found;
	o->there = true;
	return 1;
}

int mt_nft_get(struct mt_host *h, uint8_t table, const struct mt_nft_element *el,
	       struct mt_nft_found *found, struct mt_err *e)
{
	struct one o = { el, found, false };
	struct reading r = { take_one, &o };
	struct mt_nl_request q;
	struct nlmsghdr *n = mt_nft_start(&q, NFT_MSG_GETSETELEM, 0, table);
	int err = mt_nft_open(h, e);

	mt_nft_put_element(n, table, el, false);
	if (!err)
		err = mt_nl_talk(h->netfilter, n, take_element, &r, e);
	return is_missing(err) ? -ENOENT : err ? err : o.there ? 0 : -ENOENT;
}

int mt_nft_list(struct mt_host *h, uint8_t table, const char *set, mt_nft_each each, void *data,
		struct mt_err *e)
{
	struct reading r = { each, data };
	struct mt_nl_request q;
	struct nlmsghdr *n = mt_nft_start(&q, NFT_MSG_GETSETELEM, NLM_F_DUMP, table);
	int err = mt_nft_open(h, e);

	mnl_attr_put_strz(n, NFTA_SET_ELEM_LIST_TABLE, mt_nft_table_name(table));
	mnl_attr_put_strz(n, NFTA_SET_ELEM_LIST_SET, set);
	if (!err)
		err = mt_nl_talk(h->netfilter, n, take_element, &r, e);
	return err == -ENOENT || is_missing(err) ? 0 : err;
}

int mt_nft_ask(struct mt_host *h, int message, uint16_t flags, uint8_t table, uint16_t attr,
	       mt_nl_take take, void *data, struct mt_err *e)
{
	struct mt_nl_request q;
	struct nlmsghdr *n = mt_nft_start(&q, message, flags, table);
	int err = mt_nft_open(h, e);

	mnl_attr_put_strz(n, attr, mt_nft_table_name(table));
	if (!err)
		err = mt_nl_talk(h->netfilter, n, take, data, e);
	return is_missing(err) ? 0 : err;
}

/* --- lists ------------------------------------------------------------------------------------- */

int mt_nft_list_families(struct mt_list *l, int (*list)(struct mt_list *l, uint8_t family))
{
	const struct mt_value *family = &l->filter->v[mt_kind_field(l->filter->kind, "family")];

	if (family->state == MT_SET)
		return list(l, (uint8_t)family->u);
	return list(l, NFPROTO_BRIDGE) ?: list(l, NFPROTO_INET);
}

int mt_nft_list_key(struct mt_list *l, uint8_t table, const struct mt_nft_element *el)
{
	int err = mt_nft_get(l->h, table, el, NULL, l->e);

	if (!err)
		err = mt_list_found(l, l->filter);
	return err == -ENOENT || err > 0 ? 0 : mt_list_done(l, err);
}
