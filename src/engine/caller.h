/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * caller.h - who asks for an event, when it is not root, and what the policy grants to whom
 *
 * What a user connects is that user's: no name, uuid or MAC that one user gives finds another's
 * guest. Only devices' names and shared objects are common to all.
 */
#ifndef MT_ENGINE_CALLER_H
#define MT_ENGINE_CALLER_H

#include "engine/engine.h"

#include <sys/types.h>

/* By the kernel's word: SO_PEERCRED, SO_PEERGROUPS. */
struct mt_caller {
	uid_t uid; /* never 0 */
	gid_t gid;
	const gid_t *groups;
	size_t ngroups;
	const char *name; /* of the user; or the number */
};

/**
 * mt_caller_check() - whether the policy's top level grants anything to the caller
 *
 * An evaluator is asked for the top level alone: nothing of the caller's reaches it. Return: 0;
 * -EPERM, blamed on a refusal, with what the policy would have to allow; or another -errno.
 */
int mt_caller_check(struct mt_engine *g, const struct mt_caller *c, struct mt_err *e);

#endif
