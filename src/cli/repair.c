/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* repair.c - reconcile: repair NICs, and print what was repaired */
#include "engine/reconcile.h"
#include "cli/cli.h"
#include "cli/namespaces.h"
#include "cli/table.h"

#include <stdlib.h>
#include <string.h>

enum { GUEST, NIC, DEVICE, REPAIR, STEPS, ERROR };

static const struct mt_column columns[] = {
	[GUEST] = { "GUEST", "domain" },
	[NIC] = { "NIC", "index", MT_CELL_NUMBER },
	[DEVICE] = { "DEVICE", "dev" },
	[REPAIR] = { "REPAIR", "repair" },
	[STEPS] = { "", "steps", MT_CELL_JSON },
	[ERROR] = { "ERROR", "error" },
	{ NULL },
};

struct report {
	struct mt_cli *c;
	struct mt_table table;
	const struct mt_json *json;
	unsigned repaired, left;
	int worst; /* exit status of the failed repairs */
};

static void add_row(struct report *r, const struct mt_reconciled *one)
{
	struct mt_table *t = &r->table;
	char line[sizeof *one->error];
	char *steps = r->json ? r->json->steps(one->outcome) : NULL;

	if (!mt_table_row(t)) {
		free(steps);
		return;
	}
	mt_table_cell(t, GUEST, 0, "%s", one->status->guest);
	mt_table_cell(t, NIC, 0, "%u", one->status->index);
	mt_table_cell(t, DEVICE, 0, "%s", one->status->dev);
	mt_table_cell(t, REPAIR, 0, "%s", mt_repair_name(one->repair));
	mt_table_cell(t, STEPS, 0, "%s", steps ? steps : "[]");
	free(steps);
	if (one->error)
		mt_table_cell(t, ERROR, '-', "%s", mt_err_line(one->error, line, sizeof line));
}

/* Prints a repair as `up` does, without the steps that change nothing. */
static void report(void *data, const struct mt_reconciled *one)
{
	struct report *r = data;
	int status = one->error ? mt_exit_status(one->error->blame) : 0;

	r->repaired += !one->error;
	r->worst = status > r->worst ? status : r->worst;
	if (r->c->json) {
		add_row(r, one);
		return;
	}
	if (one->error) {
		mt_cli_error(r->c, one->status->guest, one->error);
		return;
	}
	mt_print_outcome(r->c, one->outcome, stdout);
	if (r->c->dry_run)
		return;
	printf("  %s%s%s\n", mt_colour(stdout, '='), mt_repair_name(one->repair),
	       mt_colour(stdout, 0));
}

static void forgot(void *data, const struct mt_namespace *n, const struct mt_err *error)
{
	struct report *r = data;
	const char *done = r->c->dry_run ? "to be " : "";
	char name[400], line[sizeof *error];

	mt_namespace_name(n, name, sizeof name);
	r->repaired += !error;
	r->left += error != NULL;
	if (r->c->json && mt_table_row(&r->table)) {
		mt_table_cell(&r->table, REPAIR, 0, "%s: it is gone, and %sforgotten", name, done);
		mt_table_cell(&r->table, STEPS, 0, "[]");
		if (error)
			mt_table_cell(&r->table, ERROR, '-', "%s",
				      mt_err_line(error, line, sizeof line));
	} else if (error) {
		mt_cli_error(r->c, NULL, error);
	} else {
		printf("%s: it is gone, and %sforgotten\n", name, done);
	}
}

int mt_command_reconcile(struct mt_cli *c)
{
	struct mt_pool p = { 0 };
	struct report r = { .c = c, .table = { .columns = columns, .pool = &p } };
	struct mt_err e = { 0 };
	struct mt_engine g;
	struct mt_nic_filter which;
	unsigned left = 0;
	int status = mt_cli_engine(c, &g);

	if (status)
		return status;
	c->changes = !c->dry_run;
	r.json = c->json ? mt_json_load(c) : NULL;
	status = c->n ? mt_cli_guest(c, &g, &p, &which) : 0;
	if (status)
		goto out;
	if (mt_reconcile(&g, c->n ? &which : NULL, c->dry_run, report, &r, &left, &e) ||
	    (!c->n && mt_namespaces_drop_gone(&g, c->dry_run, forgot, &r, &e)))
		status = mt_cli_error(c, NULL, &e);
	else if (c->json)
		status = mt_print_table(c, &r.table, "", stdout);
	else if (!r.repaired && !left && !r.left)
		puts("everything is as declared");
out:
	mt_pool_free(&p);
	mt_engine_close(&g);
	if (status || c->dry_run) /* a dry run leaves nothing unfinished */
		return status ? status : r.worst;
	return left + r.left ? mt_exit_status(MT_BLAME_UNDO) : 0;
}
