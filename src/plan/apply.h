/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * apply.h - applying one step and reverting one, and the context that both need
 */
#ifndef MT_PLAN_APPLY_H
#define MT_PLAN_APPLY_H

#include "base/log.h"
#include "kernel/host.h"
#include "plan/journal.h"

struct mt_apply {
	const struct mt_kind *const *kinds;
	struct mt_host *host;
	const struct mt_state *state;
	struct mt_pool *pool;
	const struct mt_log *log;
	bool force;	       /* delete even what is in use */
	bool evict;	       /* delete a device in spite of somebody's address on it; log it */
	struct mt_steps *done; /* a revert appends what it asks the kernel for; NULL: nowhere */
	int ahead;	       /* and writes it to this descriptor of a run first; 0: nowhere */
	unsigned left;	       /* how many things were left as they are, each with a line logged */
};

/**
 * mt_step_apply() - apply one step: write it to a journal, ask the kernel, verify the result
 * @s:		in; out: put.ref of what was added, made, existed
 * @journal:	descriptor; -1: none
 *
 * An add succeeds, too, when somebody else added the object, just as wanted: @s->existed.
 * Return: 0; -ENOTSUP: the kernel accepted it and did not do it; or the kernel's error.
 */
int mt_step_apply(struct mt_apply *w, struct mt_step *s, int journal, struct mt_err *e);

/**
 * mt_step_revert() - undo one step, field by field, where the kernel has what moontap put
 * @s:	a step of op add, change or delete, as the journal has it
 *
 * A field with its old value, and an object or device that is gone, need nothing. A field with
 * neither its old value nor moontap's was changed by someone else: it is left, with a line in the
 * log, and so is what others depend on.
 * Return: 0, or the kernel's error: the step is not undone.
 */
int mt_step_revert(struct mt_apply *w, const struct mt_step *s, struct mt_err *e);

/** mt_step_leave() - count and log that a step is not undone, since others depend on it
 * @why:	"192.0.2.1/24 is on it" */
void mt_step_leave(struct mt_apply *w, const struct mt_step *s, const char *why);

/** mt_kind_is_row() - whether its objects are rows of a database, whose references go with them */
static inline bool mt_kind_is_row(const struct mt_kind *k)
{
	return k->realm && k->realm->uuid;
}

/** mt_step_locate() - point @s at the device's present name. Return: 0; -ENODEV: it is gone (no
 * @e); or the kernel's error. */
int mt_step_locate(struct mt_apply *w, struct mt_step *s, struct mt_err *e);

/**
 * mt_journal_device() - the device that a journal is about, under its present name
 * Return: 0; -ENODEV: it is gone, also where another one has its name and its index (no @e); or
 * the kernel's error.
 */
int mt_journal_device(struct mt_apply *w, const struct mt_journal *j, struct mt_device *d,
		      struct mt_err *e);

/** mt_journal_prune() - as mt_steps_prune(), of a journal's steps */
int mt_journal_prune(struct mt_apply *w, struct mt_journal *j, struct mt_err *e);

/** mt_step_outlives() - whether a step's object outlives its device, and that is gone */
bool mt_step_outlives(struct mt_apply *w, const struct mt_step *s);

/** mt_steps_prune() - drop the steps on devices that are gone; locate the others. Return: 0,
 * -ENOMEM or the kernel's error. */
int mt_steps_prune(struct mt_apply *w, struct mt_steps *steps, struct mt_err *e);

#endif
