/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* recover.h - a run that was killed: rolled back, or finished where it was committed */
#ifndef MT_PLAN_RECOVER_H
#define MT_PLAN_RECOVER_H

#include "plan/shared.h"

/**
 * mt_recover() - roll back or finish the run that a killed process left of @dev; none is fine
 * @lock:	the lock held on its journal; out: on the journal that has replaced it
 *
 * Return: 0 or -errno; blamed on undo when something could not be undone.
 */
int mt_recover(struct mt_apply *w, const char *dev, int *lock, struct mt_err *e);

#endif
