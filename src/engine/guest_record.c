/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* guest_record.c - write, read and delete the files of remembered guests */
#include "engine/guest_record.h"
#include "engine/tap_guests.h"
#include "plan/lookup.h"
#include "base/tokens.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void file_of(const char *driver, const char *guest, char *buf, size_t n)
{
	char name[240];

	snprintf(buf, n, "domain/%s", mt_lookup_guest(driver, guest, name));
}

static void put(FILE *f, const char *key, const char *value)
{
	char escaped[3 * MT_TEXT_MAX + 1];

	if (!value || !*value)
		return;
	mt_token_escape(value, escaped, sizeof escaped);
	fprintf(f, " %s=%s", key, escaped);
}

static void write_memory(FILE *f, struct mt_engine *g, const struct mt_event_params *ask,
			 const char *driver, const char *guest, const struct mt_answer *a)
{
	fprintf(f, "domain netns=%llu incoming=%s started=%s", (unsigned long long)g->state.netns,
		ask->request.incoming ? "true" : "false", ask->started ? "true" : "false");
	put(f, "driver", driver);
	put(f, "by", ask->by);
	put(f, "name", guest);
	put(f, "uuid", a->uuid);
	put(f, "type", a->type);
	for (size_t i = 0; i < a->n; i++) {
		const struct mt_interface *nic = &a->nics[i];

		fprintf(f, "\ninterface index=%d unmanaged=%s", nic->index,
			nic->unmanaged ? "true" : "false");
		put(f, "type", nic->type);
		put(f, "mac", nic->mac);
		put(f, "dev", nic->dev);
	}
	fprintf(f, "\nfacts bytes=%zu\n", a->facts_n);
	if (a->facts_n)
		fwrite(a->facts, 1, a->facts_n, f);
	fputs("end\n", f);
}

/* "domain/qemu-web": without its folder. */
static const char *below_domain(const char *file)
{
	return strchr(file, '/') + 1;
}

/* @before: out, in @p: the file's text until now; "": it is new */
static int keep(struct mt_engine *g, const char *file, const char *text, size_t n,
		struct mt_pool *p, char **before, struct mt_err *e)
{
	const char *guest = below_domain(file);
	struct mt_err ignored;
	int lock, err = mt_state_lock(&g->state, file, &lock, e); /* events may run in parallel */

	if (!err)
		err = mt_state_read(&g->state, file, p, before, e);
	if (!err)
		err = mt_tap_guests_add(&g->state, guest, text, p, e)
			?: mt_state_replace(&g->state, file, text, n, &lock, e);
	if (*before)
		mt_tap_guests_drop(&g->state, guest, err ? text : *before, err ? *before : text, p,
				   &ignored);
	if (lock >= 0)
		mt_state_unlock(&g->state, file, lock);
	return err;
}

int mt_remember(struct mt_engine *g, const struct mt_event_params *ask, const char *driver,
		const char *guest, const struct mt_answer *a, const char **before, struct mt_err *e)
{
	char file[300], *text = NULL, *old = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	int err;

	if (!f)
		return mt_fail(e, ENOMEM, "remember", guest, NULL);
	write_memory(f, g, ask, driver, guest, a);
	err = ferror(f);
	if (fclose(f) || err || !text) { /* the text is NULL if fclose() could not shrink it */
		free(text);
		return mt_fail(e, ENOMEM, "remember", guest, NULL);
	}
	file_of(driver, guest, file, sizeof file);
	err = keep(g, file, text, n, a->pool, &old, e);
	*before = old && *old ? old : NULL; /* "": mt_state_lock() has created the file */
	free(text);
	return err;
}

void mt_remember_before(struct mt_engine *g, const char *driver, const char *guest,
			const char *before)
{
	struct mt_pool p = { 0 };
	struct mt_err e;
	char file[300], *now;

	file_of(driver, guest, file, sizeof file);
	if (before ? keep(g, file, before, strlen(before), &p, &now, &e)
		   : mt_forget(g, driver, guest, &e))
		mt_log_err(&g->o.log, LOG_WARNING, &e);
	mt_pool_free(&p);
}

static int read_memory(struct mt_engine *g, const char *file, struct mt_pool *p,
		       struct mt_guest_record *m, struct mt_err *e)
{
	char *text;
	int err = mt_state_read(&g->state, file, p, &text, e);

	if (err)
		return err;
	err = mt_guest_text_read(text, p, m, e);
	m->since = mt_state_modified(&g->state, file);
	if (err && err != -ENOENT)
		return mt_err_in(e, "%s", file);
	return err || (g->state.netns && m->netns != g->state.netns) ? -ENOENT : 0;
}

int mt_recall(struct mt_engine *g, const char *driver, const char *guest, struct mt_pool *p,
	      struct mt_guest_record *m, struct mt_err *e)
{
	char file[300];

	file_of(driver, guest, file, sizeof file);
	return read_memory(g, file, p, m, e);
}

static int read_all(struct mt_engine *g, char *const *names, size_t found, struct mt_pool *p,
		    struct mt_guest_record **m, size_t *n, struct mt_err *e)
{
	char file[300];

	*n = 0;
	*m = mt_pool_alloc(p, (found + 1) * sizeof **m);
	if (!*m)
		return mt_fail(e, ENOMEM, "remember", "", NULL);
	for (size_t i = 0; i < found; i++) {
		struct mt_err one;
		int err;

		snprintf(file, sizeof file, "domain/%s", names[i]);
		err = read_memory(g, file, p, &(*m)[*n], &one);
		if (!err)
			++*n;
		else if (err != -ENOENT) /* one damaged file must not stop the other guests */
			mt_log(&g->o.log, LOG_WARNING, "%s: %s", file, one.text);
	}
	return 0;
}

int mt_recall_all(struct mt_engine *g, struct mt_pool *p, struct mt_guest_record **m, size_t *n,
		  struct mt_err *e)
{
	char **names;
	size_t found;

	*n = 0;
	return mt_state_list(&g->state, "domain", p, &names, &found, e)
		?: read_all(g, names, found, p, m, n, e);
}

int mt_recall_of_tap(struct mt_engine *g, const struct mt_device *tap, struct mt_pool *p,
		     struct mt_guest_record **m, size_t *n, struct mt_err *e)
{
	char **names;
	size_t found;
	int err = mt_tap_guests_find(&g->state, tap, p, &names, &found, e);

	*n = 0;
	if (err == -ENOENT)
		return mt_recall_all(g, p, m, n, e);
	return err ?: read_all(g, names, found, p, m, n, e);
}

void mt_params_from_record(struct mt_event_params *ask, const struct mt_guest_record *m)
{
	ask->request.source = (struct mt_source){ .fd = -1,
						  .bytes = m->answer.facts,
						  .n = m->answer.facts_n,
						  .facts = true,
						  .name = m->name };
	ask->driver = m->driver;
	ask->guest = m->name;
	ask->request.known = true;
	ask->request.incoming = m->incoming;
	ask->started = m->started;
}

/* by: what is connected for a guest of libvirt's hook script is disconnected at its release. */
int mt_params_from_guest(struct mt_engine *g, const struct mt_nic_filter *guest,
			 struct mt_event_params *ask, struct mt_pool *p, struct mt_err *e)
{
	struct mt_guest_record *m = mt_pool_alloc(p, sizeof *m);
	int err;

	if (!m)
		return mt_fail(e, ENOMEM, "guest", guest->name, NULL);
	err = mt_engine_state(g, false, e);
	if (!err)
		err = mt_recall(g, guest->driver, guest->name, p, m, e);
	if (err)
		return err;
	mt_params_from_record(ask, m);
	ask->by = m->by_up ? "up" : "hook";
	ask->arrived = m->incoming;
	ask->request.incoming = false; /* a person asks only after it has arrived */
	ask->remember = !ask->dry;
	return 0;
}

/* Delete a locked record, and the temporary file that a killed process may have left beside it. */
static int drop(struct mt_engine *g, const char *file, int lock, struct mt_err *e)
{
	struct mt_pool p = { 0 };
	struct mt_err ignored;
	char *text;
	int beside = -1, err = mt_state_read(&g->state, file, &p, &text, &ignored);

	if (err)
		text = NULL;
	mt_state_discard(&g->state, file, &beside);
	/* empty it first, and delete it last: an empty file is no record, but still the lock that
	 * deleting the links needs */
	err = mt_state_empty(lock, file, e)
		?: mt_tap_guests_drop(&g->state, below_domain(file), text, NULL, &p, e)
		?: mt_state_remove(&g->state, file, e);
	close(lock);
	mt_pool_free(&p);
	return err;
}

int mt_forget(struct mt_engine *g, const char *driver, const char *guest, struct mt_err *e)
{
	char file[300];
	int lock;

	file_of(driver, guest, file, sizeof file);
	if (!mt_state_modified(&g->state, file))
		return 0;
	return mt_state_lock(&g->state, file, &lock, e) ?: drop(g, file, lock, e);
}

static int count_connected(struct mt_engine *g, const char *driver, const char *guest, size_t *n,
			   struct mt_err *e)
{
	struct mt_nic_filter which = { .driver = driver, .name = guest };
	struct mt_pool p = { 0 };
	struct mt_record *headers;
	int err = mt_connected(g, &which, &p, &headers, n, e);

	mt_pool_free(&p);
	return err;
}

int mt_forget_event(struct mt_engine *g, const char *driver, const char *guest, struct mt_err *e)
{
	struct mt_event_params ask = { .by = "up" };
	struct mt_pool p = { 0 };
	const char *before;
	struct mt_guest_record m;
	size_t n;
	int err = count_connected(g, driver, guest, &n, e);

	if (!err && (!n || mt_recall(g, driver, guest, &p, &m, e)))
		err = mt_forget(g, driver, guest, e);
	else if (!err)
		err = mt_remember(g, &ask, driver, guest, &m.answer, &before, e);
	mt_pool_free(&p);
	return err;
}

/* Return: 1: the record is a person's up's and none of its NICs is connected any more, or it is
 * empty, since a killed process has only created it; 0: it is used; or -errno. */
static int is_unused(struct mt_engine *g, const char *file, struct mt_pool *p, struct mt_err *e)
{
	struct mt_guest_record m;
	size_t n;
	int err = read_memory(g, file, p, &m, e);

	if (err == -ENOENT)
		return 1;
	if (err)
		return err == -ENOMEM ? err : 0; /* damaged: keep it for a person */
	if (!m.by_up)
		return 0;
	err = count_connected(g, m.driver, m.name, &n, e);
	return err ? err : !n;
}

static int forget_if_unused(struct mt_engine *g, const char *file, struct mt_pool *p,
			    struct mt_err *e)
{
	int lock, err = is_unused(g, file, p, e);

	if (err != 1 || !mt_state_modified(&g->state, file))
		return err < 0 ? err : 0;
	err = mt_state_try_lock(&g->state, file, &lock);
	if (err)
		return 0; /* deleted, or about to be connected */
	err = is_unused(g, file, p, e);
	if (err == 1)
		return drop(g, file, lock, e);
	close(lock);
	return err;
}

int mt_forget_unused(struct mt_engine *g, const char *driver, const char *guest, struct mt_err *e)
{
	struct mt_pool p = { 0 };
	char **names = NULL, file[300];
	size_t n = 0;
	int err = 0;

	if (driver && guest) {
		file_of(driver, guest, file, sizeof file);
		err = forget_if_unused(g, file, &p, e);
	} else {
		err = mt_state_list(&g->state, "domain", &p, &names, &n, e);
	}
	for (size_t i = 0; i < n && !err; i++) {
		snprintf(file, sizeof file, "domain/%s", names[i]);
		err = forget_if_unused(g, file, &p, e);
	}
	mt_pool_free(&p);
	return err;
}
