/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* drift.h - what stands in a journal, against what the kernel has now */
#ifndef MT_PLAN_DRIFT_H
#define MT_PLAN_DRIFT_H

#include "plan/work.h"

/**
 * mt_drift() - what someone else has changed of what moontap put
 * @j:		a device's journal
 * @each:	called with one line for each difference; NULL: they are only counted
 *
 * Return: how many differences, or -errno with @e filled.
 */
int mt_drift(struct mt_work *w, const struct mt_journal *j,
	     void (*each)(void *data, const char *line), void *data, struct mt_err *e);

#endif
