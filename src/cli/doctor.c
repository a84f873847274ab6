/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor.c - doctor: look at everything once, run the checks, say what was found */
#include "cli/doctor.h"
#include "cli/table.h"
#include "engine/place.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME, FOUND, WHY, TODO };

static const struct mt_column columns[] = {
	[NAME] = { "CHECK", "check" },
	[FOUND] = { "FOUND", "found" },
	[WHY] = { "WHY", "why" },
	[TODO] = { "TODO", "todo" },
	{ NULL },
};

/* One finding is kept as a row; for people it is printed, too. */
struct report {
	struct mt_doctor d; /* first */
	struct mt_table table;
	unsigned checked, skipped, bad;
};

void mt_doctor_found(struct mt_doctor *d, const char *todo, const char *fmt, ...)
{
	char what[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	d->nfound++;
	d->found(d, what, todo ? todo : d->check->todo);
}

const char *mt_doctor_path(const struct mt_doctor *d, const char *path, char buf[static PATH_MAX])
{
	snprintf(buf, PATH_MAX, "%s%s", d->root, path);
	return buf;
}

const char *mt_doctor_read(struct mt_doctor *d, const char *path)
{
	char buf[PATH_MAX], *text = NULL, *kept = NULL;
	FILE *f = fopen(mt_doctor_path(d, path, buf), "re");
	size_t n = 0;

	if (!f)
		return NULL;
	if (getdelim(&text, &n, 0, f) >= 0)
		kept = mt_pool_copy(d->p, text, strlen(text));
	free(text);
	fclose(f);
	return kept ? kept : "";
}

const struct mt_device *mt_doctor_device(const struct mt_doctor *d, const char *name)
{
	for (size_t i = 0; i < d->ndevices; i++)
		if (!strcmp(d->devices[i].name, name))
			return &d->devices[i];
	return NULL;
}

static bool named_before(const struct mt_allow *all, const struct mt_allow *a)
{
	for (; all != a; all = all->next)
		if (!strcmp(all->what, a->what) && !strcmp(all->value, a->value))
			return true;
	return false;
}

void mt_doctor_named(struct mt_doctor *d, void (*each)(struct mt_doctor *d, const char *link))
{
	for (const struct mt_allow *a = d->policy.allow; a; a = a->next)
		if (!strcmp(a->what, "link") && !named_before(d->policy.allow, a))
			each(d, a->value);
}

/* --- looking ---------------------------------------------------------------------------------- */

static void ask_policy(struct mt_doctor *d)
{
	struct mt_ask ask = { .source = { .fd = -1 }, .want = MT_WANT_DECISIONS, .dry = true };

	if (!mt_connect(d->g, &ask, &d->policy, &d->policy_error))
		d->policy_error.code = 0;
}

static void ask_guest(struct mt_doctor *d, const char *text, size_t n)
{
	struct mt_ask ask = { .source = { .fd = -1, .bytes = text, .n = n, .name = d->file },
			      .want = MT_WANT_PLANS | MT_WANT_FACTS,
			      .driver = "qemu",
			      .by = "up",
			      .managed = true,
			      .unmanaged = true,
			      .known = true,
			      .dry = true,
			      .unnamed = "$DEV" };
	struct mt_fact *facts;
	struct mt_err e;

	if (!mt_connect(d->g, &ask, &d->plan, &d->plan_error))
		d->plan_error.code = 0;
	if (d->plan.facts && !mt_fact_parse(d->plan.facts, d->plan.facts_n, d->p, &facts, &e))
		d->facts = facts;
}

static int read_guest(struct mt_doctor *d)
{
	struct mt_source s;
	char *text = NULL;
	size_t n = 0;
	ssize_t got;
	FILE *f;
	int status = mt_cli_source(d->c, d->file, &s);

	if (status)
		return status;
	f = fdopen(s.fd, "r");
	got = f ? getdelim(&text, &n, 0, f) : -1;
	ask_guest(d, text ? text : "", got > 0 ? (size_t)got : 0);
	free(text);
	if (f && s.fd > 0)
		fclose(f);
	return 0;
}

static int look(struct mt_doctor *d)
{
	struct mt_err e = { 0 };

	ask_policy(d);
	if (mt_device_list(d->g->host, d->p, &d->devices, &d->ndevices, &e) ||
	    mt_look(d->g, NULL, d->p, &d->nics, &d->nnics, &e))
		return mt_cli_error(d->c, NULL, &e);
	return d->file ? read_guest(d) : 0;
}

/* --- the report ------------------------------------------------------------------------------- */

static void print_part(const char *label, const char *text)
{
	printf("  %s%-6s%s ", mt_colour(stdout, '='), label, mt_colour(stdout, 0));
	mt_print_clean(text, stdout);
	putchar('\n');
}

static void print_name(const struct mt_check *check, char colour)
{
	printf("%s%s%s\n", mt_colour(stdout, colour), check->name, mt_colour(stdout, 0));
}

static void note(struct mt_doctor *d, const char *what, const char *todo)
{
	struct report *r = (struct report *)d;
	struct mt_table *t = &r->table;

	if (d->c->json) {
		if (!mt_table_row(t))
			return;
		mt_table_cell(t, NAME, 0, "%s", d->check->name);
		mt_table_cell(t, FOUND, 0, "%s", what);
		mt_table_cell(t, WHY, 0, "%s", d->check->why);
		mt_table_cell(t, TODO, 0, "%s", todo);
		return;
	}
	if (d->nfound == 1)
		print_name(d->check, '-');
	print_part("found", what);
	if (d->nfound == 1)
		print_part("why", d->check->why);
	print_part("do", todo);
}

static bool is_possible(struct mt_doctor *d, const struct mt_check *check)
{
	char path[PATH_MAX];

	if (check->needs & MT_CHECK_GUEST && !d->file)
		return false;
	return !(check->needs & MT_CHECK_LIBVIRT) ||
		!access(mt_doctor_path(d, "/etc/libvirt", path), F_OK);
}

static void run_checks(struct report *r)
{
	struct mt_doctor *d = &r->d;

	for (d->check = mt_checks; d->check->name; d->check++) {
		d->nfound = 0;
		if (!is_possible(d, d->check)) {
			r->skipped++;
			continue;
		}
		d->check->look(d);
		r->checked++;
		r->bad += d->nfound > 0;
		if (d->nfound && !d->c->json)
			putchar('\n');
	}
}

static int print_sum(const struct report *r)
{
	const struct mt_cli *c = r->d.c;
	int status = r->bad ? mt_exit_status(MT_BLAME_HOST) : 0;

	if (c->json)
		return mt_print_table(c, &r->table, "", stdout) ? 4 : status;
	if (r->bad)
		printf("%u of %u checks found something", r->bad, r->checked);
	else
		printf("%sall is well%s: %u checks", mt_colour(stdout, '+'), mt_colour(stdout, 0),
		       r->checked);
	if (r->skipped && !r->d.file)
		printf("; moontap doctor GUEST.xml looks at a guest, too");
	putchar('\n');
	return status;
}

int mt_command_doctor(struct mt_cli *c)
{
	struct mt_engine g = { .state.dir = -1 };
	struct mt_pool p = { 0 };
	struct report r = { .d = { .c = c,
				   .g = &g,
				   .p = &p,
				   .root = c->root ? c->root : "",
				   .file = c->n ? c->args[0] : NULL,
				   .found = note },
			    .table = { .columns = columns, .pool = &p } };
	char policy[PATH_MAX], state[PATH_MAX];
	int status;

	if (c->root && !c->policy)
		c->policy = mt_doctor_path(&r.d, MT_PLACE_POLICY, policy);
	if (c->root && !c->state)
		c->state = mt_doctor_path(&r.d, MT_PLACE_STATE, state);
	status = mt_cli_engine(c, &g);
	g.o.policy_optional = true;
	if (!status)
		status = look(&r.d);
	if (!status) {
		run_checks(&r);
		status = print_sum(&r);
	}
	mt_outcome_free(&r.d.policy);
	mt_outcome_free(&r.d.plan);
	mt_pool_free(&p);
	mt_engine_close(&g);
	return status;
}
