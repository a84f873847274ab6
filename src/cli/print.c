/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* print.c - print an outcome: each NIC, and its steps as commands; print tables, JSON, times */
#include "cli/cli.h"
#include "cli/table.h"
#include "plan/step_commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A step that changes nothing is shown as the command that would put what is already there. */
static int command_of(const struct mt_step *s, char *buf, size_t n)
{
	enum mt_op op = s->op;

	if (op == MT_SAME)
		op = s->put.kind->flags & MT_KIND_FACET ? MT_CHANGE : MT_ADD;
	return mt_sh_print(op, &s->put, buf, n);
}

static void print_step(const struct mt_cli *c, const struct mt_step *s, FILE *out)
{
	char text[2 * MT_LINE_MAX], *save = NULL;

	if ((c->sh || c->changes) && s->op == MT_SAME)
		return;
	command_of(s, text, sizeof text);
	for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		if (c->sh)
			fprintf(out, "%s\n", l);
		else
			fprintf(out, "  %s%c %s%s\n", mt_colour(out, (char)s->op), s->op, l,
				mt_colour(out, 0));
	}
}

static void print_nic(const struct mt_cli *c, const struct mt_outcome *o,
		      const struct mt_outcome_nic *n, FILE *out)
{
	struct mt_step undone;

	if (!c->sh) {
		fputs(mt_colour(out, 'b'), out);
		mt_print_text(out, "%s NIC %d", *o->name ? o->name : "?", n->index);
		fputs(mt_colour(out, 0), out);
		mt_print_text(out, " (%s): %s, %s%s%s", *n->mac ? n->mac : "no MAC",
			      *n->dev ? n->dev : "no device yet",
			      n->unmanaged ? "unmanaged" : "managed", n->note ? ": " : "",
			      n->note ? n->note : "");
		putc('\n', out);
	}
	for (size_t i = 0; n->steps && i < n->steps->n; i++)
		print_step(c, &n->steps->at[i], out);
	for (size_t i = 0; mt_outcome_undone(o, n, &i, &undone);)
		print_step(c, &undone, out);
}

void mt_print_outcome(const struct mt_cli *c, const struct mt_outcome *o, FILE *out)
{
	for (size_t i = 0; i < o->n; i++)
		print_nic(c, o, &o->nics[i], out);
}

static int no_memory(const struct mt_cli *c)
{
	struct mt_err e = { 0 };

	mt_fail(&e, ENOMEM, "", "", NULL);
	mt_cli_error(c, NULL, &e);
	return mt_output_lost(c);
}

int mt_print_json(const struct mt_cli *c, const struct mt_json *json, char *text, FILE *out)
{
	if (!text)
		return json ? no_memory(c) : mt_output_lost(c);
	fprintf(out, "%s\n", text);
	free(text);
	return 0;
}

int mt_print_table(const struct mt_cli *c, const struct mt_table *t, const char *nothing, FILE *out)
{
	const struct mt_json *json;

	if (t->failed)
		return no_memory(c);
	if (c->json) {
		json = mt_json_load(c);
		return mt_print_json(c, json, json ? json->table(t) : NULL, out);
	}
	if (t->first)
		mt_table_print(t, out);
	else if (!t->no_header)
		fprintf(out, "%s\n", nothing);
	return 0;
}

const char *mt_print_time(uint64_t seconds, char buf[static 32])
{
	time_t t = (time_t)seconds;
	struct tm local;

	strftime(buf, 32, "%Y-%m-%d %H:%M:%S", localtime_r(&t, &local));
	return buf;
}
