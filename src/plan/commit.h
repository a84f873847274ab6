/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * commit.h - committing a run whose steps are all applied, for all of its NICs or for none
 *
 * The new journals are written beside the old ones. Then one line in the run of the first NIC
 * decides. After a kill mt_recover() looks for it: it puts the new journals in place where it finds
 * the line, and rolls the run back where it does not.
 */
#ifndef MT_PLAN_COMMIT_H
#define MT_PLAN_COMMIT_H

#include "plan/run.h"

/**
 * mt_removed_after_commit() - whether @s, which is no longer declared, added a device or is on such
 * a device: a deleted device cannot be restored, so it is deleted after the commit
 */
bool mt_removed_after_commit(const struct mt_run_nic *n, const struct mt_step *s);

/**
 * mt_commit() - write a run's steps into its NICs' journals
 * @decided:	out: whether the line was written: then the run must not be rolled back
 *
 * Return: 0 or -errno; with @decided, the next command for the NIC does the rest.
 */
int mt_commit(struct mt_run *r, bool *decided, struct mt_err *e);

#endif
