/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* drift.h - comparing a journal with what the kernel has now */
#ifndef MT_PLAN_DRIFT_H
#define MT_PLAN_DRIFT_H

#include "plan/apply.h"

/* One thing that is no longer as moontap put it. */
struct mt_drifted {
	const struct mt_step *step; /* with the device's present name */
	int field;		    /* -1: all of it is gone */
	const struct mt_value *is;  /* of the field; NULL when it is gone */
};

/**
 * mt_drift() - what someone else has changed of what moontap put
 * @j:		a device's journal
 * @each:	called with each difference, borrowed; NULL: they are only counted
 *
 * Return: how many differences, or -errno with @e filled.
 */
int mt_drift(struct mt_apply *w, const struct mt_journal *j,
	     void (*each)(void *data, const struct mt_drifted *d), void *data, struct mt_err *e);

/** mt_drift_line() - "link vnet0: mtu is 1400, moontap had put 1500". Returns @buf. */
const char *mt_drift_line(const struct mt_drifted *d, char *buf, size_t n);

#endif
