/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* netfilter.h - whether the host's firewall stands in a guest's way */
#ifndef MT_KERNEL_NETFILTER_H
#define MT_KERNEL_NETFILTER_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * mt_netfilter_drops() - whether what is forwarded for a bridge is dropped when no rule accepts it
 * @bridge:	a rule of the same table that accepts what comes from it, or goes to it, or whatever
 *		is bridged, counts as acceptance
 * @ipv6:	whether it is about IPv6, or else IPv4
 * @who:	out: "chain FORWARD of table ip filter"
 *
 * In the base chains of nftables, which iptables uses, too, unless it is its legacy form. Needs
 * CAP_NET_ADMIN.
 * Return: 1: it is; 0; or -errno with @e filled.
 */
int mt_netfilter_drops(const char *bridge, bool ipv6, char *who, size_t n, struct mt_err *e);

#endif
