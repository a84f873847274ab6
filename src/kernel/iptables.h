/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* iptables.h - whether the legacy form of iptables stands in a guest's way */
#ifndef MT_KERNEL_IPTABLES_H
#define MT_KERNEL_IPTABLES_H

#include "kernel/netfilter.h"

/**
 * mt_iptables_drops() - whether the legacy filter table drops what is forwarded for a bridge
 * @v6:	ip6tables' table, and not iptables'
 * @c:	out: the chain that drops
 *
 * To be asked only where /proc/net/ip_tables_names, or ip6_tables_names, has the table: else the
 * kernel loads it. Needs CAP_NET_ADMIN. Return: 1: it drops; 0; or -errno with @e filled.
 */
int mt_iptables_drops(const char *bridge, bool v6, struct mt_netfilter_chain *c, struct mt_err *e);

#endif
