/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* host_watch.h - wait until something may have changed what status says */
#ifndef MT_ENGINE_HOST_WATCH_H
#define MT_ENGINE_HOST_WATCH_H

#include "engine/engine.h"
#include "kernel/tc_changes.h"

#include <poll.h>
#include <signal.h>

/* NFT: -1: who may not see the ruleset is not told of it. TC: -1: the kernel has no traffic control.
 * READER: whoever is told of the changes. */
enum { MT_WATCH_NETWORK, MT_WATCH_STATE, MT_WATCH_NFT, MT_WATCH_TC, MT_WATCH_READER, MT_WATCHES };

struct mt_host_watch {
	struct mt_engine *g;
	struct pollfd fds[MT_WATCHES];
	struct mt_tc_changes tc;
	sigset_t waiting; /* the signals blocked while it waits */
};

/**
 * mt_host_watch_open() - notice what changes from now on
 * @w:		out: to be closed by mt_host_watch_close() in any case
 * @reader:	a pipe or a socket: when its other end is closed, a wait ends
 * @waiting:	the mask for ppoll(2); the caller has blocked the signals that it lacks
 *
 * Return: 0 or -errno with @e filled.
 */
int mt_host_watch_open(struct mt_host_watch *w, struct mt_engine *g, int reader,
		       const sigset_t *waiting, struct mt_err *e);

/** mt_host_watch_wait() - wait for a change, and a moment more for others
 * @ending:	whether a signal that came ends the wait
 *
 * Return: false: it was ended by a signal, or the reader is gone. */
bool mt_host_watch_wait(struct mt_host_watch *w, bool (*ending)(void));

void mt_host_watch_close(struct mt_host_watch *w);

#endif
