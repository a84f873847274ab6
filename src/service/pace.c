/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pace.c - shared counters of users' calls: GCRA, the "virtual scheduling" of ITU-T I.371
 *
 * A call moves the time from which the user has all its calls again by a MT_PACE_CALLS-th of a
 * second. It may begin once that time is a second ahead at most.
 */
#include "service/pace.h"
#include "base/clock.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <time.h>

#define SECOND 1000000

int mt_pace_open(struct mt_pace *p, size_t users)
{
	void *at = mmap(NULL, users * sizeof *p->places, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		return -errno;
	p->places = at;
	p->n = users;
	return 0;
}

struct mt_pace_place *mt_pace_of(const struct mt_pace *p, uid_t uid,
				 bool (*is_there)(const void *data, uid_t uid), const void *data)
{
	struct mt_pace_place *oldest = p->places;
	bool any = false;

	for (size_t i = 0; i < p->n; i++) {
		struct mt_pace_place *at = &p->places[i];

		if (at->uid == uid)
			return at;
		if (!is_there(data, at->uid) && (!any || at->until < oldest->until)) {
			oldest = at;
			any = true;
		}
	}
	oldest->uid = uid;
	oldest->until = 0;
	return oldest;
}

void mt_pace_wait(struct mt_pace_place *place)
{
	int64_t now = mt_now_us(), until = place->until, next, wait;
	struct timespec left;

	do {
		next = (until > now ? until : now) + SECOND / MT_PACE_CALLS;
	} while (!atomic_compare_exchange_weak(&place->until, &until, next));
	wait = next - now - SECOND;
	if (wait <= 0)
		return;
	left = (struct timespec){ wait / SECOND, wait % SECOND * 1000 };
	while (nanosleep(&left, &left) && errno == EINTR)
		;
}
