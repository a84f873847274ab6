/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* print.c - print an outcome: each NIC, and its steps as commands; print tables, JSON, times */
#include "cli/cli.h"
#include "cli/table.h"
#include "engine/handle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* @commands: overwritten */
static void print_commands(const struct mt_cli *c, enum mt_op op, char *commands, FILE *out)
{
	char *save = NULL;

	if ((c->sh || c->changes) && op == MT_SAME)
		return;
	for (char *l = strtok_r(commands, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		if (c->sh)
			fprintf(out, "%s\n", l);
		else
			fprintf(out, "  %s%c %s%s\n", mt_colour(out, (char)op), op, l,
				mt_colour(out, 0));
	}
}

static void print_step(const struct mt_cli *c, const struct mt_step *s, FILE *out)
{
	char text[2 * MT_LINE_MAX];

	mt_result_command(s, text, sizeof text);
	print_commands(c, s->op, text, out);
}

/* @n: its steps are not looked at */
static void print_head(const struct mt_cli *c, const char *guest, const struct moontap_nic *n,
		       FILE *out)
{
	if (c->sh)
		return;
	fputs(mt_colour(out, 'b'), out);
	mt_print_text(out, "%s NIC %u", *guest ? guest : "?", n->index);
	fputs(mt_colour(out, 0), out);
	mt_print_text(out, " (%s): %s, %s%s%s", *n->mac ? n->mac : "no MAC",
		      *n->dev ? n->dev : "no device yet", n->unmanaged ? "unmanaged" : "managed",
		      n->note ? ": " : "", n->note ? n->note : "");
	putc('\n', out);
}

static void print_nic(const struct mt_cli *c, const struct mt_outcome *o,
		      const struct mt_outcome_nic *n, FILE *out)
{
	const struct moontap_nic head = { .index = (unsigned)n->index,
					  .mac = n->mac,
					  .dev = n->dev,
					  .unmanaged = n->unmanaged,
					  .note = n->note };
	struct mt_step undone;

	print_head(c, o->name, &head, out);
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

static void print_faces(const struct mt_cli *c, const struct moontap_step *const *steps, FILE *out)
{
	static const enum mt_op ops[] = { MT_ADD,  MT_CHANGE, MT_DELETE,
					  MT_SAME, MT_CLAIM,  MT_RELEASE };
	char text[2 * MT_LINE_MAX];

	for (; *steps; steps++) {
		size_t i = 0;

		while (i < sizeof ops / sizeof *ops - 1 && strcmp(mt_op_name(ops[i]), (*steps)->op))
			i++;
		snprintf(text, sizeof text, "%s", (*steps)->command);
		print_commands(c, ops[i], text, out);
	}
}

void mt_print_nics(const struct mt_cli *c, const char *guest, const struct moontap_nic *const *nics,
		   FILE *out)
{
	for (; *nics; nics++) {
		print_head(c, guest, *nics, out);
		print_faces(c, (*nics)->steps, out);
		print_faces(c, (*nics)->undone, out);
	}
}

static int no_memory(const struct mt_cli *c)
{
	struct mt_err e = { 0 };

	mt_fail(&e, ENOMEM, "", "", NULL);
	mt_cli_error(c, NULL, &e);
	return mt_output_lost(c);
}

int mt_print_json(const struct mt_cli *c, const void *module, char *text, FILE *out)
{
	if (!text)
		return module ? no_memory(c) : mt_output_lost(c);
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
