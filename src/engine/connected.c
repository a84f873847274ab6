/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* connected.c - find the journals of connected NICs, and what has drifted from them */
#include "engine/engine.h"
#include "plan/drift.h"
#include "plan/lookup.h"
#include "plan/recover.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool mt_connected_is(const struct mt_record *header, const char *word)
{
	return mt_nic_is(word, header->v[MT_HEADER_DEV].name, mt_header_text(header, MT_HEADER_MAC),
			 (unsigned)header->v[MT_HEADER_INDEX].u);
}

static bool fits(const struct mt_record *h, const struct mt_nic_filter *w)
{
	if (!mt_filter_has_guest(w, mt_header_text(h, MT_HEADER_DRIVER),
				 mt_header_text(h, MT_HEADER_DOMAIN),
				 mt_header_text(h, MT_HEADER_UUID), h->v[MT_HEADER_DEV].name) ||
	    (w->managed_only && h->v[MT_HEADER_UNMANAGED].u) ||
	    (w->events_only && !strcmp(mt_header_text(h, MT_HEADER_BY), "up")))
		return false;
	for (const char *const *o = w->only; o && *o; o++)
		if (mt_connected_is(h, *o))
			return true;
	return !w->only;
}

static bool is_of_all(const struct mt_nic_filter *w)
{
	return !w->dev && !w->name && !w->uuid;
}

/* A journal that cannot be read is an error, if it matches; but among all, it hides no other. */
static int unreadable(const char *dev, const struct mt_nic_filter *which, struct mt_record *header,
		      int err)
{
	header->kind = &mt_header_kind;
	mt_record_put(header, MT_HEADER_DEV, mt_name_from(dev));
	if (is_of_all(which))
		return 0;
	return fits(header, which) ? err : -EXDEV;
}

/* The header of a device's journal, or else of its killed run's journal. kind NULL: neither. */
static int load_header(struct mt_engine *g, const char *dev, const struct mt_nic_filter *which,
		       struct mt_pool *p, struct mt_record *header, struct mt_err *e)
{
	struct mt_journal j = { 0 };
	char file[32];
	int err = mt_journal_load(&g->state, mt_state_path("nic", dev, file), mt_kinds, p, &j, e);

	if (!err && !j.header.kind)
		err = mt_journal_load(&g->state, mt_state_path("run", dev, file), mt_kinds, p, &j,
				      e);
	if (!err && !j.header.kind)
		mt_connected_sweep(g, dev, p);
	*header = j.header;
	if (mt_journal_is_unreadable(err))
		err = unreadable(dev, which, header, err);
	if (err == -EXDEV)
		header->kind = NULL; /* another network namespace's, or another guest's */
	return err == -EXDEV ? 0 : err;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A list of one device. If a person's word is no valid name, it must not become a path: empty. */
static char **list_one(const char *dev, struct mt_pool *p, size_t *n)
{
	char **names = mt_pool_alloc(p, sizeof *names);

	if (!names)
		return NULL;
	*n = mt_name_valid(dev);
	names[0] = mt_pool_copy(p, dev, strlen(dev));
	return names[0] ? names : NULL;
}

/* All devices that have a journal or a run, sorted. */
static int list_all(struct mt_engine *g, struct mt_pool *p, char ***names, size_t *n,
		    struct mt_err *e)
{
	char **nics, **runs;
	size_t running, all;

	if (mt_state_list(&g->state, "nic", p, &nics, &all, e) ||
	    mt_state_list(&g->state, "run", p, &runs, &running, e))
		return -e->code;
	*names = mt_pool_alloc(p, (all + running + 1) * sizeof **names);
	if (!*names)
		return mt_fail(e, ENOMEM, "state", g->o.state, NULL);
	if (all)
		memcpy(*names, nics, all * sizeof **names);
	*n = all;
	for (size_t i = 0; i < running; i++)
		if (!all || !bsearch(&runs[i], nics, all, sizeof *nics, by_text))
			(*names)[(*n)++] = runs[i];
	qsort(*names, *n, sizeof **names, by_text);
	return 0;
}

/* The devices of the guest, by the lookup; else all: the lookup has no uuids. */
static int list_guest(struct mt_engine *g, const struct mt_nic_filter *which, struct mt_pool *p,
		      char ***names, size_t *n, struct mt_err *e)
{
	char key[240];
	int err = which->driver && which->name && *which->name && !(which->uuid && *which->uuid)
		? mt_lookup_find(&g->state, MT_LOOKUP_GUEST,
				 mt_lookup_guest(which->driver, which->name, key), p, names, n, e)
		: -ENOENT;

	return err == -ENOENT ? list_all(g, p, names, n, e) : err;
}

int mt_connected(struct mt_engine *g, const struct mt_nic_filter *which, struct mt_pool *p,
		 struct mt_record **headers, size_t *n, struct mt_err *e)
{
	char **names = NULL;
	size_t devices = 0;

	*n = 0;
	if (mt_engine_state(g, false, e))
		return -e->code;
	if (which->dev)
		names = list_one(which->dev, p, &devices);
	else if (list_guest(g, which, p, &names, &devices, e))
		return -e->code;
	*headers = mt_pool_alloc(p, (devices + 1) * sizeof **headers);
	if ((!names && (which->dev || devices)) || !*headers)
		return mt_fail(e, ENOMEM, "state", g->o.state, NULL);
	for (size_t i = 0; i < devices; i++) {
		struct mt_record *h = &(*headers)[*n];

		if (strlen(names[i]) > MT_NAME_MAX)
			continue;
		if (load_header(g, names[i], which, p, h, e))
			return -e->code;
		if (h->kind && fits(h, which))
			++*n;
	}
	return 0;
}

struct lines {
	void (*each)(void *data, const char *line);
	void *data;
};

static void say_drift(void *data, const struct mt_drifted *d)
{
	const struct lines *l = data;
	char line[700];

	l->each(l->data, mt_drift_line(d, line, sizeof line));
}

int mt_connected_drift(struct mt_engine *g, const struct mt_record *header, struct mt_pool *p,
		       void (*each)(void *data, const char *line), void *data, struct mt_err *e)
{
	struct mt_apply w = mt_engine_apply(g, p);
	struct lines lines = { each, data };
	struct mt_journal j;
	char file[32], why[700];
	int err;

	mt_state_path("nic", header->v[MT_HEADER_DEV].name, file);
	err = mt_journal_load(&g->state, file, mt_kinds, p, &j, e);
	if (mt_journal_is_unreadable(err)) {
		each(data, mt_err_line(e, why, sizeof why));
		return 0;
	}
	if (!err)
		err = mt_drift(&w, &j, say_drift, &lines, e);
	return err < 0 ? err : 0;
}

void mt_connected_sweep(struct mt_engine *g, const char *dev, struct mt_pool *p)
{
	struct mt_apply w = mt_engine_apply(g, p);
	struct mt_err e;
	char file[32];
	int lock;

	mt_state_path("nic", dev, file);
	if (mt_state_try_lock(&g->state, file, &lock))
		return;
	if (mt_recover(&w, dev, &lock, &e))
		mt_log_err(&g->o.log, LOG_ERR, &e);
	mt_state_unlock(&g->state, file, lock);
}
