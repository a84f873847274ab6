/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* undo.h - undoing steps and claims, from the last one on */
#ifndef MT_PLAN_UNDO_H
#define MT_PLAN_UNDO_H

#include "plan/shared.h"

#define MT_UNDO_ORDERS 5

/**
 * mt_step_undo_order() - the turn in which undo reverts a step; within a turn it goes backwards
 *
 * 0: claims that a run released: the objects are there again. 1: the NIC's own steps: its port
 * leaves a shared bridge. 2: claims on what is on shared devices. 3: claims on shared devices
 * themselves, which nothing of this NIC uses any more.
 */
int mt_step_undo_order(const struct mt_step *s);

/** mt_steps_revert() - undo steps and claims of @dev's NIC, also after one has failed
 * @failed:	out: what could not be undone, appended from the last on: it must have room for all
 *		of @steps; or NULL
 *
 * Return: 0, or the first error; the others are logged.
 */
int mt_steps_revert(struct mt_apply *w, const char *dev, const struct mt_steps *steps,
		    struct mt_steps *failed, struct mt_err *e);

/** mt_vanishes_with_device() - whether @s is on a device that another one of @steps made */
bool mt_vanishes_with_device(const struct mt_steps *steps, const struct mt_step *s);

/**
 * mt_ports_restore() - after a rollback: set again what ports lost when the run moved them
 * @back:	the run's steps
 * @had:	the NIC's journal, as it was before
 *
 * Return: 0 or -errno with @e filled.
 */
int mt_ports_restore(struct mt_apply *w, const struct mt_steps *back, const struct mt_steps *had,
		     struct mt_err *e);

#endif
