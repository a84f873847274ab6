/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* in_use.h - whether somebody else uses a device that moontap made */
#ifndef MT_PLAN_IN_USE_H
#define MT_PLAN_IN_USE_H

#include "plan/apply.h"

/**
 * mt_device_in_use() - whether somebody uses a device that moontap made, or has put an address on
 * it
 * @steps:	the NIC's: addresses that they put on it do not count
 * @device:	the step that made it, located
 * @why:	out: "it is in use"
 *
 * Return: 1 when so, 0, or -errno with @e filled.
 */
int mt_device_in_use(struct mt_apply *w, const struct mt_steps *steps, const struct mt_step *device,
		     char *why, size_t n, struct mt_err *e);

/** mt_device_has_address() - the second half of that: whether somebody has put an address on it
 * @steps, @device, @why:	as above
 *
 * Return: 1 when so, 0, or -errno with @e filled. */
int mt_device_has_address(struct mt_apply *w, const struct mt_steps *steps,
			  const struct mt_step *device, char *why, size_t n, struct mt_err *e);

/** mt_device_check_unused() - fail when it is in use; with w->evict an address is only logged
 * @steps, @device:	as above
 *
 * Return: 0, also when it is gone; -EBUSY: others depend on it; -EBUSY, blamed on undo: somebody's
 * address is on it; another -errno, blamed on undo. */
int mt_device_check_unused(struct mt_apply *w, const struct mt_steps *steps,
			   const struct mt_step *device, struct mt_err *e);

#endif
