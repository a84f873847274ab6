/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor.c - doctor: look at everything once, run the checks, say what was found */
#include "cli/doctor.h"
#include "cli/topic.h"
#include "base/sh.h"
#include "engine/place.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHECK, FOUND, WHY, TODO };

static const struct mt_column columns[] = {
	[CHECK] = { "CHECK", "check" },
	[FOUND] = { "FOUND", "found" },
	[WHY] = { "WHY", "why" },
	[TODO] = { "TODO", "todo" },
	{ NULL },
};

/* --- what checks use -------------------------------------------------------------------------- */

void mt_doctor_found(struct mt_doctor *d, const char *subject, const char *fmt, ...)
{
	char what[1024], todo[1024];
	struct mt_table *t = &d->found;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	if (!mt_table_row(t))
		return;
	mt_table_cell(t, CHECK, 0, "%s", d->check->name);
	mt_table_cell(t, FOUND, 0, "%s", what);
	mt_table_cell(t, WHY, 0, "%s", d->check->why);
	mt_table_cell(t, TODO, 0, "%s", mt_sh_advice(todo, sizeof todo, d->check->todo, subject));
}

const struct mt_device *mt_doctor_device(const struct mt_doctor *d, const char *name)
{
	for (size_t i = 0; i < d->ndevices; i++)
		if (!strcmp(d->devices[i].name, name))
			return &d->devices[i];
	return NULL;
}

/* Any text among a hook's options may be a device's name, a user's as well. */
static bool is_meant(const struct mt_doctor *d, const struct mt_allow *a)
{
	static const char *const words[] = { "bridge", "link", "dev", "master" };

	if (strcmp(a->what, "link"))
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(a->option, words[i]))
			return true;
	return !*a->option || mt_doctor_device(d, a->value);
}

static bool named_before(const struct mt_doctor *d, const struct mt_allow *a)
{
	for (const struct mt_allow *b = d->policy.allow; b != a; b = b->next)
		if (is_meant(d, b) && !strcmp(b->value, a->value))
			return true;
	return false;
}

void mt_doctor_links(struct mt_doctor *d, void (*each)(struct mt_doctor *d, const char *link))
{
	for (const struct mt_allow *a = d->policy.allow; a; a = a->next)
		if (is_meant(d, a) && !named_before(d, a))
			each(d, a->value);
}

/* --- looking ---------------------------------------------------------------------------------- */

static void ask_policy(struct mt_doctor *d)
{
	struct mt_ask ask = { .source = { .fd = -1 }, .want = MT_WANT_DECISIONS, .dry = true };

	if (!mt_connect(d->g, &ask, &d->policy, &d->policy_error))
		d->policy_error.code = 0;
}

static int ask_guest(struct mt_doctor *d)
{
	struct mt_ask ask = mt_cli_ask(MT_WANT_PLANS | MT_WANT_FACTS, true);
	struct mt_fact *facts;
	struct mt_err e;
	int status = mt_cli_guest_or_file(d->c, d->g, d->file, &ask, d->p);

	if (status)
		return status;
	ask.unnamed = MT_SH_UNNAMED;
	if (!mt_connect(d->g, &ask, &d->plan, &d->plan_error))
		d->plan_error.code = 0;
	if (d->plan.facts && !mt_fact_parse(d->plan.facts, d->plan.facts_n, d->p, &facts, &e))
		d->facts = facts;
	mt_cli_close_source(&ask.source);
	return 0;
}

static int look(struct mt_doctor *d)
{
	struct mt_err e = { 0 };

	ask_policy(d);
	if (mt_device_list(d->g->host, d->p, &d->devices, &d->ndevices, &e) ||
	    (mt_engine_may() && mt_look(d->g, NULL, d->p, &d->nics, &d->nnics, &e)))
		return mt_cli_error(d->c, NULL, &e);
	return d->file ? ask_guest(d) : 0;
}

/* --- the report ------------------------------------------------------------------------------- */

static bool is_possible(const struct mt_doctor *d, const struct mt_check *check)
{
	if (check->needs & MT_CHECK_GUEST && !d->file)
		return false;
	if (check->needs & MT_CHECK_ROOT && !mt_engine_may())
		return false;
	return !(check->needs & MT_CHECK_LIBVIRT) || mt_doctor_is_there(d, "/etc/libvirt");
}

static void print_part(const char *label, const char *text)
{
	printf("  %s%-6s%s ", mt_colour(stdout, '='), label, mt_colour(stdout, 0));
	mt_print_clean(text, stdout);
	putchar('\n');
}

/* What a check has found, at most three times. */
static void print_findings(const struct mt_check *check, const struct mt_row *r)
{
	enum { MOST = 3 };
	const char *todo = NULL;
	unsigned n = 0;

	printf("%s%s%s\n", mt_colour(stdout, '-'), check->name, mt_colour(stdout, 0));
	for (; r; r = r->next) {
		if (++n > MOST)
			continue;
		if (todo && strcmp(todo, r->cell[TODO]))
			print_part("do", todo);
		print_part("found", r->cell[FOUND]);
		todo = r->cell[TODO];
	}
	if (n > MOST)
		printf("         and %u more: moontap doctor --json\n", n - MOST);
	print_part("why", check->why);
	print_part("do", todo);
	putchar('\n');
}

struct sum {
	unsigned checked, skipped, bad;
};

static void run_check(struct mt_doctor *d, struct sum *sum)
{
	const struct mt_row *last = d->found.last, *first;
	bool possible = is_possible(d, d->check);

	sum->checked += possible;
	sum->skipped += !possible;
	if (possible)
		d->check->look(d);
	first = last ? last->next : d->found.first;
	sum->bad += first != NULL;
	if (d->c->json)
		return;
	if (first)
		print_findings(d->check, first);
	else if (d->c->verbose)
		printf("%s%s: %s%s\n", mt_colour(stdout, '='), d->check->name,
		       possible ? "no" : "not looked at", mt_colour(stdout, 0));
}

static int print_sum(const struct mt_doctor *d, const struct sum *sum)
{
	int status = sum->bad ? mt_exit_status(MT_BLAME_HOST) : 0;

	if (d->c->json)
		return mt_print_table(d->c, &d->found, "", stdout) ? 4 : status;
	if (sum->bad)
		printf("%u of %u checks found something", sum->bad, sum->checked);
	else
		printf("%sall is well%s: %u checks", mt_colour(stdout, '+'), mt_colour(stdout, 0),
		       sum->checked);
	printf("%s\n", d->file ? "" : "; moontap doctor GUEST looks at a guest, too");
	return d->found.failed ? 4 : status;
}

static int run_checks(struct mt_doctor *d)
{
	struct sum sum = { 0 };

	for (d->check = mt_checks; d->check->name; d->check++)
		run_check(d, &sum);
	return print_sum(d, &sum);
}

void mt_doctor_list(FILE *out)
{
	fprintf(out, "\nchecks:\n");
	for (const struct mt_check *check = mt_checks; check->name; check++)
		mt_wrap(check->why, fprintf(out, "  %-31s ", check->name), 34, out);
}

/* The host's places, below the root; the command line's own words are as they stand. */
static void find_places(struct mt_doctor *d)
{
	static char policy[PATH_MAX], state[PATH_MAX], hooks[PATH_MAX];
	struct mt_cli *c = d->c;

	if (!c->root)
		return;
	c->policy = c->policy ? c->policy : mt_doctor_path(d, MT_PLACE_POLICY, policy);
	c->state = c->state ? c->state : mt_doctor_path(d, MT_PLACE_STATE, state);
	c->hooks = c->hooks ? c->hooks : mt_doctor_path(d, MT_PLACE_HOOKS, hooks);
}

int mt_command_doctor(struct mt_cli *c)
{
	struct mt_engine g = { .state.dir = -1 };
	struct mt_pool p = { 0 };
	struct mt_doctor d = { .c = c,
			       .g = &g,
			       .p = &p,
			       .root = c->root ? c->root : "",
			       .file = c->n ? c->args[0] : NULL,
			       .found = { .columns = columns, .pool = &p } };
	int status;

	find_places(&d);
	status = mt_cli_engine(c, &g);
	g.o.policy_optional = true; /* that it is missing is a finding */
	if (!status)
		status = look(&d);
	if (!status)
		status = run_checks(&d);
	mt_outcome_free(&d.policy);
	mt_outcome_free(&d.plan);
	mt_pool_free(&p);
	mt_engine_close(&g);
	return status;
}
