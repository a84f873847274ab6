/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * shared.h - objects that several NICs may want: a bridge, its address, a neighbour on the uplink
 *
 * shared/KIND-KEY/journal holds the steps that made the object what it is; it is the object's lock,
 * taken for one call, never two at once. shared/KIND-KEY/by-DEV is the claim of one NIC: the record
 * that its policy declared, whether or not anything had to be changed for it. A field that is noted
 * (MT_FIELD_NOTED) is in the journal as the first claim has it, and never set back. A field goes
 * back when no claim declares it any more, the object when no claim is left. What was there before
 * moontap is in no journal, and so nobody takes it away.
 */
#ifndef MT_PLAN_SHARED_H
#define MT_PLAN_SHARED_H

#include "plan/shared_reads.h"

/**
 * mt_shared_set() - set, change or give up one NIC's claim, and bring the object in line with all
 * @dev:	the NIC's device
 * @key:	the object
 * @claim:	the record now declared; NULL: none any more
 * @steps:	out: what was done for @claim, appended; may be NULL
 *
 * Return: 0, or -errno; then call again with the claim as it was before.
 */
int mt_shared_set(struct mt_apply *w, const char *dev, const struct mt_record *key,
		  const struct mt_record *claim, struct mt_steps *steps, struct mt_err *e);

#endif
