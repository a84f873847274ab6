/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * apply.h - making one step and taking one back, with everything that both need
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
	bool force;	       /* take down even what is in use */
	bool evict;	       /* an address of somebody else's keeps no device: it is logged */
	struct mt_steps *done; /* what is taken back is appended here; NULL: nobody asks */
	int ahead;	       /* and written here before the kernel is asked; 0: nowhere */
	unsigned left;	       /* so many things were left, each with a line in the log */
};

/**
 * mt_step_apply() - make one step: write it down, ask the kernel, look again
 * @s:		in; out: put.ref of what was made, made, existed
 * @journal:	where it is written first
 *
 * An add that finds its object there, just as wanted, is fine, and not ours.
 * Return: 0; -ENOTSUP: the kernel took it and did not apply it; or the kernel's error.
 */
int mt_step_apply(struct mt_apply *w, struct mt_step *s, int journal, struct mt_err *e);

/**
 * mt_step_revert() - take one step back, field by field, as far as it is still moontap's
 * @s:	a step of op add, change or delete, as the journal has it
 *
 * A field that is what it was, and an object or device that is gone, are done. What is neither what
 * it was nor what moontap put is someone else's: it stays, with a line in the log, and so does what
 * others depend on.
 * Return: 0, or the kernel's error: the step stands as it was.
 */
int mt_step_revert(struct mt_apply *w, const struct mt_step *s, struct mt_err *e);

/** mt_step_leave() - count and log that what a step made stays, since others depend on it
 * @why:	"192.0.2.1/24 is on it" */
void mt_step_leave(struct mt_apply *w, const struct mt_step *s, const char *why);

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

/** mt_steps_prune() - steps on devices that are gone went with them; the others, located. Return:
 * 0, -ENOMEM or the kernel's error. */
int mt_steps_prune(struct mt_apply *w, struct mt_steps *steps, struct mt_err *e);

#endif
