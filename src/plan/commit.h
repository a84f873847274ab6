/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * commit.h - from "all is made" to "the journals say so", for all NICs of a run or for none
 *
 * The new journals are written beside the old ones. Then one line in the run of the first NIC
 * decides: whoever finds it there puts the journals in place; whoever does not takes the run back.
 */
#ifndef MT_PLAN_COMMIT_H
#define MT_PLAN_COMMIT_H

#include "plan/run.h"

/**
 * mt_removed_after_commit() - whether @s, which is no longer declared, is a device of the NIC's
 * own, or on one: a device that is taken away cannot be given back as it was, so it goes when it is
 * decided
 */
bool mt_removed_after_commit(const struct mt_run_nic *n, const struct mt_step *s);

/**
 * mt_commit() - a run's steps become its NICs' journals
 * @decided:	out: whether the line was written: then the run is not to be taken back
 *
 * Return: 0 or -errno; when it was decided, the next command for the NIC does the rest.
 */
int mt_commit(struct mt_run *r, bool *decided, struct mt_err *e);

#endif
