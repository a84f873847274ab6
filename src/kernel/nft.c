/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nft.c - nfnetlink: elements of sets, and their batches */
#include "kernel/nft.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

const struct mt_enum_name mt_nft_families[] = {
	{ "bridge", NFPROTO_BRIDGE },
	{ "inet", NFPROTO_INET },
	{ NULL, 0 },
};

const struct mt_enum_name mt_nft_tables[] = {
	{ "bridge", NFPROTO_BRIDGE },
	{ "inet", NFPROTO_INET },
	{ "bridge_firewall", NFPROTO_BRIDGE | MT_NFT_FIREWALL },
	{ "inet_firewall", NFPROTO_INET | MT_NFT_FIREWALL },
	{ NULL, 0 },
};

const char *mt_nft_table_name(uint8_t table)
{
	return table & MT_NFT_FIREWALL ? MT_NFT_TABLE "_firewall" : MT_NFT_TABLE;
}

const char *mt_nft_table_text(uint8_t table, char buf[static MT_NFT_TABLE_TEXT])
{
	const struct mt_enum_name *family = mt_nft_families;

	while (family->name && family->value != mt_nft_family(table))
		family++;
	snprintf(buf, MT_NFT_TABLE_TEXT, "%s %s", family->name ? family->name : "",
		 mt_nft_table_name(table));
	return buf;
}

/* --- keys ------------------------------------------------------------------------------------- */

void mt_nft_key_put(struct mt_nft_key *k, const void *bytes, size_t n)
{
	size_t padded = (n + 3) / 4 * 4;

	if (k->n + padded > sizeof k->bytes)
		return;
	memset(k->bytes + k->n, 0, padded);
	memcpy(k->bytes + k->n, bytes, n);
	k->n += padded;
}

void mt_nft_key_ifindex(struct mt_nft_key *k, uint32_t ifindex)
{
	mt_nft_key_put(k, &ifindex, sizeof ifindex);
}

void mt_nft_key_ifindex_range(struct mt_nft_key *k, uint32_t ifindex)
{
	mt_nft_key_ifindex(k, htonl(ifindex));
}

void mt_nft_key_u16(struct mt_nft_key *k, uint16_t number)
{
	uint16_t big = htons(number);

	mt_nft_key_put(k, &big, sizeof big);
}

void mt_nft_key_ip(struct mt_nft_key *k, const struct mt_value *v, bool last)
{
	size_t size = v->family == AF_INET ? 4 : 16;
	uint8_t b[16];

	memcpy(b, v->b, size);
	for (size_t bit = v->plen; last && bit < 8 * size; bit++)
		b[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	mt_nft_key_put(k, b, size);
}

uint8_t mt_nft_prefix_length(const struct mt_nft_key *first, const struct mt_nft_key *last,
			     size_t at, size_t size)
{
	const uint8_t *a = first->bytes + at, *b = last->bytes + at;
	uint8_t bits = 0;

	while (bits < 8 * size && !((a[bits / 8] ^ b[bits / 8]) & 0x80 >> bits % 8))
		bits++;
	return bits;
}

/* --- messages --------------------------------------------------------------------------------- */

static void put_head(struct nlmsghdr *n, uint8_t table, uint16_t resource)
{
	struct nfgenmsg *head = mnl_nlmsg_get_payload(n);

	head->nfgen_family = mt_nft_family(table);
	head->version = NFNETLINK_V0;
	head->res_id = htons(resource);
}

static void put_data(struct nlmsghdr *n, uint16_t attr, const struct mt_nft_key *k)
{
	struct nlattr *nest = mnl_attr_nest_start(n, attr);

	mnl_attr_put(n, NFTA_DATA_VALUE, k->n, k->bytes);
	mnl_attr_nest_end(n, nest);
}

static void put_jump(struct nlmsghdr *n, const char *chain)
{
	struct nlattr *nest = mnl_attr_nest_start(n, NFTA_SET_ELEM_DATA);
	struct nlattr *verdict = mnl_attr_nest_start(n, NFTA_DATA_VERDICT);

	mnl_attr_put_u32(n, NFTA_VERDICT_CODE, htonl((uint32_t)NFT_JUMP));
	mnl_attr_put_strz(n, NFTA_VERDICT_CHAIN, chain);
	mnl_attr_nest_end(n, verdict);
	mnl_attr_nest_end(n, nest);
}

static void put_comment(struct nlmsghdr *n, const char *comment)
{
	size_t size = strnlen(comment, MT_NFT_COMMENT_MAX) + 1;
	uint8_t data[2 + MT_NFT_COMMENT_MAX + 1] = { MT_NFT_COMMENT, (uint8_t)size };

	memcpy(data + 2, comment, size - 1);
	mnl_attr_put(n, NFTA_SET_ELEM_USERDATA, 2 + size, data);
}

void mt_nft_put_element(struct nlmsghdr *n, uint8_t table, const struct mt_nft_element *el,
			bool whole)
{
	struct nlattr *list, *one;

	mnl_attr_put_strz(n, NFTA_SET_ELEM_LIST_TABLE, mt_nft_table_name(table));
	mnl_attr_put_strz(n, NFTA_SET_ELEM_LIST_SET, el->set);
	list = mnl_attr_nest_start(n, NFTA_SET_ELEM_LIST_ELEMENTS);
	one = mnl_attr_nest_start(n, NFTA_LIST_ELEM);
	put_data(n, NFTA_SET_ELEM_KEY, &el->key);
	if (el->end.n)
		put_data(n, NFTA_SET_ELEM_KEY_END, &el->end);
	if (whole && el->data.n)
		put_data(n, NFTA_SET_ELEM_DATA, &el->data);
	if (whole && el->jump)
		put_jump(n, el->jump);
	if (whole && el->comment)
		put_comment(n, el->comment);
	mnl_attr_nest_end(n, one);
	mnl_attr_nest_end(n, list);
}

struct nlmsghdr *mt_nft_start(struct mt_nl_request *q, int message, uint16_t flags, uint8_t table)
{
	struct nlmsghdr *n = mt_nl_start(q, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | message), flags,
					 sizeof(struct nfgenmsg));

	put_head(n, table, 0);
	return n;
}

int mt_nft_open(struct mt_host *h, struct mt_err *e)
{
	return h->netfilter ? 0 : mt_nl_open(NETLINK_NETFILTER, &h->netfilter, e);
}

/* --- batches ---------------------------------------------------------------------------------- */

enum { MESSAGE = 1024 }; /* bytes: more than any one of a batch needs */

static struct nlmsghdr *begin_message(struct mt_nft_batch *b, uint16_t type, uint16_t flags,
				      uint16_t resource)
{
	struct nlmsghdr *n;

	if (b->n + MESSAGE > sizeof b->bytes) {
		b->full = true;
		return NULL;
	}
	memset(b->bytes + b->n, 0, MESSAGE);
	n = mnl_nlmsg_put_header(b->bytes + b->n);
	n->nlmsg_type = type;
	n->nlmsg_flags = NLM_F_REQUEST | flags;
	mnl_nlmsg_put_extra_header(n, sizeof(struct nfgenmsg));
	put_head(n, b->table, resource);
	return n;
}

static void end_message(struct mt_nft_batch *b, const struct nlmsghdr *n)
{
	b->n += NLMSG_ALIGN(n->nlmsg_len);
}

void mt_nft_begin(struct mt_nft_batch *b, uint8_t table)
{
	b->n = 0;
	b->full = false;
	b->table = NFPROTO_UNSPEC;
	end_message(b, begin_message(b, NFNL_MSG_BATCH_BEGIN, 0, NFNL_SUBSYS_NFTABLES));
	b->table = table;
}

static void change(struct mt_nft_batch *b, int message, uint16_t flags,
		   const struct mt_nft_element *el)
{
	struct nlmsghdr *n =
		begin_message(b, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | message), flags, 0);

	if (!n)
		return;
	mt_nft_put_element(n, b->table, el, message == NFT_MSG_NEWSETELEM);
	end_message(b, n);
}

void mt_nft_append(struct mt_nft_batch *b, int message, uint16_t flags,
		   void (*put)(struct nlmsghdr *n))
{
	struct nlmsghdr *n =
		begin_message(b, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | message), flags, 0);

	if (!n)
		return;
	put(n);
	end_message(b, n);
}

void mt_nft_add(struct mt_nft_batch *b, const struct mt_nft_element *el, bool exclusive)
{
	change(b, NFT_MSG_NEWSETELEM, NLM_F_CREATE | (exclusive ? NLM_F_EXCL : 0), el);
}

void mt_nft_delete(struct mt_nft_batch *b, const struct mt_nft_element *el)
{
	change(b, NFT_MSG_DELSETELEM, 0, el);
}

void mt_nft_delete_table(struct mt_nft_batch *b)
{
	struct nlmsghdr *n =
		begin_message(b, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_DELTABLE), 0, 0);

	if (!n)
		return;
	mnl_attr_put_strz(n, NFTA_TABLE_NAME, mt_nft_table_name(b->table));
	end_message(b, n);
}

/* Its last message but the end asks for an answer. */
static void ask_for_answer(struct mt_nft_batch *b)
{
	struct nlmsghdr *last = NULL;

	for (size_t at = 0; at < b->n; at += NLMSG_ALIGN(last->nlmsg_len))
		last = (struct nlmsghdr *)(b->bytes + at);
	last->nlmsg_flags |= NLM_F_ACK;
}

int mt_nft_commit(struct mt_host *h, struct mt_nft_batch *b, struct mt_err *e)
{
	uint8_t table = b->table;
	struct nlmsghdr *end;

	ask_for_answer(b);
	b->table = NFPROTO_UNSPEC;
	end = begin_message(b, NFNL_MSG_BATCH_END, 0, NFNL_SUBSYS_NFTABLES);
	b->table = table;
	if (b->full)
		return mt_fail(e, E2BIG, "", "", "too many elements for one batch");
	end_message(b, end);
	return mt_nft_open(h, e) ?: mt_nl_batch(h->netfilter, (struct nlmsghdr *)b->bytes, b->n, e);
}

int mt_nft_try(struct mt_host *h, struct mt_nft_batch *b, struct mt_err *e)
{
	ask_for_answer(b);
	return mt_nft_open(h, e) ?: mt_nl_batch(h->netfilter, (struct nlmsghdr *)b->bytes, b->n, e);
}

int mt_nft_put(struct mt_host *h, enum mt_op op, uint8_t table, const struct mt_nft_element *el,
	       struct mt_err *e)
{
	struct mt_nft_batch b;

	mt_nft_begin(&b, table);
	if (op == MT_DELETE)
		mt_nft_delete(&b, el);
	else
		mt_nft_add(&b, el, true);
	return mt_nft_commit(h, &b, e);
}
