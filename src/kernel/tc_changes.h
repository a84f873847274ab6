/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tc_changes.h - the kernel's notifications that somebody changes moontap's queues and filters */
#ifndef MT_KERNEL_TC_CHANGES_H
#define MT_KERNEL_TC_CHANGES_H

#include "kernel/host.h"

struct mt_tc_changes {
	int fd; /* to be polled; -1: not open */
	/* private: the queues that there are, and a hash of what each is set to */
	struct mt_tc_queue {
		uint32_t ifindex;
		uint64_t set;
	} * queues;
	size_t n, cap;
};

/**
 * mt_tc_changes_open() - get the notifications of this network namespace from now on
 * @h:	for what there is now
 * @c:	out: to be closed in any case; zeroed but for .fd = -1 on failure
 *
 * Needs no privilege. Return: 0 or -errno with @e filled.
 */
int mt_tc_changes_open(struct mt_host *h, struct mt_tc_changes *c, struct mt_err *e);

/**
 * mt_tc_changes_read() - read the notifications that are there
 * @each:	called for each change: the device's ifindex; new: a queue or filter is there that was not
 *
 * Whoever asks for a queue has all listeners notified of it, as if it had changed
 * (net/sched/sch_api.c tc_get_qdisc()): such notifications do not count.
 *
 * Return: 0; -ENOBUFS: some were lost, since too many came at once.
 */
int mt_tc_changes_read(struct mt_tc_changes *c,
		       void (*each)(void *data, uint32_t ifindex, bool new), void *data);

/** mt_tc_changes_close() - free all */
void mt_tc_changes_close(struct mt_tc_changes *c);

#endif
