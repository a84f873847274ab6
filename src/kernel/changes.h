/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* changes.h - the kernel's notifications of devices that appear, disappear, and lose something */
#ifndef MT_KERNEL_CHANGES_H
#define MT_KERNEL_CHANGES_H

#include "kernel/host.h"

enum mt_change_is {
	MT_CHANGE_LINK,	     /* a device is new, or something of it has changed */
	MT_CHANGE_LINK_GONE, /* it is deleted */
	MT_CHANGE_PORT_GONE, /* it has left its bridge */
	MT_CHANGE_LOST,	     /* it has lost an address, or a route that moontap had added */
};

struct mt_change {
	enum mt_change_is is;
	uint32_t ifindex;
	/* of MT_CHANGE_LINK: */
	char name[MT_NAME_MAX + 1];
	unsigned device; /* MT_DEVICE_* */
	bool up;
};

/**
 * mt_changes_open() - get the notifications of this network namespace from now on
 * @fd:	out: to be polled, and closed by the caller; -1 on failure
 *
 * No other notification wakes the caller: no neighbour that is learned, no route of others. The
 * kernel sends none when a proxy neighbour is deleted (net/core/neighbour.c pneigh_delete()), and
 * none when it flushes the routes of a device that is set down (net/ipv4/fib_frontend.c
 * fib_disable_ip()). Return: 0 or -errno with @e filled.
 */
int mt_changes_open(int *fd, struct mt_err *e);

/**
 * mt_changes_read() - read the notifications that are there
 * @each:	called for each
 *
 * Return: 0; -ENOBUFS: some were lost, since too many came at once.
 */
int mt_changes_read(int fd, void (*each)(void *data, const struct mt_change *c), void *data);

#endif
