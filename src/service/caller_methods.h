/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* caller_methods.h - what the methods of io.moontap do */
#ifndef MT_SERVICE_CALLER_METHODS_H
#define MT_SERVICE_CALLER_METHODS_H

#include "engine/caller.h"
#include "engine/handle.h"
#include "varlink/varlink.h"

/**
 * mt_caller_method() - run a method of io.moontap
 * @c:		NULL: root
 * @r:		zeroed, to be freed by mt_outcome_free(&@r->inside): what @reply borrows from
 * @reply:	out
 * @descriptor:	out: goes along with the reply, owned by the caller; -1: none does
 *
 * Return: 0; or -errno: @e, or @bad, the name of a parameter that is missing.
 */
int mt_caller_method(struct mt_engine *g, const struct mt_caller *c,
		     const struct mt_varlink_call *call, struct mt_result *r,
		     struct mt_varlink_reply *reply, int *descriptor, const char **bad,
		     struct mt_err *e);

#endif
