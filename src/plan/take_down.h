/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* take_down.h - disconnecting one NIC */
#ifndef MT_PLAN_TAKE_DOWN_H
#define MT_PLAN_TAKE_DOWN_H

#include "plan/apply.h"

/**
 * mt_disconnect() - disconnect one NIC: replay its device's journal backwards
 * @dev:	the journal's name
 * @ifindex:	the journal must be about this device; 0: about any
 *
 * Without a journal there is nothing to do. What the kernel refuses to undo stays in the journal;
 * with a device that is not deleted, so does what is on it.
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
	struct mt_journal journal; /* without steps on devices that are gone */
	int lock;		   /* -1: none */
	bool another;		   /* it has been connected again: leave it so */
	bool has_run;		   /* for the groups of its devices: plan/together.h */
	bool keep_run;		   /* it could not be undone: the next command does it */
};

/** mt_disconnect_begin() - all of mt_disconnect() that comes before the first change
 * @l:	apply, dev and ifindex filled
 *
 * Return: 0: mt_disconnect_end() must follow, and the NIC is locked until then; or as
 * mt_disconnect().
 */
int mt_disconnect_begin(struct mt_leaving *l, struct mt_err *e);

/** mt_disconnect_end() - the rest of it: undo, and unlock. Return: as mt_disconnect(). */
int mt_disconnect_end(struct mt_leaving *l, struct mt_err *e);

#endif
