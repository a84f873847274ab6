/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pace.h - how fast users may call, counted over all connections of one user
 *
 * Who calls faster waits: nobody gets an error for it. The acceptor makes the memory, and the
 * process of each connection shares it.
 */
#ifndef MT_SERVICE_PACE_H
#define MT_SERVICE_PACE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define MT_PACE_CALLS 20 /* a second, and at once */

struct mt_pace_place {
	uid_t uid;
	_Atomic int64_t until; /* MT_PACE_CALLS more at once may begin then; mt_now_us() */
};

struct mt_pace {
	struct mt_pace_place *places;
	size_t n;
};

/** mt_pace_open() - memory for @users, until the process ends. Return: 0 or -errno. */
int mt_pace_open(struct mt_pace *p, size_t users);

/**
 * mt_pace_of() - a user's place
 * @is_there:	whether a user has a connection, and keeps its place; there are fewer of them than
 *		places
 *
 * Return: the place that it had; or that of a user who is gone, the longest.
 */
struct mt_pace_place *mt_pace_of(const struct mt_pace *p, uid_t uid,
				 bool (*is_there)(const void *data, uid_t uid), const void *data);

/** mt_pace_wait() - wait until the user may call once more */
void mt_pace_wait(struct mt_pace_place *place);

#endif
