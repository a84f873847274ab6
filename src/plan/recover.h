/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* recover.h - what a killed run left: taken back, or finished when it had been decided */
#ifndef MT_PLAN_RECOVER_H
#define MT_PLAN_RECOVER_H

#include "plan/shared.h"

/**
 * mt_recover() - finish @dev's run, of which nobody knows any more
 * @lock:	the lock held on its journal; out: on the one that has taken its place
 *
 * Return: 0 or -errno; blamed on undo when something could not be taken back.
 */
int mt_recover(struct mt_apply *w, const char *dev, int *lock, struct mt_err *e);

#endif
