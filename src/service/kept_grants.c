/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kept_grants.c - the policy's grants, until one of its files changes */
#include "service/kept_grants.h"
#include "service/policy_version.h"

void mt_kept_grants_look(struct mt_kept_grants *k, struct mt_engine *g)
{
	uint64_t version = mt_policy_version(g->o.policy, g->o.hooks);
	struct mt_err ignored; /* each call says it */

	if (k->looked && k->version == version)
		return;
	mt_pool_free(&k->pool);
	k->looked = true;
	k->version = version;
	k->known = !mt_grants_read(g, &k->grants, &k->pool, &ignored) && !k->grants.of_host;
}

const struct mt_grants *mt_kept_grants_now(const struct mt_kept_grants *k,
					   const struct mt_engine *g)
{
	bool now = k->known && k->version == mt_policy_version(g->o.policy, g->o.hooks);

	return now ? &k->grants : NULL;
}
