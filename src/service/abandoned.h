/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* abandoned.h - taps of users' guests whose libvirtd was killed: no hook tells of their end */
#ifndef MT_SERVICE_ABANDONED_H
#define MT_SERVICE_ABANDONED_H

#include "engine/engine.h"

#define MT_ABANDONED_S 600

struct mt_abandoned {
	struct mt_engine *g;
	int64_t limit_ms; /* how long a tap stays that nobody has open */
	/* private: */
	struct mt_idle_tap *taps;
	size_t n, cap;
};

/**
 * mt_abandoned_look() - disconnect taps that have had no libvirtd and no QEMU for too long
 *
 * A tap's time begins when it is first seen so; each look logs what it disconnects. Return:
 * milliseconds until the next look.
 */
int mt_abandoned_look(struct mt_abandoned *a);

/** mt_abandoned_free() - free what it remembers */
void mt_abandoned_free(struct mt_abandoned *a);

#endif
