/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* drift_cause.h - why a NIC has drifted: its device or bridge went, or somebody changed it */
#ifndef MT_SERVICE_DRIFT_CAUSE_H
#define MT_SERVICE_DRIFT_CAUSE_H

#include "engine/nic_status.h"
#include "service/known_links.h"

enum mt_cause {
	MT_CAUSE_HAND, /* the device that it was on was there all the time */
	MT_CAUSE_AWAY, /* that device is gone, or down */
	MT_CAUSE_BACK, /* that device was gone, or down, and one of its name is there now */
	MT_CAUSES
};

struct mt_causes {
	unsigned n[MT_CAUSES];			 /* how many differences have it */
	char device[MT_CAUSES][MT_NAME_MAX + 1]; /* of the first of them */
	bool up_again;				 /* the one that is back is the same, up again */
	bool restored; /* nothing is back but what can be restored at any time: MT_KIND_RESTORED */
	bool port;     /* a port is no longer in its bridge */
	char port_dev[MT_NAME_MAX + 1],
		line[700]; /* of the first by hand: device; mt_drift_line() */
};

/** mt_causes_of() - compare a NIC's journal with the kernel, and find the cause of each difference
 * @causes:	out
 *
 * Return: 0 or -errno. */
int mt_causes_of(struct mt_engine *g, const struct mt_known_links *links,
		 const struct mt_nic_status *nic, struct mt_pool *p, struct mt_causes *causes,
		 struct mt_err *e);

/** mt_journal_links() - call @each with each device that is known and that a journal's steps name.
 * Return: whether @each returned true for one, which ends the calls. */
bool mt_journal_links(const struct mt_known_links *links, const struct mt_journal *j,
		      bool (*each)(struct mt_known_link *l));

#endif
