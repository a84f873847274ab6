/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor_report.c - doctor, and status --check: what was found, for people and for monitoring */
#include "cli/doctor/doctor.h"
#include "cli/topic.h"
#include "cli/wrap.h"

#include <stdlib.h>
#include <string.h>

static char colour_of(const char *level)
{
	return !strcmp(level, mt_levels[MT_WARNING].name) ? '~' : '-';
}

static void print_part(const char *label, const char *text)
{
	printf("  %s%-6s%s ", mt_colour(stdout, '='), label, mt_colour(stdout, 0));
	mt_print_clean(text, stdout);
	putchar('\n');
}

void mt_doctor_print(const struct mt_check *check, const struct mt_row *r)
{
	enum { MOST = 3 };
	const char *todo = NULL, *level = r->cell[MT_FOUND_LEVEL];
	unsigned n = 0;

	printf("%s%s: %s%s\n", mt_colour(stdout, colour_of(level)), level, check->name,
	       mt_colour(stdout, 0));
	for (; r && !strcmp(r->cell[MT_FOUND_CHECK], check->name); r = r->next) {
		if (++n > MOST)
			continue;
		if (todo && strcmp(todo, r->cell[MT_FOUND_TODO]))
			print_part("do", todo);
		print_part("found", r->cell[MT_FOUND_WHAT]);
		todo = r->cell[MT_FOUND_TODO];
	}
	if (n > MOST)
		printf("         and %u more: moontap doctor --json\n", n - MOST);
	print_part("why", check->why);
	print_part("do", todo);
	putchar('\n');
}

/* --- doctor ----------------------------------------------------------------------------------- */

static void print_check(struct mt_doctor *d, bool possible, const struct mt_row *first)
{
	if (first)
		mt_doctor_print(d->check, first);
	else if (d->c->verbose)
		printf("%s%s: %s%s\n", mt_colour(stdout, '='), d->check->name,
		       possible ? "no" : "not checked", mt_colour(stdout, 0));
}

static void print_sum(const struct mt_doctor *d)
{
	if (d->bad)
		printf("%s: %u of %u checks found something", mt_levels[d->worst].name, d->bad,
		       d->checked);
	else
		printf("%sall is well%s: %u checks", mt_colour(stdout, '+'), mt_colour(stdout, 0),
		       d->checked);
	printf("%s\n", d->file ? "" : "; moontap doctor GUEST checks a guest, too");
}

int mt_command_doctor(struct mt_cli *c)
{
	struct mt_doctor d = { .c = c, .file = c->n ? c->args[0] : NULL };
	int status = mt_doctor_open(&d);

	if (!status) {
		mt_doctor_run(&d, c->json ? NULL : print_check);
		status = d.found.failed ? MT_UNKNOWN : d.worst;
		if (c->json && mt_print_table(c, &d.found, "", stdout))
			status = MT_UNKNOWN;
		else if (!c->json)
			print_sum(&d);
	} else {
		status = MT_UNKNOWN;
	}
	mt_doctor_close(&d);
	return status;
}

void mt_doctor_list(FILE *out)
{
	fprintf(out, "\nexit status:\n");
	for (int i = 0; mt_levels[i].name; i++)
		mt_wrap(mt_levels[i].doc, fprintf(out, "  %d  %s: ", i, mt_levels[i].name), 5, out);
	fprintf(out, "\nchecks:\n");
	for (const struct mt_check *check = mt_checks; check->name; check++)
		mt_wrap(check->why, fprintf(out, "  %-31s ", check->name), 34, out);
}

/* --- status --check --------------------------------------------------------------------------- */

static unsigned count_connected(const struct mt_doctor *d)
{
	unsigned n = 0;

	for (size_t i = 0; i < d->nnics; i++)
		n += d->nics[i].journal.header.kind != NULL;
	return n;
}

static const struct mt_row *worst_of(const struct mt_doctor *d, unsigned *others)
{
	const struct mt_row *worst = NULL;

	*others = 0;
	for (const struct mt_row *r = d->found.first; r; r = r->next) {
		++*others;
		if (!worst && !strcmp(r->cell[MT_FOUND_LEVEL], mt_levels[d->worst].name))
			worst = r;
	}
	*others -= worst != NULL;
	return worst;
}

static void print_line(const struct mt_doctor *d, enum mt_level level)
{
	unsigned others, n = count_connected(d);
	const struct mt_row *worst = worst_of(d, &others);

	printf("%s%s%s: ",
	       mt_colour(stdout, level == MT_WELL ? '+' : colour_of(mt_levels[level].name)),
	       mt_levels[level].name, mt_colour(stdout, 0));
	if (worst) {
		printf("%s: ", worst->cell[MT_FOUND_CHECK]);
		mt_print_clean(worst->cell[MT_FOUND_WHAT], stdout);
	} else if (level == MT_WELL) {
		printf("%u NIC%s connected", n, n == 1 ? "" : "s");
	} else {
		printf("the check failed");
	}
	if (others)
		printf("; and %u more: moontap doctor", others);
	putchar('\n');
}

int mt_status_check(struct mt_cli *c)
{
	struct mt_doctor d = { .c = c, .only = MT_CHECK_STATUS };
	enum mt_level level = MT_UNKNOWN;

	if (!mt_doctor_open(&d)) {
		mt_doctor_run(&d, NULL);
		level = d.found.failed ? MT_UNKNOWN : d.worst;
	}
	print_line(&d, level);
	mt_doctor_close(&d);
	return level;
}
