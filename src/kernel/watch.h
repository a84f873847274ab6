/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* watch.h - the kernel's notifications that something has changed in this network namespace */
#ifndef MT_KERNEL_WATCH_H
#define MT_KERNEL_WATCH_H

#include "base/err.h"

#include <stddef.h>

/**
 * mt_watch_open() - watch links, addresses, routes, policy rules, neighbours, and net.ipv4.conf and
 * net.ipv6.conf
 * @fd:	out: readable once anything changed; to be polled, and closed by the caller; -1 on failure
 *
 * Needs no privilege. Return: 0 or -errno with @e filled.
 */
int mt_watch_open(int *fd, struct mt_err *e);

/** mt_watch_groups() - the same for any groups of a netlink family
 * @bus:	NETLINK_ROUTE, NETLINK_NETFILTER
 * @groups:	@n numbers: RTNLGRP_*, NFNLGRP_* */
int mt_watch_groups(int bus, const int *groups, size_t n, int *fd, struct mt_err *e);

/** mt_watch_drain() - discard all notifications that are there */
void mt_watch_drain(int fd);

#endif
