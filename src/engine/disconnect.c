/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* disconnect.c - which journals are meant, and replaying them backwards; nothing is evaluated */
#include "engine/engine.h"
#include "engine/guest.h"
#include "engine/leftovers.h"
#include "engine/guest_record.h"
#include "plan/drift.h"
#include "plan/lookup.h"
#include "plan/recover.h"
#include "plan/together.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool mt_nic_is(const char *word, const char *dev, const char *mac, unsigned index)
{
	char number[16];

	snprintf(number, sizeof number, "%u", index);
	return !strcmp(word, dev) || !strcasecmp(word, mac) || !strcmp(word, number);
}

int mt_no_nic(struct mt_err *e, const char *word)
{
	mt_bad(e, "", "", "there is no NIC '%s'", word);
	e->blame = MT_BLAME_USAGE;
	return -e->code;
}

bool mt_filter_has_guest(const struct mt_nic_filter *w, const char *driver, const char *name,
			 const char *uuid, const char *dev)
{
	if ((w->driver && strcmp(w->driver, driver)) || (w->dev && strcmp(w->dev, dev)))
		return false;
	if (w->uuid && *w->uuid && *uuid)
		return !strcasecmp(w->uuid, uuid);
	return !w->name || !strcmp(w->name, name);
}

static bool fits(const struct mt_record *h, const struct mt_nic_filter *w)
{
	const char *dev = h->v[MT_HEADER_DEV].name, *mac = mt_header_text(h, MT_HEADER_MAC);

	if (!mt_filter_has_guest(w, mt_header_text(h, MT_HEADER_DRIVER),
				 mt_header_text(h, MT_HEADER_DOMAIN),
				 mt_header_text(h, MT_HEADER_UUID), dev) ||
	    (w->managed_only && h->v[MT_HEADER_UNMANAGED].u) ||
	    (w->events_only && !strcmp(mt_header_text(h, MT_HEADER_BY), "up")))
		return false;
	for (const char *const *o = w->only; o && *o; o++)
		if (mt_nic_is(*o, dev, mac, (unsigned)h->v[MT_HEADER_INDEX].u))
			return true;
	return !w->only;
}

static bool is_of_all(const struct mt_nic_filter *w)
{
	return !w->dev && !w->name && !w->uuid;
}

/* One that cannot be read is an error for whoever means it; among all there are others. */
static int unreadable(const char *dev, const struct mt_nic_filter *which, struct mt_record *header,
		      int err)
{
	header->kind = &mt_header_kind;
	mt_record_put(header, MT_HEADER_DEV, mt_name_from(dev));
	if (is_of_all(which))
		return 0;
	return fits(header, which) ? err : -EXDEV;
}

/* Of a run that was killed before it had a journal, the run's. */
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
		mt_leftovers_sweep(g, dev, p);
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

/* The device that is named, as a list. What a person names may be no device's name: no path of
 * its. */
static char **list_one(const char *dev, struct mt_pool *p, size_t *n)
{
	char **names = mt_pool_alloc(p, sizeof *names);

	if (!names)
		return NULL;
	*n = mt_name_valid(dev);
	names[0] = mt_pool_copy(p, dev, strlen(dev));
	return names[0] ? names : NULL;
}

/* All that have a journal or a run. */
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

/* Of one guest, an event's, or of all. By a uuid no journal is found but by reading it. */
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

/* @done: the steps that go back */
static void begin_outcome(const struct mt_record *h, struct mt_steps *done, struct mt_outcome *out)
{
	out->nics[out->n++] = (struct mt_outcome_nic){ .index = (int)h->v[MT_HEADER_INDEX].u,
						       .type = "ethernet",
						       .mac = mt_header_text(h, MT_HEADER_MAC),
						       .dev = h->v[MT_HEADER_DEV].name,
						       .unmanaged = h->v[MT_HEADER_UNMANAGED].u,
						       .undone = done };
	out->name = mt_header_text(h, MT_HEADER_DOMAIN);
	out->uuid = mt_header_text(h, MT_HEADER_UUID);
}

/* The first error is the event's, the others are logged. */
struct errors {
	struct mt_engine *g;
	struct mt_err *first;
};

static void note_error(struct errors *to, const struct mt_record *h, struct mt_err *one)
{
	char line[700];

	mt_err_in_nic(one, (int)h->v[MT_HEADER_INDEX].u, h->v[MT_HEADER_DEV].name);
	if (to->first->code)
		mt_log(&to->g->o.log, LOG_ERR, "%s", mt_err_line(one, line, sizeof line));
	else
		*to->first = *one;
}

/* In the order of their names, in which everybody takes their locks. */
static int disconnect_each(struct mt_engine *g, const struct mt_record *headers, size_t n,
			   bool evict, struct mt_outcome *out, struct mt_err *e)
{
	struct mt_leaving *all = mt_pool_alloc(&out->pool, (n + 1) * sizeof *all);
	struct mt_leaving **begun = mt_pool_alloc(&out->pool, (n + 1) * sizeof *begun);
	struct mt_steps *undone = mt_pool_alloc(&out->pool, (n + 1) * sizeof *undone);
	struct errors errors = { g, e };
	struct mt_err one;
	size_t nbegun = 0;

	*e = (struct mt_err){ 0 };
	if (!all || !begun || !undone)
		return mt_fail(e, ENOMEM, "down", "", NULL);
	for (size_t i = 0; i < n; i++) {
		undone[i].pool = &out->pool;
		begin_outcome(&headers[i], &undone[i], out);
		all[i].apply = mt_engine_apply(g, &out->pool);
		all[i].apply.done = &undone[i];
		all[i].apply.evict = evict;
		all[i].dev = headers[i].v[MT_HEADER_DEV].name;
		all[i].ifindex = (uint32_t)headers[i].v[MT_HEADER_IFINDEX].u;
		if (mt_disconnect_begin(&all[i], &one))
			note_error(&errors, &headers[i], &one);
		else
			begun[nbegun++] = &all[i];
	}
	mt_devices_together(begun, nbegun);
	for (size_t i = 0; i < nbegun; i++)
		if (mt_disconnect_end(begun[i], &one))
			note_error(&errors, &headers[begun[i] - all], &one);
	for (size_t i = 0; i < n; i++)
		out->left += all[i].apply.left;
	return -e->code;
}

int mt_guest_of(struct mt_engine *g, const struct mt_event_params *ask, struct mt_pool *p,
		struct mt_nic_filter *which, struct mt_err *e)
{
	struct mt_outcome of = { .name = "", .uuid = "" };
	int err = mt_connect(g, ask, &of, e);

	if (!err) {
		which->driver = of.driver; /* no text of the outcome's */
		which->name = mt_pool_copy(p, of.name, strlen(of.name));
		which->uuid = mt_pool_copy(p, of.uuid, strlen(of.uuid));
		if (!which->name || !which->uuid)
			err = mt_fail(e, ENOMEM, "down", "", NULL);
	}
	mt_outcome_free(&of);
	return err;
}

/* Of a guest of which nothing is known any more, no NIC is known not to have been there. */
static int check_named(struct mt_engine *g, const struct mt_nic_filter *which, struct mt_pool *p,
		       struct mt_err *e)
{
	struct mt_nic_filter all = *which;
	struct mt_guest_record m = { 0 };
	struct mt_record *headers;
	size_t n;
	int err = 0;

	all.only = NULL;
	if (mt_connected(g, &all, p, &headers, &n, e))
		return -e->code;
	if (which->name && *which->name && which->driver)
		err = mt_recall(g, which->driver, which->name, p, &m, e);
	if (err && err != -ENOENT)
		return err;
	for (const char *const *o = n || m.answer.n ? which->only : NULL; o && *o; o++) {
		bool any = false;

		for (size_t i = 0; i < n; i++)
			any |= mt_nic_is(*o, headers[i].v[MT_HEADER_DEV].name,
					 mt_header_text(&headers[i], MT_HEADER_MAC),
					 (unsigned)headers[i].v[MT_HEADER_INDEX].u);
		for (size_t i = 0; i < m.answer.n; i++)
			any |= mt_nic_is(*o, m.answer.nics[i].dev, m.answer.nics[i].mac,
					 (unsigned)m.answer.nics[i].index);
		if (!any)
			return mt_no_nic(e, *o);
	}
	return 0;
}

/* What was remembered of them; a killed run may have left just that. */
static int forget_guests(struct mt_engine *g, const struct mt_nic_filter *which,
			 const struct mt_record *headers, size_t n, struct mt_err *e)
{
	int err = 0;

	if (!n && which->name && mt_can_change_network())
		return mt_forget_unused(g, which->driver, which->name, e);
	for (size_t i = 0; i < n && !err; i++)
		if (!i ||
		    strcmp(mt_header_text(&headers[i], MT_HEADER_DOMAIN),
			   mt_header_text(&headers[i - 1], MT_HEADER_DOMAIN)))
			err = mt_forget_unused(g, mt_header_text(&headers[i], MT_HEADER_DRIVER),
					       mt_header_text(&headers[i], MT_HEADER_DOMAIN), e);
	return err;
}

int mt_disconnect_all(struct mt_engine *g, const struct mt_nic_filter *which,
		      struct mt_outcome *out, struct mt_err *e)
{
	struct mt_record *headers;
	int64_t begun = mt_engine_now_us();
	struct mt_err one;
	size_t n;
	int err;

	out->name = out->uuid = "";
	/* all guests of the host, or all that nobody knows: nobody means that */
	if (!which->dev && (!which->name || !*which->name))
		return mt_guest_unnamed(e);
	if (which->only && check_named(g, which, &out->pool, e)) {
		out->name = which->name ? which->name : "";
		return -e->code;
	}
	if (mt_connected(g, which, &out->pool, &headers, &n, e))
		return -e->code;
	out->nics = mt_pool_alloc(&out->pool, (n + 1) * sizeof *out->nics);
	if (!out->nics)
		return mt_fail(e, ENOMEM, "down", "", NULL);
	err = disconnect_each(g, headers, n, which->evict, out, e);
	if (forget_guests(g, which, headers, n, &one) && !err)
		*e = one, err = -one.code;
	for (size_t i = 0; err && i < out->n; i++)
		if (out->nics[i].undone->n) /* some of it is down, and some is not */
			e->blame = MT_BLAME_UNDO;
	out->times.make = (uint32_t)(mt_engine_now_us() - begun);
	return err;
}
