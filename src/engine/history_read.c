/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* history_read.c - records of runs: parse, list, delete, plan them again */
#include "engine/driver.h"
#include "engine/history.h"
#include "base/tokens.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct parse {
	struct mt_history *h;
	struct mt_pool *p;
	struct mt_outcome_nic *nic;
	struct mt_steps *steps; /* to which the next step is added */
	size_t cap;		/* of NICs and of log lines */
	struct mt_err *e;
};

static const char *word(char **words, int n, const char *key)
{
	const char *s = mt_tokens_get(words, n, key);

	return s ? s : "";
}

static uint32_t number(char **words, int n, const char *key)
{
	return (uint32_t)strtoul(word(words, n, key), NULL, 10);
}

static void take_run(struct mt_history *h, char **words, int n)
{
	h->event = word(words, n, "event");
	h->driver = word(words, n, "driver");
	h->guest = word(words, n, "guest");
	h->dev = word(words, n, "dev");
	h->argv = word(words, n, "words");
	h->policy = word(words, n, "policy");
	h->checksum = word(words, n, "checksum");
	h->error = word(words, n, "error");
	h->at_us = strtoull(word(words, n, "at"), NULL, 10);
	h->took_us = number(words, n, "took");
	h->exit = (int)number(words, n, "exit");
	h->outcome.times.evaluate = number(words, n, "evaluate");
	h->outcome.times.compute = number(words, n, "compute");
	h->outcome.times.make = number(words, n, "make");
}

static struct mt_steps *new_steps(struct parse *p)
{
	struct mt_steps *s = mt_pool_alloc(p->p, sizeof *s);

	if (s)
		s->pool = p->p;
	return s;
}

static int take_nic(struct parse *p, char **words, int n)
{
	const char *note = mt_tokens_get(words, n, "note");

	p->nic = &p->h->outcome.nics[p->h->outcome.n++];
	p->steps = new_steps(p);
	*p->nic =
		(struct mt_outcome_nic){ .index = (int)number(words, n, "index"),
					 .type = word(words, n, "type"),
					 .mac = word(words, n, "mac"),
					 .dev = word(words, n, "dev"),
					 .unmanaged = !strcmp(word(words, n, "unmanaged"), "true"),
					 .note = note,
					 .steps = p->steps };
	return p->steps ? 0 : mt_fail(p->e, ENOMEM, "log", "", NULL);
}

static int take_step(struct parse *p, char **words, int n)
{
	struct mt_step s;

	if (!p->steps)
		return mt_bad(p->e, "log", "", "a step of no NIC");
	if (mt_step_parse(mt_kinds, words, n, &s, p->p, p->e))
		return -p->e->code;
	return mt_steps_add(p->steps, &s) ? 0 : mt_fail(p->e, ENOMEM, "log", "", NULL);
}

/* @rest: in, out: what follows the line. Return: 1: it was the run's last line; 0; or -errno. */
static int take_line(struct parse *p, char *line, char **rest)
{
	char *words[2 * MT_FIELDS_MAX + 4];
	int n = mt_tokens_split(line, words, sizeof words / sizeof *words);
	struct mt_history *h = p->h;
	size_t bytes;

	if (n < 1)
		return mt_bad(p->e, "log", "", "a line that means nothing");
	if (!strcmp(words[0], "run"))
		return take_run(h, words, n), 0;
	if (!strcmp(words[0], "log"))
		return h->logs[h->nlogs++] = word(words, n, "text"), 0;
	if (!strcmp(words[0], "nic"))
		return take_nic(p, words, n);
	if (!strcmp(words[0], "cut"))
		return h->cut = true, 0;
	if (!strcmp(words[0], "end"))
		return 1;
	if (!strcmp(words[0], "undone") && p->nic) {
		p->steps = new_steps(p);
		p->nic->undone = p->steps;
		return p->steps ? 0 : mt_fail(p->e, ENOMEM, "log", "", NULL);
	}
	if (strcmp(words[0], "facts"))
		return take_step(p, words, n);
	bytes = number(words, n, "bytes");
	if (bytes > strlen(*rest) || strncmp(*rest + bytes, "end\n", 4))
		return mt_bad(p->e, "log", "", "it is cut");
	h->outcome.facts = *rest;
	h->outcome.facts_n = bytes;
	*rest += bytes;
	return 0;
}

/* Where the next run begins; NULL: there is none. */
static char *next_run(char *text)
{
	char *at = strncmp(text, "run at=", 7) ? strstr(text, "\nrun at=") : text;

	return at && *at == '\n' ? at + 1 : at;
}

static int begin_run(struct parse *p, const char *text)
{
	struct mt_history *h = p->h;
	size_t lines = 1;

	*h = (struct mt_history){ .event = "", .outcome = { .uuid = "" } };
	for (const char *c = text; *c; c++) {
		lines += *c == '\n';
		if (!strncmp(c, "\nend\n", 5))
			break;
	}
	h->outcome.nics = mt_pool_alloc(p->p, lines * sizeof *h->outcome.nics);
	h->logs = mt_pool_alloc(p->p, lines * sizeof *h->logs);
	return h->outcome.nics && h->logs ? 0 : mt_fail(p->e, ENOMEM, "log", "", NULL);
}

int mt_history_parse(char **text, struct mt_pool *p, struct mt_history *h, struct mt_err *e)
{
	struct parse parse = { .h = h, .p = p, .e = e };
	char *line = next_run(*text), *end = line;
	int done = 0;

	*text = line ? line : *text + strlen(*text);
	if (!line)
		return -ENOENT;
	if (begin_run(&parse, line))
		return -e->code;
	for (; !done && (end = strchr(line, '\n')); line = end) {
		if (*h->event && !strncmp(line, "run at=", 7))
			break; /* the run before has no end */
		*end++ = 0;
		*text = end;
		done = take_line(&parse, line, &end);
		*text = done ? end : *text;
	}
	h->outcome.name = h->guest;
	if (!end && line)
		*text = line + strlen(line);
	if (done < 0)
		return done;
	return done && *h->event ? 0 : mt_bad(e, "log", "", "it is cut");
}

bool mt_history_has(const struct mt_engine *g, const char *driver, const char *name,
		    const char *dev)
{
	char file[256];

	return g->state.dir >= 0 &&
		!faccessat(g->state.dir, mt_history_file(driver, name, dev, file), F_OK,
			   AT_SYMLINK_NOFOLLOW);
}

struct listing {
	struct mt_engine *g;
	struct mt_pool *p;
	struct mt_history *at;
	size_t n, cap;
};

static struct mt_history *more_room(struct listing *l)
{
	struct mt_history *at = mt_pool_room(l->p, l->at, l->n, &l->cap, sizeof *at);

	if (!at)
		return NULL;
	l->at = at;
	return at + l->n;
}

/* Add a file's runs. One that is damaged, or of another version of moontap, hides no others. */
static int read_file(struct listing *l, const char *path, struct mt_err *e)
{
	char *text;
	size_t first = l->n;
	struct mt_err one;
	int err;

	if (mt_state_read(&l->g->state, path, l->p, &text, &one))
		return 0;
	do {
		struct mt_history *h = more_room(l);

		if (!h)
			return mt_fail(e, ENOMEM, "log", path, NULL);
		err = mt_history_parse(&text, l->p, h, &one);
		l->n += !err;
		if (err && err != -ENOENT)
			mt_log(&l->g->o.log, LOG_WARNING, "%s: %s", path, one.text);
	} while (err != -ENOENT);
	if (l->n - first > MT_HISTORY_RUNS) {
		memmove(l->at + first, l->at + l->n - MT_HISTORY_RUNS,
			MT_HISTORY_RUNS * sizeof *l->at);
		l->n = first + MT_HISTORY_RUNS;
	}
	return 0;
}

static int by_time(const void *a, const void *b)
{
	const struct mt_history *x = a, *y = b;

	return (x->at_us > y->at_us) - (x->at_us < y->at_us);
}

static int read_all(struct listing *l, struct mt_err *e)
{
	char **files, path[320];
	size_t n;
	int err = mt_state_list(&l->g->state, "log", l->p, &files, &n, e);

	for (size_t i = 0; !err && i < n; i++) {
		snprintf(path, sizeof path, "log/%s", files[i]);
		err = read_file(l, path, e);
	}
	return err;
}

/* A user's file has the runs of several guests. */
static void keep_guest(struct listing *l, const struct mt_nic_filter *guest)
{
	size_t kept = 0;

	if (!guest || !mt_driver_user(guest->driver))
		return;
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->at[i].guest, guest->name))
			l->at[kept++] = l->at[i];
	l->n = kept;
}

int mt_history_list(struct mt_engine *g, const struct mt_nic_filter *guest, struct mt_pool *p,
		    struct mt_history **runs, size_t *n, struct mt_err *e)
{
	struct listing l = { .g = g, .p = p };
	char file[256];
	int err = mt_engine_state(g, false, e);

	*n = 0;
	if (!err && guest)
		err = read_file(
			&l, mt_history_file(guest->driver, guest->name, guest->dev ?: "", file), e);
	else if (!err)
		err = read_all(&l, e);
	if (err)
		return err;
	keep_guest(&l, guest);
	if (l.n)
		qsort(l.at, l.n, sizeof *l.at, by_time);
	*runs = l.at;
	*n = l.n;
	return 0;
}

static int clear_file(struct mt_engine *g, const char *path, size_t *n, struct mt_err *e)
{
	int err;

	if (!mt_state_modified(&g->state, path))
		return 0;
	err = mt_state_remove(&g->state, path, e);
	*n += !err;
	return err;
}

int mt_history_clear(struct mt_engine *g, const struct mt_nic_filter *guest, size_t *n,
		     struct mt_err *e)
{
	struct mt_pool p = { 0 };
	char **files = NULL, path[320];
	size_t found = 0;
	int err = mt_engine_state(g, false, e);

	*n = 0;
	if (!err && guest)
		err = clear_file(
			g, mt_history_file(guest->driver, guest->name, guest->dev ?: "", path), n,
			e);
	else if (!err)
		err = mt_state_list(&g->state, "log", &p, &files, &found, e);
	for (size_t i = 0; !err && i < found; i++) {
		snprintf(path, sizeof path, "log/%s", files[i]);
		err = clear_file(g, path, n, e);
	}
	mt_pool_free(&p);
	return err;
}

/* A run of a QEMU script was about one NIC: the guest's with this tap, or an unknown guest's. */
static void replay_tap(const struct mt_history *run, struct mt_event_params *ask, char index[16],
		       const char *only[2])
{
	const struct mt_outcome *was = &run->outcome;

	ask->request.dev = run->dev;
	for (size_t i = 0; *run->guest && i < was->n; i++) {
		if (strcmp(was->nics[i].dev, run->dev))
			continue;
		snprintf(index, 16, "%d", was->nics[i].index);
		only[0] = index;
		ask->request.only = only;
	}
}

bool mt_history_can_replay(const struct mt_history *run)
{
	return run->outcome.facts ||
		(!*run->guest && *run->dev && !strcmp(run->event, "qemu-ifup"));
}

const struct mt_history *mt_history_latest(const struct mt_history *runs, size_t n)
{
	for (size_t i = n; i; i--)
		if (mt_history_can_replay(&runs[i - 1]))
			return &runs[i - 1];
	return &runs[n - 1];
}

int mt_history_replay(struct mt_engine *g, const struct mt_history *run, const char *const *only,
		      struct mt_outcome *out, struct mt_err *e)
{
	const struct mt_outcome *was = &run->outcome;
	struct mt_event_params ask = { .request.source = { .fd = -1,
							   .bytes = was->facts,
							   .n = was->facts_n,
							   .facts = true,
							   .name = run->guest },
				       .request.want = MT_WANT_PLANS,
				       .driver = run->driver,
				       .guest = *run->guest ? run->guest : NULL,
				       .by = "up",
				       .request.managed = true,
				       .request.unmanaged = true,
				       .request.known = *run->guest != 0,
				       .dry = true,
				       .request.unnamed = "$DEV" };
	const char *one[2] = { NULL };
	char index[16];

	if (*run->dev)
		replay_tap(run, &ask, index, one);
	if (only)
		ask.request.only = only;
	if (!mt_history_can_replay(run))
		return mt_bad(e, "replay", run->event, MT_HISTORY_NO_FACTS);
	return mt_connect(g, &ask, out, e);
}
