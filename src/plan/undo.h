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
 * mt_device_in_use() - whether somebody uses a device that moontap made, or has put an address on
 * it
 * @steps:	the NIC's: what they put on it is not somebody else's
 * @device:	the step that made it, located
 * @why:	out: "it is in use"
 *
 * Return: 1 when so, 0, or -errno with @e filled.
 */
int mt_device_in_use(struct mt_apply *w, const struct mt_steps *steps, const struct mt_step *device,
		     char *why, size_t n, struct mt_err *e);

/**
 * mt_disconnect() - replay one device's journal backwards
 * @dev:	the journal's name
 * @ifindex:	the journal must be about this device; 0: about any
 *
 * Without a journal there is nothing to do. What the kernel refuses to take back stays in the
 * journal, and so does what comes before it on the same device.
 * Return: 0; -EBUSY, when w->force is not set and nothing was changed: a running guest has the
 * device; or, with e->blame MT_BLAME_UNDO, somebody has put an address on it; another -errno with
 * e->blame MT_BLAME_UNDO: something is left, and the journal has it.
 */
int mt_disconnect(struct mt_apply *w, const char *dev, uint32_t ifindex, struct mt_err *e);

/* One NIC that is disconnected, perhaps with others. */
struct mt_leaving {
	struct mt_apply apply;
	const char *dev;
	uint32_t ifindex;
	/* the rest is filled in */
	struct mt_journal journal; /* what of it stands still */
	int lock;		   /* -1: none */
	bool another;		   /* it has been connected anew, and is not meant */
	bool has_run;		   /* of what comes before its devices go: plan/together.h */
	bool keep_run; /* which could not be taken back, and is for whoever comes next */
};

/** mt_disconnect_begin() - all of mt_disconnect() that comes before the first change
 * @l:	work, dev and ifindex filled
 *
 * Return: 0: mt_disconnect_end() must follow, and the NIC is locked until then; or as
 * mt_disconnect().
 */
int mt_disconnect_begin(struct mt_leaving *l, struct mt_err *e);

/** mt_disconnect_end() - and the rest of it */
int mt_disconnect_end(struct mt_leaving *l, struct mt_err *e);

/**
 * mt_ports_restore() - after a run was taken back: what ports lost when it took them out of a
 * bridge
 * @back:	the run's steps
 * @had:	the NIC's journal, as it was before
 */
int mt_ports_restore(struct mt_apply *w, const struct mt_steps *back, const struct mt_steps *had,
		     struct mt_err *e);

#endif
