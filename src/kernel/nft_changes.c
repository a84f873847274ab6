/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nft_changes.c - nftables' notifications, looked through for moontap's tables */
#include "kernel/nft_changes.h"
#include "kernel/nft.h"
#include "kernel/watch.h"

#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>
#include <sys/socket.h>

int mt_nft_changes_open(int *fd, struct mt_err *e)
{
	static const int groups[] = { NFNLGRP_NFTABLES };

	return mt_watch_groups(NETLINK_NETFILTER, groups, 1, fd, e);
}

/* In all of these messages the table's name is the first attribute. */
_Static_assert((int)NFTA_TABLE_NAME == (int)NFTA_CHAIN_TABLE &&
		       (int)NFTA_TABLE_NAME == (int)NFTA_RULE_TABLE &&
		       (int)NFTA_TABLE_NAME == (int)NFTA_SET_TABLE,
	       "the table's name has one number");

static bool is_ours(const char *table)
{
	return !strcmp(table, mt_nft_table_name(0)) ||
		!strcmp(table, mt_nft_table_name(MT_NFT_FIREWALL));
}

static bool counts(const struct nlmsghdr *n)
{
	static const uint16_t messages[] = { NFT_MSG_DELTABLE, NFT_MSG_DELCHAIN, NFT_MSG_DELSET,
					     NFT_MSG_DELRULE, NFT_MSG_NEWRULE };
	mt_nl_attrs tb;

	for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
		if (n->nlmsg_type == (NFNL_SUBSYS_NFTABLES << 8 | messages[i]) &&
		    mt_nl_parse(n, sizeof(struct nfgenmsg), tb))
			return is_ours(mt_nl_str(tb[NFTA_TABLE_NAME]));
	return false;
}

bool mt_nft_changes_read(int fd)
{
	alignas(NLMSG_ALIGNTO) char bytes[32768];
	bool any = false;

	for (;;) {
		ssize_t got = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
		const struct nlmsghdr *n = (const void *)bytes;
		int left = (int)got;

		any |= got < 0 && errno == ENOBUFS;
		if (got < 0 && errno != ENOBUFS && errno != EINTR)
			return any;
		for (; left > 0 && mnl_nlmsg_ok(n, left); n = mnl_nlmsg_next(n, &left))
			any |= counts(n);
	}
}
