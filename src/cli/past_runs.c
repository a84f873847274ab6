/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* past_runs.c - log, replay: how earlier runs ended, and what they would do now */
#include "base/sh.h"
#include "cli/cli.h"
#include "cli/exits.h"
#include "cli/table.h"
#include "engine/history.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { GUEST, BACK, TIME, EVENT, RESULT, MS, EXIT, ERROR };

/* GUEST and RUN first: they are `moontap log`'s arguments. */
static const struct mt_column columns[] = {
	[GUEST] = { "GUEST", "domain" },
	[BACK] = { "RUN", "run", MT_CELL_NUMBER },
	[TIME] = { "TIME", "time" },
	[EVENT] = { "EVENT", "event" },
	[RESULT] = { "RESULT", "result" },
	[MS] = { "MS", "ms", MT_CELL_NUMBER },
	[EXIT] = { "", "exit", MT_CELL_NUMBER },
	[ERROR] = { NULL },
};

const char *mt_run_result(const struct mt_history *h)
{
	if (!h->exit && *h->error)
		return "failed, guest runs on";
	for (int i = 0; mt_exits[i].name; i++)
		if (h->exit == i)
			return mt_exits[i].name;
	return "?";
}

/* For a guest whose name is unknown, its tap's name. */
static const char *name_of(const struct mt_history *h)
{
	return *h->guest ? h->guest : h->dev;
}

static bool same_guest(const struct mt_history *a, const struct mt_history *b)
{
	return !strcmp(a->guest, b->guest) && !strcmp(a->driver, b->driver) &&
		(*a->guest || !strcmp(a->dev, b->dev));
}

/* The run's number, as `moontap log GUEST -N` takes it: -1 is the guest's last. */
static int back_of(const struct mt_history *runs, size_t n, size_t i)
{
	int back = 1;

	for (size_t k = i + 1; k < n; k++)
		back += same_guest(&runs[k], &runs[i]);
	return -back;
}

static int list_runs(const struct mt_cli *c, const struct mt_history *runs, size_t n,
		     struct mt_pool *p)
{
	struct mt_table t = { .columns = columns, .notes = "error", .pool = p };
	char when[32];

	for (size_t i = 0; i < n && mt_table_row(&t); i++) {
		const struct mt_history *h = &runs[i];

		mt_table_cell(&t, BACK, 0, "%d", back_of(runs, n, i));
		mt_table_cell(&t, TIME, 0, "%s.%03u", mt_print_time(h->at_us / 1000000, when),
			      (unsigned)(h->at_us / 1000 % 1000));
		mt_table_cell(&t, GUEST, 'b', "%s", name_of(h));
		mt_table_cell(&t, EVENT, 0, "%s", h->event);
		mt_table_cell(&t, RESULT, *h->error ? '-' : '+', "%s", mt_run_result(h));
		mt_table_cell(&t, MS, 0, "%.1f", h->took_us / 1000.0);
		mt_table_cell(&t, EXIT, 0, "%d", h->exit);
		if (*h->error)
			mt_table_note(&t, "%s", h->error);
	}
	return mt_print_table(c, &t, "no run is on record", stdout);
}

static void print_line(const char *label, const char *text, char colour)
{
	if (!*text)
		return;
	printf("  %s%-9s%s %s", mt_colour(stdout, '='), label, mt_colour(stdout, 0),
	       mt_colour(stdout, colour));
	mt_print_clean(text, stdout);
	printf("%s\n", colour ? mt_colour(stdout, 0) : "");
}

static void print_policy(const struct mt_history *h)
{
	char line[512];

	snprintf(line, sizeof line, "%s%s%s", h->policy, *h->checksum ? ", checksum " : "",
		 *h->checksum	      ? h->checksum
			 : *h->policy ? " (there was none)"
				      : "");
	print_line("policy", line, 0);
}

static void print_times(const struct mt_history *h)
{
	const struct mt_times *t = &h->outcome.times;
	char line[128];

	snprintf(line, sizeof line, "%.1f ms: evaluate %.1f, compute %.1f, apply %.1f",
		 h->took_us / 1e3, t->evaluate / 1e3, t->compute / 1e3, t->make / 1e3);
	print_line("took", line, 0);
}

static void print_run(const struct mt_cli *c, const struct mt_history *h, unsigned back)
{
	char when[32], text[40], advice[MT_LINE_MAX];

	printf("%s", mt_colour(stdout, 'b'));
	mt_print_clean(name_of(h), stdout);
	printf(" %s%s, %s: %s%s", h->event, mt_colour(stdout, 0),
	       mt_print_time(h->at_us / 1000000, when), mt_colour(stdout, *h->error ? '-' : '+'),
	       mt_run_result(h));
	printf("%s (exit %d)\n", mt_colour(stdout, 0), h->exit);
	print_line("with", h->argv, 0);
	print_policy(h);
	print_times(h);
	for (size_t i = 0; i < h->nlogs; i++)
		print_line("log", h->logs[i], 0);
	print_line("error", h->error, '-');
	if (h->outcome.n)
		putchar('\n');
	mt_print_outcome(c, &h->outcome, stdout);
	if (h->cut)
		printf("  ... and more steps, which were not kept\n");
	if (!mt_history_can_replay(h))
		return;
	snprintf(text, sizeof text, "moontap replay @ -%u", back);
	printf("\n%splan the same with the policy as it is now: %s%s\n", mt_colour(stdout, '='),
	       mt_sh_advice(advice, sizeof advice, text, name_of(h)), mt_colour(stdout, 0));
}

static int print_whole(const struct mt_cli *c, const struct mt_history *h)
{
	const struct mt_json *json;

	if (!c->json)
		return print_run(c, h, c->back), 0;
	json = mt_json_load(c);
	return mt_print_json(c, json, json ? json->history(h) : NULL, stdout);
}

/* Load the runs of args[0], or of all guests, and require that run -N exists. Return: 0, or the
 * exit status after printing why. */
static int load(struct mt_cli *c, struct mt_engine *g, struct mt_pool *p, struct mt_history **runs,
		size_t *n)
{
	const char *guest = c->n ? c->args[0] : NULL;
	struct mt_nic_filter which;
	struct mt_err e = { 0 };
	int status = mt_cli_engine(c, g);

	if (!status && guest)
		status = mt_cli_guest(c, g, p, &which);
	if (status)
		return status;
	if (mt_history_list(g, guest ? &which : NULL, p, runs, n, &e))
		return mt_cli_error(c, guest, &e);
	if (!c->back || c->back <= *n)
		return 0;
	mt_fail(&e, ENOENT, "log", NULL, "there is no run -%u: %zu %s on record", c->back, *n,
		*n == 1 ? "is" : "are");
	e.blame = MT_BLAME_INPUT;
	return mt_cli_error(c, guest, &e);
}

static int clear(struct mt_cli *c)
{
	struct mt_engine g = { .state.dir = -1 };
	struct mt_nic_filter guest;
	struct mt_pool p = { 0 };
	struct mt_err e = { 0 };
	size_t n = 0;
	int status = mt_cli_engine(c, &g);

	if (!status && c->n)
		status = mt_cli_guest(c, &g, &p, &guest);
	if (!status && mt_history_clear(&g, c->n ? &guest : NULL, &n, &e))
		status = mt_cli_error(c, NULL, &e);
	if (!status && !n)
		puts("no run is on record");
	mt_pool_free(&p);
	mt_engine_close(&g);
	return status;
}

int mt_command_log(struct mt_cli *c)
{
	struct mt_engine g = { .state.dir = -1 };
	struct mt_pool p = { 0 };
	struct mt_history *runs = NULL;
	size_t n;
	int status;

	if (c->clear && (c->back || c->json))
		return mt_cli_usage(c,
				    "log --clear deletes all records of a guest, and prints none");
	if (c->clear)
		return clear(c);
	if (c->back && !c->n)
		return mt_cli_usage(c, "of which guest? moontap log GUEST -%u", c->back);
	status = load(c, &g, &p, &runs, &n);
	if (!status)
		status = c->back ? print_whole(c, &runs[n - c->back]) : list_runs(c, runs, n, &p);
	mt_pool_free(&p);
	mt_engine_close(&g);
	return status;
}

static int replay(struct mt_cli *c, struct mt_engine *g, const struct mt_history *h)
{
	struct mt_outcome out = { .name = "", .uuid = "" };
	struct mt_err e = { 0 };
	int err = mt_history_replay(g, h, NULL, &out, &e);
	const struct mt_json *json = c->json ? mt_json_load(c) : NULL;
	int status = 0;

	if (c->json)
		status = mt_print_json(c, json, json ? json->outcome(&out, err ? &e : NULL) : NULL,
				       stdout);
	else
		mt_print_outcome(c, &out, stdout);
	if (err)
		status = mt_cli_error(c, name_of(h), &e);
	mt_outcome_free(&out);
	return status;
}

int mt_command_replay(struct mt_cli *c)
{
	struct mt_engine g = { .state.dir = -1 };
	struct mt_pool p = { 0 };
	struct mt_history *runs;
	size_t n;
	bool any = !c->back;
	int status;

	if (any)
		c->back = 1; /* load() then requires a run */
	status = load(c, &g, &p, &runs, &n);
	if (!status)
		status = replay(c, &g, any ? mt_history_latest(runs, n) : &runs[n - c->back]);
	mt_pool_free(&p);
	mt_engine_close(&g);
	return status;
}
