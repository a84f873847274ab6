/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tap.h - a tap by its descriptor: create or open one, make it persistent */
#ifndef MT_KERNEL_TAP_H
#define MT_KERNEL_TAP_H

#include "kernel/host.h"

/**
 * mt_tap_open() - create a tap, or attach to one that is there
 * @r:		of kind tap, checked; user and group are set where they are given
 * @exclusive:	only create
 * @fd:		out: owned by the caller, close-on-exec; -1 on failure
 *
 * A new tap vanishes with its descriptor, unless mt_tap_persist() makes it persistent.
 * Return: 0, or -EEXIST: it is there, and @exclusive; -EBUSY: it is attached elsewhere, and has one
 * queue; -EINVAL: it is there with other flags, or is no tap; -EPERM; another -errno.
 */
int mt_tap_open(struct mt_host *h, const struct mt_record *r, bool exclusive, int *fd,
		struct mt_err *e);

/** mt_tap_is() - whether a descriptor, of any kind, is the tap of this name */
bool mt_tap_is(int fd, const char *name);

/** mt_tap_persist() - set whether a tap outlives its descriptor. Return: 0, or -errno with @e
 * filled. */
int mt_tap_persist(struct mt_host *h, int fd, const char *name, bool on, struct mt_err *e);

#endif
