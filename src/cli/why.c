/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* why.c - why a guest is on the network, or is not: all that is known of it, on one page */
#include "base/sh.h"
#include "cli/doctor/doctor.h"
#include "cli/status_parts.h"
#include "engine/guest.h"
#include "engine/history.h"

#include <errno.h>
#include <string.h>

struct why {
	struct mt_cli *c;
	struct mt_doctor d;
	struct mt_nic_filter guest;
	struct mt_nic_status *nics; /* of the guest alone */
	size_t n;
	struct mt_history *runs;
	size_t nruns;
};

static const struct mt_history *last_run(const struct why *w)
{
	return w->nruns ? &w->runs[w->nruns - 1] : NULL;
}

static bool is_asked(const struct why *w)
{
	return w->d.plan.n || w->d.plan_error.code;
}

/* Ask the policy again about the facts of the latest run, unless the guest is remembered: then
 * mt_doctor_open() has asked it. */
static void ask_policy(struct why *w)
{
	struct mt_doctor *d = &w->d;

	if (d->file || !w->nruns)
		return;
	if (!mt_history_replay(&d->g, mt_history_latest(w->runs, w->nruns), NULL, &d->plan,
			       &d->plan_error))
		d->plan_error.code = 0;
}

/* Whether the guest has a record, which doctor can check as it checks a domain's XML. */
static bool is_remembered(struct mt_engine *g, const struct mt_nic_filter *guest)
{
	struct mt_event_params ask = { .dry = true };
	struct mt_pool p = { 0 };
	struct mt_err ignored;
	bool is = !mt_params_from_guest(g, guest, &ask, &p, &ignored);

	mt_pool_free(&p);
	return is;
}

static int find(struct why *w)
{
	struct mt_engine g = { .state.dir = -1 };
	int status = mt_cli_engine(w->c, &g);

	if (!status)
		status = mt_cli_guest(w->c, &g, &w->d.p, &w->guest);
	if (!status && is_remembered(&g, &w->guest))
		w->d.file = w->c->args[0];
	mt_engine_close(&g);
	return status;
}

static int look(struct why *w)
{
	struct mt_doctor *d = &w->d;
	struct mt_err e = { 0 };
	int status = find(w);

	d->guest = w->guest.name;
	if (!status)
		status = mt_doctor_open(d);
	if (status)
		return status;
	if (mt_nics_inspect(&d->g, &w->guest, &d->p, &w->nics, &w->n, &e) ||
	    mt_history_list(&d->g, &w->guest, &d->p, &w->runs, &w->nruns, &e))
		return mt_cli_error(w->c, w->guest.name, &e);
	ask_policy(w);
	mt_doctor_run(d, NULL);
	return 0;
}

/* --- for people ------------------------------------------------------------------------------- */

static void print_title(const char *title)
{
	printf("\n%s%s%s\n", mt_colour(stdout, 'b'), title, mt_colour(stdout, 0));
}

static void print_line(const char *text)
{
	printf("  ");
	mt_print_clean(text, stdout);
	putchar('\n');
}

static bool differs(const struct mt_outcome_nic *nic)
{
	for (size_t i = 0; nic->steps && i < nic->steps->n; i++)
		if (nic->steps->at[i].op != MT_SAME)
			return true;
	return nic->undone && nic->undone->n;
}

static void print_policy(const struct why *w)
{
	const struct mt_doctor *d = &w->d;
	bool any = false;
	char line[sizeof d->plan_error];

	print_title("what the policy decides now, and what would change");
	for (size_t i = 0; i < d->plan.n; i++)
		any |= differs(&d->plan.nics[i]);
	w->c->changes = true;
	mt_print_outcome(w->c, &d->plan, stdout);
	if (d->plan_error.code)
		print_line(mt_err_line(&d->plan_error, line, sizeof line));
	else if (!is_asked(w))
		print_line("the policy was not asked: nothing is known of the guest");
	else if (!any)
		print_line("nothing would change");
}

static void print_last_run(const struct why *w)
{
	const struct mt_history *h = last_run(w);
	char when[32], line[512];

	print_title("the last run");
	if (!h) {
		print_line("none is on record");
		return;
	}
	snprintf(line, sizeof line, "%s, %s: %s (exit %d)", h->event,
		 mt_print_time(h->at_us / 1000000, when), mt_run_result(h), h->exit);
	print_line(line);
	if (*h->error)
		print_line(h->error);
}

static void print_findings(const struct why *w)
{
	const struct mt_row *r = w->d.found.first;

	print_title("what doctor finds");
	if (!r)
		print_line("nothing");
	for (const struct mt_check *check = mt_checks; check->name && r; check++) {
		if (strcmp(r->cell[MT_FOUND_CHECK], check->name))
			continue;
		mt_doctor_print(check, r);
		while (r && !strcmp(r->cell[MT_FOUND_CHECK], check->name))
			r = r->next;
	}
}

static bool said_before(const struct mt_row *first, const struct mt_row *r)
{
	for (; first != r; first = first->next)
		if (!strcmp(first->cell[MT_FOUND_TODO], r->cell[MT_FOUND_TODO]))
			return true;
	return false;
}

static void print_next(const struct why *w)
{
	const struct mt_row *first = w->d.found.first;
	char line[1024];

	print_title("what to do next");
	for (const struct mt_row *r = first; r; r = r->next)
		if (!said_before(first, r))
			print_line(r->cell[MT_FOUND_TODO]);
	if (first)
		return;
	if (w->d.plan_error.code)
		print_line("fix what the policy or the kernel refuses, then start it again");
	else if (!w->n)
		print_line("start it: it is not connected");
	else
		print_line(mt_sh_advice(line, sizeof line,
					"nothing; what the last run did: moontap log @ -1",
					w->guest.name));
}

static int print_page(struct why *w)
{
	int status = mt_status_guest(w->c, &w->d.g, w->nics, w->n, &w->d.p, stdout);

	if (status)
		return status;
	if (!w->n)
		printf("nothing of it is connected or remembered\n");
	print_policy(w);
	print_last_run(w);
	print_findings(w);
	print_next(w);
	return 0;
}

/* --- for programs ----------------------------------------------------------------------------- */

static int print_json(struct why *w)
{
	const struct mt_json *json = mt_json_load(w->c);
	const struct mt_history *h = last_run(w);
	const struct mt_err *e = w->d.plan_error.code ? &w->d.plan_error : NULL;
	int status;

	if (!json)
		return mt_exit_status(MT_BLAME_HOST);
	printf("{\"nics\": ");
	status = mt_status_guest(w->c, &w->d.g, w->nics, w->n, &w->d.p, stdout);
	printf(", \"plan\": ");
	if (!status && is_asked(w))
		status = mt_print_json(w->c, json, json->outcome(&w->d.plan, e), stdout);
	else
		printf("null\n");
	printf(", \"last_run\": ");
	if (!status && h)
		status = mt_print_json(w->c, json, json->history(h), stdout);
	else
		printf("null\n");
	printf(", \"findings\": ");
	if (!status)
		status = mt_print_table(w->c, &w->d.found, "", stdout);
	puts("}");
	return status;
}

int mt_command_why(struct mt_cli *c)
{
	struct why w = { .c = c, .d = { .c = c, .g.state.dir = -1 } };
	int status = look(&w);

	if (!status)
		status = c->json ? print_json(&w) : print_page(&w);
	mt_doctor_close(&w.d);
	return status;
}
