/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lease.h - the leases that there are, as words for the process that runs the policy */
#ifndef MT_FILES_LEASE_H
#define MT_FILES_LEASE_H

#include "base/kind.h"

extern const struct mt_kind mt_kind_lease;

/** mt_lease_words() - "POOL ADDRESS HASH" for each lease, HASH of its owner's text; NULL-ended, in @p
 *
 * Return: NULL: there are none, or they cannot be read: adding one that is taken fails anyway. */
const char *const *mt_lease_words(struct mt_host *h, struct mt_pool *p);

#endif
