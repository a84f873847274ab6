/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* user.h - the user that the evaluator runs as */
#ifndef MT_EVALUATOR_USER_H
#define MT_EVALUATOR_USER_H

#include <stdbool.h>
#include <sys/types.h>

/* A system account of this name is the evaluator's. */
#define MT_EVALUATOR_USER "moontap-eval"

struct mt_user {
	uid_t uid;
	gid_t gid;
};

/**
 * mt_evaluator_user() - a user that no other process runs as
 * @passwd, @subuid:	texts of passwd(5) and subuid(5), NUL-ended
 *
 * Whoever has a process's uid may stop and kill it, and daemons share "nobody". So it is the
 * account of MT_EVALUATOR_USER, where there is one; else a number that neither an account nor a
 * range of /etc/subuid has.
 */
struct mt_user mt_evaluator_user(const char *passwd, const char *subuid);

/**
 * mt_evaluator_user_is_mapped() - whether a user namespace has a number
 * @map:	text of /proc/self/uid_map: user_namespaces(7)
 */
bool mt_evaluator_user_is_mapped(const char *map, uid_t uid);

/** mt_evaluator_user_here() - mt_evaluator_user() by this host's files */
struct mt_user mt_evaluator_user_here(void);

#endif
