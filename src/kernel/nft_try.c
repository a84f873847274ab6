/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nft_try.c - whether this kernel can follow connections, found out without changing anything
 *
 * For ports of bridges that is a module of its own (CONFIG_NF_CONNTRACK_BRIDGE), which not every
 * kernel has: then a rule with `ct` fails with EPROTO (net/netfilter/nf_conntrack_proto.c
 * nf_ct_netns_do_get()). A batch without an end is looked at whole, and never carried out
 * (net/netfilter/nfnetlink.c nfnetlink_rcv_batch()).
 */
#include "kernel/nft.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#define TRIED MT_NFT_TABLE "_try" /* the name of a table and a chain that never are there */

static void put_chain(struct nlmsghdr *n)
{
	mnl_attr_put_strz(n, NFTA_CHAIN_TABLE, TRIED);
	mnl_attr_put_strz(n, NFTA_CHAIN_NAME, TRIED);
}

/* ct state */
static void put_rule(struct nlmsghdr *n)
{
	struct nlattr *list, *one, *data;

	mnl_attr_put_strz(n, NFTA_RULE_TABLE, TRIED);
	mnl_attr_put_strz(n, NFTA_RULE_CHAIN, TRIED);
	list = mnl_attr_nest_start(n, NFTA_RULE_EXPRESSIONS);
	one = mnl_attr_nest_start(n, NFTA_LIST_ELEM);
	mnl_attr_put_strz(n, NFTA_EXPR_NAME, "ct");
	data = mnl_attr_nest_start(n, NFTA_EXPR_DATA);
	mnl_attr_put_u32(n, NFTA_CT_DREG, htonl(NFT_REG_1));
	mnl_attr_put_u32(n, NFTA_CT_KEY, htonl(NFT_CT_STATE));
	mnl_attr_nest_end(n, data);
	mnl_attr_nest_end(n, one);
	mnl_attr_nest_end(n, list);
}

static void put_table(struct nlmsghdr *n)
{
	mnl_attr_put_strz(n, NFTA_TABLE_NAME, TRIED);
}

int mt_nft_try_conntrack(struct mt_host *h, uint8_t table, struct mt_err *e)
{
	bool bridge = mt_nft_family(table) == NFPROTO_BRIDGE;
	struct mt_nft_batch b;
	int err;

	mt_nft_begin(&b, table);
	mt_nft_append(&b, NFT_MSG_NEWTABLE, NLM_F_CREATE, put_table);
	mt_nft_append(&b, NFT_MSG_NEWCHAIN, NLM_F_CREATE, put_chain);
	mt_nft_append(&b, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND, put_rule);
	err = mt_nft_try(h, &b, e);
	if (!err || err == -EPERM || err == -ETIMEDOUT || err == -ENOBUFS)
		return 0;
	return mt_fail(e, ENOTSUP, "firewall", bridge ? "bridge" : "inet", "%s",
		       bridge ? "this kernel cannot follow the connections of a bridge's ports "
				"(CONFIG_NF_CONNTRACK_BRIDGE is missing): use one that can, or let "
				"the host route for the guest"
			      : "this kernel cannot follow connections (CONFIG_NF_CONNTRACK and "
				"CONFIG_NFT_CT are missing)");
}
