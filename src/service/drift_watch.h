/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * drift_watch.h - look at the NICs that devices matter to; repair some, report others
 *
 * What a NIC lost with a device that was deleted and is there again, or that was set down and up, or
 * with nftables' ruleset, is repaired: three times a minute at most. What somebody took away while its device was there is
 * reported, once, and left.
 */
#ifndef MT_SERVICE_DRIFT_WATCH_H
#define MT_SERVICE_DRIFT_WATCH_H

#include "engine/engine.h"
#include "service/known_links.h"

struct mt_watched_nic;

struct mt_drift_watch {
	struct mt_engine *g;
	struct mt_known_links links;
	bool all;     /* look at every NIC the next time */
	bool started; /* it has looked before: what is by hand was done since */
	/* private: */
	struct mt_watched_nic *nics;
	size_t n, cap;
};

/** mt_drift_watch_look() - look at the NICs that the suspect links matter to, or at all
 *
 * Nothing is read if no link is suspect. Return: milliseconds until it has to look again; -1: when
 * something changes. */
int mt_drift_watch_look(struct mt_drift_watch *d);

/** mt_drift_watch_free() - free what it remembers */
void mt_drift_watch_free(struct mt_drift_watch *d);

#endif
