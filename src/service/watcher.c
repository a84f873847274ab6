/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* watcher.c - wait for notifications, let them settle, look */
#include "service/watcher.h"
#include "base/capabilities.h"
#include "base/clock.h"
#include "engine/handle.h"
#include "kernel/nft_changes.h"
#include "kernel/tc_changes.h"
#include "service/abandoned.h"
#include "service/drift_watch.h"
#include "service/signals.h"

#include <poll.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define SETTLE_MS 200 /* whoever deletes a bridge may be about to add it again */

struct watcher {
	struct mt_drift_watch drift;
	struct mt_abandoned abandoned;
	int64_t abandoned_due;
	int fd, nft;		 /* nft: -1: the kernel has no nftables */
	struct mt_tc_changes tc; /* .fd -1: it has no traffic control */
	int64_t due;		 /* when to look; -1: nothing is suspect */
};

static void look_in(struct watcher *w, int64_t ms)
{
	int64_t at = mt_now_ms() + ms;

	if (w->due < 0 || at < w->due)
		w->due = at;
}

static void take(void *data, const struct mt_change *c)
{
	struct watcher *w = data;

	if (mt_known_change(&w->drift.links, c))
		look_in(w, SETTLE_MS);
}

static void log_error(struct watcher *w, const struct mt_err *e)
{
	mt_log_err(&w->drift.g->o.log, LOG_ERR, e);
}

/* @first: nothing was known before */
static void look_at_all(struct watcher *w, bool first)
{
	struct mt_err e;

	if (mt_known_all(&w->drift.links, w->drift.g->host, first, &e))
		log_error(w, &e);
	w->drift.all = true;
	look_in(w, first ? 0 : SETTLE_MS);
}

/* What is new moontap has added. */
static void take_tc(void *data, uint32_t ifindex, bool new)
{
	if (!new)
		take(data, &(struct mt_change){ .is = MT_CHANGE_LOST, .ifindex = ifindex });
}

static void read_changes(struct watcher *w)
{
	int lost = mt_changes_read(w->fd, take, w);

	if (!mt_tc_changes_read(&w->tc, take_tc, w) && !lost)
		return;
	mt_log(&w->drift.g->o.log, LOG_NOTICE,
	       "too much has changed at once: every NIC is looked at");
	look_at_all(w, false);
}

static void read_ruleset(struct watcher *w)
{
	if (!mt_nft_changes_read(w->nft))
		return;
	w->drift.all = true;
	look_in(w, SETTLE_MS);
}

static void look(struct watcher *w)
{
	int again;

	w->due = -1;
	again = mt_drift_watch_look(&w->drift);
	if (again >= 0)
		look_in(w, again);
}

static void look_for_abandoned(struct watcher *w)
{
	w->abandoned_due = mt_now_ms() + mt_abandoned_look(&w->abandoned);
	mt_engine_rest(w->drift.g);
}

static void watch(struct watcher *w)
{
	sigset_t waiting;

	mt_signals_block(&waiting);
	look_at_all(w, true);
	prctl(PR_SET_NAME, "moontapd-watch");
	while (!mt_signals_ending()) {
		struct pollfd p[] = { { .fd = w->fd, .events = POLLIN },
				      { .fd = w->tc.fd, .events = POLLIN },
				      { .fd = w->nft, .events = POLLIN } };
		bool drift = w->due >= 0 && w->due < w->abandoned_due;
		int64_t left = (drift ? w->due : w->abandoned_due) - mt_now_ms();
		struct timespec t = { left / 1000, left % 1000 * 1000000L };

		if (left <= 0)
			(drift ? look : look_for_abandoned)(w);
		else if (ppoll(p, 3, &t, &waiting) > 0) {
			if (p[0].revents || p[1].revents)
				read_changes(w);
			if (p[2].revents)
				read_ruleset(w);
		}
	}
}

int mt_watcher_run(const struct mt_watcher *watcher)
{
	const struct moontap_options *options = &watcher->options;
	struct watcher w = { .fd = -1,
			     .nft = -1,
			     .tc.fd = -1,
			     .due = -1,
			     .abandoned.limit_ms = 1000 * (int64_t)watcher->idle_s };
	struct moontap *m;
	struct mt_err e;

	mt_drop_capabilities(false);
	if (mt_handle_open(&m, options, &e)) {
		mt_log_err(&(struct mt_log){ options->log, options->data }, LOG_ERR, &e);
		return 1;
	}
	w.drift.g = w.abandoned.g = &m->engine;
	if (mt_changes_open(&w.fd, &e)) {
		log_error(&w, &e);
	} else {
		if (mt_nft_changes_open(&w.nft, &e))
			mt_log_err(&w.drift.g->o.log, LOG_INFO, &e);
		if (mt_tc_changes_open(w.drift.g->host, &w.tc, &e))
			mt_log_err(&w.drift.g->o.log, LOG_INFO, &e);
		watch(&w);
		close(w.fd);
		if (w.nft >= 0)
			close(w.nft);
		mt_tc_changes_close(&w.tc);
	}
	mt_abandoned_free(&w.abandoned);
	mt_drift_watch_free(&w.drift);
	moontap_close(m);
	return w.fd < 0;
}
