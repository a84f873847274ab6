/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kept_grants.h - what the policy grants, read once, so that a user without a grant costs little */
#ifndef MT_SERVICE_KEPT_GRANTS_H
#define MT_SERVICE_KEPT_GRANTS_H

#include "engine/caller.h"

struct mt_kept_grants {
	struct mt_grants grants; /* in the pool */
	struct mt_pool pool;
	uint64_t version; /* of the files that say so */
	bool looked;	  /* version is one */
	bool known;	  /* for every call by these files */
};

/**
 * mt_kept_grants_look() - read the grants, where the policy's files are others than before
 * @k:		zeroed at first
 *
 * They stay unknown when the policy fails, or looks at the host for them.
 */
void mt_kept_grants_look(struct mt_kept_grants *k, struct mt_engine *g);

/** mt_kept_grants_now() - the grants, if they are known and the files are still the same; or NULL */
const struct mt_grants *mt_kept_grants_now(const struct mt_kept_grants *k,
					   const struct mt_engine *g);

#endif
