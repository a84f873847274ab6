/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* netfilter.h - which nftables chains drop what a guest sends or gets */
#ifndef MT_KERNEL_NETFILTER_H
#define MT_KERNEL_NETFILTER_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* The frames in question: those that a bridge forwards. */
struct mt_netfilter {
	const char *bridge;
	const char *const *ports; /* of the bridge, NULL-ended */
	bool ipv4, ipv6;	  /* the bridge passes such frames to iptables, or ip6tables */
};

/* A base chain that drops what no rule accepts: by its policy, or by a rule without a condition. */
struct mt_netfilter_chain {
	const char *family; /* "ip", "ip6", "inet", "bridge" */
	char table[128], chain[128];
	bool legacy; /* of iptables-legacy, or ip6tables-legacy */
};

/**
 * mt_netfilter_drops() - which chains drop what is forwarded for a bridge when no rule accepts it
 * @of:		the bridge. Any rule of a chain's table that accepts what comes from the bridge, or
 *		goes to it, or is bridged at all, counts as acceptance; in a table of family bridge
 *		also one about a port
 * @each:	called with each chain that drops, borrowed
 *
 * It reads nftables' base chains, which iptables-nft uses, too; for iptables-legacy see iptables.h.
 * Needs CAP_NET_ADMIN. Return: 0, or -errno with @e filled.
 */
int mt_netfilter_drops(const struct mt_netfilter *of,
		       void (*each)(void *data, const struct mt_netfilter_chain *c), void *data,
		       struct mt_err *e);

#endif
