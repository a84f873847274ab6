/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* undo.h - journals replayed backwards */
#ifndef MT_PLAN_UNDO_H
#define MT_PLAN_UNDO_H

#include "plan/shared.h"

#define MT_UNDO_ORDERS 4

/**
 * mt_step_undo_order() - undo goes by turns, and backwards within each
 *
 * 0: claims that a run released, so that what they are on is there again. 1: the NIC's own steps:
 * its port leaves a shared bridge. 2: claims on what is set on, or attached to, shared devices.
 * 3: claims on shared devices, which nothing of this NIC's uses any more.
 */
int mt_step_undo_order(const struct mt_step *s);

/** mt_steps_revert() - a list of steps and claims of @dev's NIC, backwards, as far as it goes
 * @failed:	out: what could not be taken back, appended from the last on: it has room for all of
 *		@steps; or NULL
 *
 * Return: 0, or the first error; the others are logged.
 */
int mt_steps_revert(struct mt_apply *w, const char *dev, const struct mt_steps *steps,
		    struct mt_steps *failed, struct mt_err *e);

/** mt_vanishes_with_device() - whether @s is on a device that one of @steps made: it goes with
 * it */
bool mt_vanishes_with_device(const struct mt_steps *steps, const struct mt_step *s);

/**
 * mt_ports_restore() - after a run was taken back: what ports lost when it took them out of a
 * bridge
 * @back:	the run's steps
 * @had:	the NIC's journal, as it was before
 */
int mt_ports_restore(struct mt_apply *w, const struct mt_steps *back, const struct mt_steps *had,
		     struct mt_err *e);

#endif
