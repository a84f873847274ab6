/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* leftovers.c - finish journals whose device is gone, and repair the lookup's links */
#include "engine/leftovers.h"
#include "engine/guest_record.h"
#include "engine/tap_guests.h"
#include "plan/lookup.h"
#include "plan/recover.h"
#include "plan/undo.h"
#include "plan/take_down.h"

#include <errno.h>
#include <string.h>

/* Whether nothing is left of a managed NIC. Its device never comes back: libvirt creates others. */
static bool is_done(struct mt_engine *g, struct mt_journal *j, struct mt_pool *p)
{
	struct mt_apply w = mt_engine_apply(g, p);
	struct mt_err ignored;

	return !j->header.v[MT_HEADER_UNMANAGED].u && !mt_journal_prune(&w, j, &ignored) &&
		!j->steps.n;
}

static bool is_leftover(struct mt_engine *g, const char *name, struct mt_journal *j,
			struct mt_pool *p)
{
	struct mt_guest_record m;
	struct mt_device d;
	struct mt_err e;
	char file[32];
	int err;

	/* the name first: most devices exist, and then no journal is read */
	if (!mt_name_valid(name) || mt_device_by_name(g->host, name, &d, &e) != -ENODEV ||
	    mt_journal_load(&g->state, mt_state_path("nic", name, file), mt_kinds, p, j, &e) ||
	    !j->header.kind || !j->header.v[MT_HEADER_IFINDEX].u)
		return false;
	if (mt_device_by_index(g->host, (uint32_t)j->header.v[MT_HEADER_IFINDEX].u, &d, &e) !=
	    -ENODEV)
		return false;
	err = mt_recall(g, mt_header_text(&j->header, MT_HEADER_DRIVER),
			mt_header_text(&j->header, MT_HEADER_DOMAIN), p, &m, &e);
	return err == -ENOENT || (!err && m.by_up) || is_done(g, j, p);
}

static bool finish(struct mt_engine *g, const char *dev, struct mt_pool *p)
{
	struct mt_apply w = mt_engine_apply(g, p);
	struct mt_journal j;
	struct mt_err e;

	if (!is_leftover(g, dev, &j, p))
		return false;
	mt_log(&g->o.log, LOG_NOTICE, "%s: its device is gone; disconnecting it", dev);
	if (!mt_disconnect(&w, dev, (uint32_t)j.header.v[MT_HEADER_IFINDEX].u, &e) &&
	    !mt_forget_unused(g, mt_header_text(&j.header, MT_HEADER_DRIVER),
			      mt_header_text(&j.header, MT_HEADER_DOMAIN), &e))
		return true;
	mt_log_err(&g->o.log, LOG_ERR, &e);
	return false;
}

bool mt_leftover_finish(struct mt_engine *g, const char *dev)
{
	struct mt_pool p = { 0 };
	struct mt_err ignored;
	bool finished = !mt_engine_state(g, false, &ignored) && finish(g, dev, &p);

	mt_pool_free(&p);
	return finished;
}

static void finish_all(struct mt_engine *g, char *const *names, size_t n, struct mt_pool *p)
{
	for (size_t i = 0; i < n; i++)
		finish(g, names[i], p);
}

void mt_leftovers_of(struct mt_engine *g, const char *driver, const char *guest)
{
	struct mt_pool p = { 0 };
	struct mt_err e;
	char **names, key[240];
	size_t n = 0;

	if (!mt_engine_state(g, false, &e) &&
	    !mt_lookup_find(&g->state, MT_LOOKUP_GUEST, mt_lookup_guest(driver, guest, key), &p,
			    &names, &n, &e))
		finish_all(g, names, n, &p);
	mt_pool_free(&p);
}

void mt_leftovers_all(struct mt_engine *g)
{
	struct mt_pool p = { 0 };
	struct mt_err e;
	char **names, file[32];
	size_t n;

	if (!mt_engine_state(g, false, &e) && !mt_state_list(&g->state, "nic", &p, &names, &n, &e))
		finish_all(g, names, n, &p);
	else
		n = 0;
	for (size_t i = 0; i < n; i++)
		if (mt_name_valid(names[i]) &&
		    mt_state_is_empty(&g->state, mt_state_path("nic", names[i], file)))
			mt_connected_sweep(g, names[i], &p);
	if (mt_leftovers_links(g, false, &e))
		mt_log_err(&g->o.log, LOG_ERR, &e);
	mt_pool_free(&p);
}

/* It may miss journals that other processes write at the same time: those add their own links. */
static int add_links(struct mt_engine *g, struct mt_pool *p, struct mt_err *e)
{
	struct mt_record *headers;
	size_t n;

	if (mt_connected(g, &(struct mt_nic_filter){ 0 }, p, &headers, &n, e))
		return -e->code;
	for (size_t i = 0; i < n; i++)
		if (mt_lookup_add_nic(&g->state, &headers[i], e))
			return -e->code;
	return mt_tap_guests_add_all(&g->state, p, e) ?: mt_lookup_complete(&g->state, e);
}

int mt_leftovers_links(struct mt_engine *g, bool add, struct mt_err *e)
{
	struct mt_pool p = { 0 };
	int err = mt_engine_state(g, false, e);

	if (!err && g->state.dir >= 0)
		err = (add ? add_links(g, &p, e) : 0) ?: mt_lookup_mend(&g->state, e);
	mt_pool_free(&p);
	return err;
}

int mt_leftovers_state(struct mt_engine *g, struct mt_err *e)
{
	int err = mt_engine_state(g, true, e);

	if (!err && !g->has_links) {
		err = mt_lookup_is_complete(&g->state) ? 0 : mt_leftovers_links(g, true, e);
		g->has_links = !err;
	}
	return err;
}
