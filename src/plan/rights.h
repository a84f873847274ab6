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

#include "plan/plan.h"
#include "plan/work.h"

struct mt_rights {
	struct mt_work *work;
	const char *dev; /* the NIC's own device */
	/* whether the policy's top level allowed it: ("link", "br0") */
	bool (*allowed)(const void *data, const char *what, const char *value);
	const void *data;
};

/**
 * mt_rights_check() - every device that a plan's records name
 * @place:	of the wish that is refused is in @e's subject
 *
 * Return: 0; -EPERM, blamed on the policy's input; or the kernel's error.
 */
int mt_rights_check(const struct mt_rights *rights, const struct mt_plan *plan, struct mt_err *e);

#endif
