/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * caller.h - who asks for an event, when it is not root, and what the policy grants to whom
 *
 * What a user connects is that user's: no name, uuid or MAC that one user gives finds another's
 * guest, since its driver has the uid (mt_driver_of_user()). Only devices' names and shared objects
 * are common to all. A user's guest is not remembered: no later event finds it.
 */
#ifndef MT_ENGINE_CALLER_H
#define MT_ENGINE_CALLER_H

#include "engine/engine.h"

#include <sys/types.h>

#define MT_CALLER_TAPS 64 /* that one user may have connected */

/* By the kernel's word: SO_PEERCRED, SO_PEERGROUPS. */
struct mt_caller {
	uid_t uid; /* never 0 */
	gid_t gid;
	pid_t pid;	   /* the process that asks; 0: unknown */
	const gid_t *gids; /* all of its groups */
	size_t ngids;
	const char *user;	   /* its name; or the number */
	const char *const *groups; /* names of gids, or numbers; NULL-ended */
	const char *starter; /* service/starter.h: the libvirtd whose hook asks; NULL: none does */
	char names[MT_TEXT_MAX + 1]; /* of mt_caller_check(): how its devices are called: "al-*" */
};

/* What a policy's top level allows, and to whom. */
struct mt_grants {
	const struct mt_allow *allow;
	bool of_host; /* it looked at the host, and may allow something else next */
};

/**
 * mt_grants_read() - ask an evaluator for the top level alone: nothing of a caller's reaches it
 * @grants:	out, in @p
 *
 * Return: 0 or -errno.
 */
int mt_grants_read(struct mt_engine *g, struct mt_grants *grants, struct mt_pool *p,
		   struct mt_err *e);

/** mt_grants_any() - whether they grant anything to anybody but root */
bool mt_grants_any(const struct mt_grants *grants);

/**
 * mt_caller_check() - whether anything is granted to the caller
 * @c:		names: out, as the first grant has it
 *
 * Return: 0; -EPERM, blamed on a refusal, with what the policy would have to allow; or another
 * -errno.
 */
int mt_caller_check(const struct mt_grants *grants, struct mt_caller *c, struct mt_err *e);

/** mt_caller_params() - make an event the caller's: only its unmanaged NICs, and nothing remembered
 * @ask:	filled but for that; @c must outlive it */
void mt_caller_params(struct mt_event_params *ask, const struct mt_caller *c);

/**
 * mt_caller_rights() - what plans for a device of the caller's may use
 * @allow:	all that the policy's top level allows
 * @mine:	out, in @p
 *
 * Return: 0; -EPERM, blamed on a refusal: no grant has this name for a device; or -ENOMEM.
 */
int mt_caller_rights(const struct mt_caller *c, const struct mt_allow *allow, const char *dev,
		     struct mt_pool *p, const struct mt_allow **mine, struct mt_err *e);

/** mt_caller_owns() - make the taps of a plan the caller's, whatever the policy says */
void mt_caller_owns(const struct mt_caller *c, struct mt_plan *plan);

/**
 * mt_caller_may_connect() - whether a run's NICs take nobody else's place
 * @run:	nics filled
 *
 * Return: 0; -EEXIST: a MAC is another connected NIC's; -EDQUOT: the caller would have more than
 * MT_CALLER_TAPS; or another -errno.
 */
int mt_caller_may_connect(struct mt_engine *g, const struct mt_caller *c, const struct mt_run *run,
			  struct mt_pool *p, struct mt_err *e);

/**
 * mt_caller_guest() - the guest of the caller's that a word means: a name, uuid or device
 * @which:	out: matches nothing of anybody else's
 *
 * Return: 0; -ENOENT: the caller has none (no @e); or another -errno.
 */
int mt_caller_guest(struct mt_engine *g, const struct mt_caller *c, const char *word,
		    struct mt_pool *p, struct mt_nic_filter *which, struct mt_err *e);

#endif
