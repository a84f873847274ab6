/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* announced.c - announce: print what the network was told; and the same after a migration */
#include "engine/announce.h"
#include "cli/cli.h"
#include "cli/table.h"

enum { GUEST, NIC, DEVICE, ON, FRAME, VLAN, ADDRESS, NOTE, ERROR };

static const struct mt_column columns[] = {
	[GUEST] = { "GUEST", "domain" },
	[NIC] = { "NIC", "index", MT_CELL_NUMBER },
	[DEVICE] = { "DEVICE", "dev" },
	[ON] = { "ON", "on" },
	[FRAME] = { "FRAME", "frame" },
	[VLAN] = { "VLAN", "vlan", MT_CELL_NUMBER },
	[ADDRESS] = { "ADDRESS", "address" },
	[NOTE] = { "NOTE", "note" },
	[ERROR] = { "", "error" },
	{ NULL },
};

struct report {
	struct mt_cli *c;
	struct mt_table table;
	int worst; /* exit status of the frames that were not sent */
};

static struct mt_err error_of(const struct mt_announced *a)
{
	struct mt_err e = *a->error;

	mt_err_in_nic(&e, (int)a->nic->v[MT_HEADER_INDEX].u, a->nic->v[MT_HEADER_DEV].name);
	return e;
}

static void add_row(struct mt_table *t, const struct mt_announced *a)
{
	char line[sizeof(struct mt_err)];

	if (!mt_table_row(t))
		return;
	mt_table_cell(t, GUEST, 0, "%s", mt_header_text(a->nic, MT_HEADER_DOMAIN));
	mt_table_cell(t, NIC, 0, "%u", (unsigned)a->nic->v[MT_HEADER_INDEX].u);
	mt_table_cell(t, DEVICE, 0, "%s", a->nic->v[MT_HEADER_DEV].name);
	mt_table_cell(t, ADDRESS, 0, "%s", a->address);
	if (a->frame) {
		mt_table_cell(t, ON, 0, "%s", a->frame->dev);
		mt_table_cell(t, FRAME, 0, "%s", a->frame->what);
	}
	if (a->frame && a->frame->vlan)
		mt_table_cell(t, VLAN, 0, "%u", a->frame->vlan);
	if (a->nothing)
		mt_table_cell(t, NOTE, 0, "nothing to announce: %s", a->nothing);
	if (a->error)
		mt_table_cell(t, ERROR, 0, "%s", mt_err_line(a->error, line, sizeof line));
}

static void report(void *data, const struct mt_announced *a)
{
	struct report *r = data;
	int status = a->error ? mt_exit_status(a->error->blame) : 0;
	struct mt_err e;

	r->worst = status > r->worst ? status : r->worst;
	if (!a->error || r->c->json) {
		add_row(&r->table, a);
		return;
	}
	e = error_of(a);
	mt_cli_error(r->c, mt_header_text(a->nic, MT_HEADER_DOMAIN), &e);
}

int mt_command_announce(struct mt_cli *c)
{
	struct mt_pool p = { 0 };
	struct report r = { .c = c, .table = { .columns = columns, .pool = &p } };
	struct mt_nic_filter which;
	struct mt_err e = { 0 };
	struct mt_engine g;
	int status = mt_cli_engine(c, &g);

	if (status)
		return status;
	status = mt_cli_guest(c, &g, &p, &which);
	if (!status) {
		which.only = c->n > 1 ? (const char *const *)c->args + 1 : NULL;
		status = mt_announce(&g, &which, report, &r, &e)
			? mt_cli_error(c, which.name, &e)
			: mt_print_table(c, &r.table, "none of its NICs is connected", stdout);
	}
	mt_pool_free(&p);
	mt_engine_close(&g);
	return status ? status : r.worst;
}

/* --- after a migration ------------------------------------------------------------------------ */

static void warn(struct mt_cli *c, const char *guest, const struct mt_err *e)
{
	char line[sizeof *e];
	const char *const lines[] = { mt_err_line(e, line, sizeof line) };

	mt_cli_warnings(c,
			&(struct mt_outcome){ .name = guest, .warnings = lines, .nwarnings = 1 });
}

static void warn_of_lost(void *data, const struct mt_announced *a)
{
	struct mt_err e;

	if (!a->error)
		return;
	e = error_of(a);
	warn(data, mt_header_text(a->nic, MT_HEADER_DOMAIN), &e);
}

void mt_cli_announce(struct mt_cli *c, struct mt_engine *g, const struct mt_nic_filter *which)
{
	struct mt_err e = { 0 };

	if (mt_announce(g, which, warn_of_lost, c, &e))
		warn(c, which->name, &e);
}
