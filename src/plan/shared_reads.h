/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* shared_reads.h - what is known of shared objects: changes nothing */
#ifndef MT_PLAN_SHARED_READS_H
#define MT_PLAN_SHARED_READS_H

#include "plan/apply.h"

/**
 * mt_shared_check() - whether @claim fits with what other NICs claim of the object
 * Return: 0; -EBUSY: another NIC holds another value, @e says who; or another -errno.
 */
int mt_shared_check(struct mt_apply *w, const char *dev, const struct mt_record *claim,
		    struct mt_err *e);

/** mt_shared_claim() - what @dev's NIC claims of @key's object; -ENOENT: nothing (no @e) */
int mt_shared_claim(struct mt_apply *w, const char *dev, const struct mt_record *key,
		    struct mt_record *claim, struct mt_err *e);

/** mt_shared_inspect() - what moontap did to @key's object, and which NICs claim it
 * @journal:	out: of the object; header.kind NULL: moontap did nothing to it
 * @devs:	out: the devices of the NICs that claim it, sorted, in @w->pool
 *
 * Return: 0 or -errno with @e filled.
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
