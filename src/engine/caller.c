/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* caller.c - which grants of a policy are a caller's */
#include "engine/caller.h"

#include <errno.h>

int mt_caller_check(struct mt_engine *g, const struct mt_caller *c, struct mt_err *e)
{
	(void)g;
	mt_fail(e, EPERM, "refused", "", "the policy does not allow %s (allow{ user = \"%s\" })",
		c->name, c->name);
	e->blame = MT_BLAME_REFUSED;
	return -EPERM;
}
