/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* iptables.h - whether iptables-legacy drops what a guest sends or gets */
#ifndef MT_KERNEL_IPTABLES_H
#define MT_KERNEL_IPTABLES_H

#include "kernel/netfilter.h"

/**
 * mt_iptables_drops() - whether the legacy filter table drops what is forwarded for a bridge
 * @v6:	the table of ip6tables, not of iptables
 * @c:	out: the chain that drops
 *
 * Call it only where /proc/net/ip_tables_names, or ip6_tables_names, lists the table: else asking
 * makes the kernel load it. Needs CAP_NET_ADMIN.
 * Return: 1: it drops; 0: it does not; or -errno with @e filled.
 */
int mt_iptables_drops(const char *bridge, bool v6, struct mt_netfilter_chain *c, struct mt_err *e);

#endif
