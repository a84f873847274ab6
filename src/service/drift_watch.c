/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* drift_watch.c - decide about each NIC that has drifted */
#include "service/drift_watch.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/sh.h"
#include "engine/reconcile.h"
#include "service/drift_cause.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPAIRS	   3
#define MINUTE_MS  60000
#define BUSY_MS	   1000	 /* another process works on the NIC */
#define AWAY_MS	   2000	 /* a network that is restarted is back by then, mostly */
#define FAILED_MS  20000 /* a repair has failed */
#define FORGOTTEN  ((int64_t)60 * MINUTE_MS)
#define REPORT_MAX 1000

/* What was done about a NIC. */
struct mt_watched_nic {
	char dev[MT_NAME_MAX + 1];
	int64_t repaired[REPAIRS]; /* when; 0: not; the oldest first */
	uint64_t reported;	   /* hash of the last line; 0: none */
	int64_t seen;
};

struct look {
	struct mt_drift_watch *d;
	const struct mt_nic_status *nic;
	struct mt_watched_nic *watched;
	struct mt_causes causes;
	int again; /* milliseconds; -1 */
	bool all;  /* then at all NICs */
};

/* --- what was done before --------------------------------------------------------------------- */

static struct mt_watched_nic *watched(struct mt_drift_watch *d, const char *dev)
{
	int64_t now = mt_now_ms();
	struct mt_watched_nic *at = NULL, *more;

	for (size_t i = 0; i < d->n; i++) {
		if (!strcmp(d->nics[i].dev, dev)) {
			d->nics[i].seen = now;
			return &d->nics[i];
		}
		if (now - d->nics[i].seen > FORGOTTEN)
			at = &d->nics[i];
	}
	if (!at) {
		more = mt_array_room(d->nics, d->n, &d->cap, sizeof *more);
		if (!more)
			return NULL;
		d->nics = more;
		at = &d->nics[d->n++];
	}
	*at = (struct mt_watched_nic){ .seen = now };
	snprintf(at->dev, sizeof at->dev, "%s", dev);
	return at;
}

/* Return: milliseconds until it may be repaired; 0: now. */
static int64_t must_wait(const struct mt_watched_nic *w)
{
	int64_t since = mt_now_ms() - w->repaired[0];

	return w->repaired[0] && since < MINUTE_MS ? MINUTE_MS - since : 0;
}

static void count_repair(struct mt_watched_nic *w)
{
	memmove(w->repaired, w->repaired + 1, (REPAIRS - 1) * sizeof *w->repaired);
	w->repaired[REPAIRS - 1] = mt_now_ms();
}

/* --- reports ---------------------------------------------------------------------------------- */

__attribute__((format(printf, 3, 4))) static void report(struct look *l, int level,
							 const char *format, ...)
{
	char line[REPORT_MAX];
	uint64_t hash;
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	hash = mt_hash(MT_HASH_START, line, strlen(line));
	if (hash != l->watched->reported)
		mt_log(&l->d->g->o.log, level, "%s", line);
	l->watched->reported = hash;
}

static const char *guest_of(const struct look *l)
{
	return *l->nic->guest ? l->nic->guest : l->nic->dev;
}

static void report_hand(struct look *l)
{
	const struct mt_causes *c = &l->causes;
	const struct mt_known_link *own = mt_known_find(&l->d->links, l->nic->dev);
	char advice[MT_LINE_MAX];

	mt_sh_advice(advice, sizeof advice, "moontap reconcile @", guest_of(l));
	if (own && own->suspect)
		l->watched->reported = 0; /* it was done once more */
	if (!l->d->started)
		report(l, LOG_WARNING, "%s, since before moontapd watched: %s", c->line, advice);
	else if (c->port)
		report(l, LOG_WARNING, "%s has left %s by somebody's hand: %s", c->port_dev,
		       c->device[MT_CAUSE_HAND], advice);
	else
		report(l, LOG_WARNING, "%s, by somebody's hand: %s", c->line, advice);
}

/* --- one NIC ---------------------------------------------------------------------------------- */

static bool wait_for(struct mt_known_link *link)
{
	link->waited_for = true;
	return false;
}

/* @ms: -1: until something changes */
static void look_again(struct look *l, int64_t ms)
{
	mt_journal_links(&l->d->links, &l->nic->journal, wait_for);
	if (ms >= 0 && (l->again < 0 || ms < l->again))
		l->again = (int)ms;
}

static void repair(struct look *l)
{
	const struct mt_causes *c = &l->causes;
	const char *device = c->restored ? "nftables' ruleset" : c->device[MT_CAUSE_BACK];
	const char *how = c->restored ? "changed" : c->up_again ? "up again" : "back";
	char line[700], advice[MT_LINE_MAX];
	int64_t wait = must_wait(l->watched);
	struct mt_err e;

	if (wait) {
		report(l, LOG_WARNING,
		       "%s is %s, but %s was repaired %d times within a minute: it waits (%s)",
		       device, how, l->nic->dev, REPAIRS, guest_of(l));
		look_again(l, wait);
		return;
	}
	count_repair(l->watched);
	if (mt_reconcile_by_journal(l->d->g, l->nic, &e)) {
		mt_sh_advice(advice, sizeof advice, "moontap reconcile @", guest_of(l));
		report(l, LOG_ERR, "%s is %s, but %s is not repaired: %s: %s", device, how,
		       l->nic->dev, mt_err_line(&e, line, sizeof line), advice);
		look_again(l, FAILED_MS);
		return;
	}
	if (c->restored)
		mt_log(&l->d->g->o.log, LOG_NOTICE,
		       "nftables' ruleset has changed: %s has again what it had there (%s)",
		       l->nic->dev, guest_of(l));
	else
		mt_log(&l->d->g->o.log, LOG_NOTICE, "%s is %s: %s %s (%s)", device, how,
		       l->nic->dev, c->port ? "is its port again" : "has again what it had there",
		       guest_of(l));
	l->watched->reported = 0;
}

/* Perhaps it was a watcher's, in the midst of a repair. What cannot be undone is in the log at each
 * attempt, so there are no more of them than of repairs. */
static void finish_killed(struct look *l, struct mt_pool *p)
{
	int64_t wait = must_wait(l->watched);

	if (!wait) {
		count_repair(l->watched);
		mt_connected_sweep(l->d->g, l->nic->dev, p);
		wait = BUSY_MS;
	}
	look_again(l, wait);
	l->all = true;
}

static void wait_for_device(struct look *l)
{
	struct mt_known_links *links = &l->d->links;
	const char *device = l->causes.device[MT_CAUSE_AWAY];
	struct mt_known_link *link = mt_known_find(links, device) ?: mt_known_expect(links, device);
	int64_t left = link ? link->away_at + AWAY_MS - mt_now_ms() : -1;

	look_again(l, left > 0 ? left : -1);
	if (link && left <= 0 && !link->waiting++)
		link->first = l->nic->dev;
}

/* One line for all NICs of a bridge. */
static void report_waiting(struct mt_drift_watch *d)
{
	for (size_t i = 0; i < d->links.n; i++) {
		struct mt_known_link *link = &d->links.at[i];
		const char *how = link->gone ? "gone" : "down";

		if (link->waiting == 1 && !link->reported)
			mt_log(&d->g->o.log, LOG_WARNING, "%s is %s: %s waits for it", link->name,
			       how, link->first);
		else if (link->waiting && !link->reported)
			mt_log(&d->g->o.log, LOG_WARNING, "%s is %s: %s and %u more wait for it",
			       link->name, how, link->first, link->waiting - 1);
		link->reported |= link->waiting != 0;
		link->waiting = 0;
	}
}

static void decide(struct look *l)
{
	const struct mt_causes *c = &l->causes;

	if (c->n[MT_CAUSE_HAND]) {
		report_hand(l);
	} else if (c->n[MT_CAUSE_AWAY]) {
		wait_for_device(l);
	} else if (c->n[MT_CAUSE_BACK]) {
		repair(l);
	}
}

static int look_at(struct look *l, struct mt_pool *p, struct mt_err *e)
{
	if (l->nic->state == MT_NIC_WORKED_ON)
		look_again(l, BUSY_MS);
	if (l->nic->state != MT_NIC_DRIFTED && l->nic->state != MT_NIC_KILLED)
		return 0;
	l->watched = watched(l->d, l->nic->dev);
	if (!l->watched)
		return mt_fail(e, ENOMEM, "watch", l->nic->dev, NULL);
	if (l->nic->state == MT_NIC_KILLED) {
		finish_killed(l, p);
		return 0;
	}
	if (mt_causes_of(l->d->g, &l->d->links, l->nic, p, &l->causes, e))
		return -e->code;
	decide(l);
	return 0;
}

/* --- all that matter -------------------------------------------------------------------------- */

static bool is_suspect(struct mt_known_link *link)
{
	return link->suspect;
}

static bool is_wanted(void *data, const struct mt_journal *j)
{
	const struct mt_drift_watch *d = data;

	return d->all || mt_journal_links(&d->links, j, is_suspect);
}

static bool any_suspect(const struct mt_drift_watch *d)
{
	for (size_t i = 0; i < d->links.n; i++)
		if (d->links.at[i].suspect)
			return true;
	return d->all;
}

int mt_drift_watch_look(struct mt_drift_watch *d)
{
	struct look l = { .d = d, .again = -1 };
	struct mt_pool p = { 0 };
	struct mt_nic_status *nics;
	struct mt_err e;
	size_t n;
	int err;

	if (!any_suspect(d))
		return -1;
	err = mt_nics_inspect_some(d->g, is_wanted, d, &p, &nics, &n, &e);
	for (size_t i = 0; !err && i < n; i++) {
		l.nic = &nics[i];
		err = look_at(&l, &p, &e);
	}
	if (err)
		mt_log_err(&d->g->o.log, LOG_ERR, &e);
	report_waiting(d);
	mt_pool_free(&p);
	mt_engine_rest(d->g);
	mt_known_settle(&d->links, l.again >= 0);
	d->all = l.all;
	d->started = true;
	return l.again;
}

void mt_drift_watch_free(struct mt_drift_watch *d)
{
	free(d->nics);
	free(d->links.at);
}
