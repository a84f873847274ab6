/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* netfilter.h - whether the host's firewall stands in a guest's way */
#ifndef MT_KERNEL_NETFILTER_H
#define MT_KERNEL_NETFILTER_H

#include "base/err.h"

#include <stddef.h>

/**
 * mt_netfilter_forward_drops() - a base chain that drops what no rule of it accepts, when forwarded
 * @who:	out: "chain FORWARD of table ip filter"
 *
 * Of nftables, which iptables uses, too, unless it is its legacy form. Needs CAP_NET_ADMIN.
 * Return: 1: there is one; 0; or -errno with @e filled.
 */
int mt_netfilter_forward_drops(char *who, size_t n, struct mt_err *e);

#endif
