/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reconcile.h - repair what others have changed, and finish what was cut short
 *
 * Each NIC gets one repair, the first that applies:
 *   - a killed run is undone
 *   - a journal whose device and guest are gone is finished
 *   - if the guest is remembered, the policy is asked again: the one that connected the NIC, unless
 *     another was named. This repairs drift, and undoes what the policy no longer declares.
 *   - else, what the journal has is put again
 * A guest that is not connected is not connected by this.
 */
#ifndef MT_ENGINE_RECONCILE_H
#define MT_ENGINE_RECONCILE_H

#include "engine/nic_status.h"

enum mt_repair {
	MT_REPAIR_NOTHING, /* nothing had to be repaired */
	MT_REPAIR_KILLED,
	MT_REPAIR_ORPHAN,
	MT_REPAIR_POLICY,
	MT_REPAIR_JOURNAL,
};

/* The repair of one NIC; borrowed for the call. */
struct mt_reconciled {
	enum mt_repair repair;
	const struct mt_nic_status *status; /* as it was found */
	const struct mt_outcome *outcome;
	const struct mt_err *error; /* NULL: it was repaired */
};

/** mt_repair_name() - "its policy was asked again", ... */
const char *mt_repair_name(enum mt_repair r);

/**
 * mt_reconcile() - repair every NIC, or those of one guest
 * @guest:	as in mt_nics_inspect(); NULL: all
 * @dry:	plan the repairs, and change nothing
 * @each:	called for each repair and each failure
 * @left:	out: how many repairs failed
 *
 * Each repair is recorded, see history.h. A failure at one NIC does not keep the others from being
 * repaired. Return: 0; -errno with @e filled: the NICs' state could not be read, or the state
 * directory not be cleaned up.
 */
int mt_reconcile(struct mt_engine *g, const struct mt_nic_filter *guest, bool dry,
		 void (*each)(void *data, const struct mt_reconciled *r), void *data,
		 unsigned *left, struct mt_err *e);

/** mt_reconcile_by_journal() - put what one NIC's journal has again, and ask no policy: an edited
 * policy is not applied by this
 * @nic:	in state MT_NIC_DRIFTED
 *
 * Recorded, as above. Return: 0, also when the NIC has been disconnected meanwhile; or -errno with
 * @e filled. */
int mt_reconcile_by_journal(struct mt_engine *g, const struct mt_nic_status *nic, struct mt_err *e);

#endif
