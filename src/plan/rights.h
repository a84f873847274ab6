/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rights.h - what a plan may touch, whatever the guest's XML says
 *
 * A plan comes as text from a process that may be compromised. What it may name was fixed before
 * the XML was read: the NIC's own device, the links that the policy's top level named, and devices
 * that moontap makes.
 */
#ifndef MT_PLAN_RIGHTS_H
#define MT_PLAN_RIGHTS_H

#include "base/right.h"
#include "plan/plan.h"
#include "plan/apply.h"

/* Of one NIC's plan. */
struct mt_rights {
	struct mt_apply *apply;
	const char *dev; /* the NIC's own device */
	const struct mt_allow *allow;
	const char *user; /* whose allow is, and who is not root; NULL: it is root's */
};

/**
 * mt_rights_check() - refuse a plan whose records name what they may not
 *
 * Devices: the NIC's own, those that the policy's top level named, and, of root's plans, those that
 * moontap makes.
 * Everything else: by the right that its field's row names. Return: 0; -EINVAL, blamed on the
 * input, with what the policy would have to allow; or the kernel's error.
 */
int mt_rights_check(const struct mt_rights *rights, const struct mt_plan *plan, struct mt_err *e);

#endif
