/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * shared.h - objects that several NICs may need: a bridge, its address, a neighbour on the uplink
 *
 * shared/KIND-KEY/journal holds moontap's steps on the object. It is the object's lock, too: taken
 * for one call, never two at once. shared/KIND-KEY/by-DEV is the claim of one NIC: the record that
 * its policy declared, whether or not anything had to be changed for it. A field is reverted when
 * no claim declares it any more, and the object is deleted when no claim is left. What was there
 * before moontap is in no journal, and so it is never deleted. A noted field (MT_FIELD_NOTED) is in
 * the journal as the kernel had it at the first claim, and never reverted.
 */
#ifndef MT_PLAN_SHARED_H
#define MT_PLAN_SHARED_H

#include "plan/shared_reads.h"

/**
 * mt_shared_set() - set, change or release one NIC's claim, and change the object to fit all claims
 * @dev:	the NIC's device
 * @key:	the object
 * @claim:	the record now declared; NULL: none any more
 * @steps:	out: what was done for @claim, appended; may be NULL
 *
 * Return: 0, or -errno: then call it again, with the claim as it was before.
 */
int mt_shared_set(struct mt_apply *w, const char *dev, const struct mt_record *key,
		  const struct mt_record *claim, struct mt_steps *steps, struct mt_err *e);

#endif
