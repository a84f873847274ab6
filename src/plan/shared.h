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

#include "plan/difference.h"
#include "plan/apply.h"

/**
 * mt_shared_check() - whether @claim fits with what other NICs claim of the object
 * Return: 0; -EBUSY: another NIC holds another value, @e says who; or another -errno.
 */
int mt_shared_check(struct mt_apply *w, const char *dev, const struct mt_record *claim,
		    struct mt_err *e);

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

/** mt_shared_claim() - what @dev's NIC claims of @key's object; -ENOENT: nothing (no @e) */
int mt_shared_claim(struct mt_apply *w, const char *dev, const struct mt_record *key,
		    struct mt_record *claim, struct mt_err *e);

/** mt_shared_inspect() - what moontap did to @key's object, and whose claims hold it; changes
 * nothing
 * @journal:	out: of the object; header.kind NULL: moontap did nothing to it
 * @devs:	out: the devices of the NICs that claim it, sorted, in @w->pool
 */
int mt_shared_inspect(struct mt_apply *w, const struct mt_record *key, struct mt_journal *journal,
		      const char ***devs, size_t *n, struct mt_err *e);

/**
 * mt_shared_notes() - what was noted of devices when the first NIC needed them (MT_FIELD_NOTED)
 * @notes:	out, appended: a step for each, whose record has the device's ifindex
 *
 * Return: 0 or -errno.
 */
int mt_shared_notes(struct mt_apply *w, struct mt_steps *notes, struct mt_err *e);

/** mt_shared_made() - whether a shared object's journal says that moontap made this device
 * Return: 1, 0 or -errno. */
int mt_shared_made(struct mt_apply *w, const char *device, uint32_t ifindex, struct mt_err *e);

/** mt_shared_has_put() - 1 when a shared object's journal says that moontap has put this field; 0;
 * or -errno */
int mt_shared_has_put(struct mt_apply *w, const struct mt_record *key, int field, struct mt_err *e);

#endif
