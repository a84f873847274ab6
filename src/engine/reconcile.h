/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reconcile.h - repairing what others changed, and finishing what was cut short
 *
 * Each NIC by itself, in this order: a killed run is taken back; a journal whose device and guest
 * are gone is finished; where the guest is remembered, its policy is asked anew, so that drift is
 * repaired and what a changed policy no longer declares goes back: the policy that it was connected
 * by, unless one is named. Where it is not, what the journal says moontap had put is put back. A
 * guest that is not connected stays so.
 */
#ifndef MT_ENGINE_RECONCILE_H
#define MT_ENGINE_RECONCILE_H

#include "engine/nic_status.h"

enum mt_repair {
	MT_REPAIR_NOTHING, /* all was as it shall be */
	MT_REPAIR_KILLED,
	MT_REPAIR_ORPHAN,
	MT_REPAIR_POLICY,
	MT_REPAIR_JOURNAL,
};

/* What was done about one NIC; borrowed for the call. */
struct mt_reconciled {
	enum mt_repair repair;
	const struct mt_nic_status *status; /* as it was found */
	const struct mt_outcome *outcome;
	const struct mt_err *error; /* NULL: it is as it shall be now */
};

/** mt_repair_name() - "its policy was asked anew", ... */
const char *mt_repair_name(enum mt_repair r);

/**
 * mt_reconcile() - every NIC, or those of one guest
 * @guest:	as mt_nics_inspect() has it; NULL: all
 * @dry:	say what would be done, and change nothing
 * @each:	called for each repair and each failure
 * @left:	out: how many NICs are still not as they shall be
 *
 * Each repair that is made leaves a record in the history. A failure at one NIC does not keep the
 * others from being repaired. Return: 0; or -errno when it cannot even be found out what is to be
 * done.
 */
int mt_reconcile(struct mt_engine *g, const struct mt_nic_filter *guest, bool dry,
		 void (*each)(void *data, const struct mt_reconciled *r), void *data,
		 unsigned *left, struct mt_err *e);

#endif
