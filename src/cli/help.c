/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* help.c - help, made from the tables of subcommands, options and kinds */
#include "cli/cli.h"
#include "base/words.h"

#include <string.h>

static void print_option(const struct mt_option *o, FILE *out)
{
	char letter[] = { '-', o->letter, ',', ' ', 0 }, names[64];

	snprintf(names, sizeof names, "%s--%s%s%s", o->letter ? letter : "    ", o->name,
		 o->arg ? " " : "", o->arg ? o->arg : "");
	fprintf(out, "  %-24s %s\n", names, o->doc);
}

static void print_kinds(FILE *out)
{
	for (const struct mt_kind *const *k = mt_kinds; *k; k++)
		fprintf(out, " %s", (*k)->name);
	fprintf(out, "\n");
}

void mt_help_all(FILE *out)
{
	fprintf(out, "moontap connects the network interfaces of virtual machines\n\n");
	for (const struct mt_command *m = mt_commands; m->name; m++)
		fprintf(out, "  moontap %s %s\n          %s\n", m->name, m->args, m->doc);
	fprintf(out, "\noptions, each of the subcommands that take it:\n");
	for (const struct mt_option *o = mt_options; o->name; o++)
		print_option(o, out);
	fprintf(out, "\n`-` is standard input. Kinds, for `moontap help KIND`:");
	print_kinds(out);
	fprintf(out,
		"\nexit: 0 done, 1 refused by the policy, 2 usage, 3 bad input, 4 the host said "
		"no\nand everything was undone, 5 the policy ran out of time or memory, 6 undo "
		"incomplete\n");
}

static void print_command(const struct mt_command *m)
{
	printf("moontap %s %s\n%s\n\noptions:\n", m->name, m->args, m->doc);
	for (const struct mt_option *o = mt_options; o->name; o++)
		if (mt_options_takes(m, o))
			print_option(o, stdout);
}

static void print_field(const struct mt_kind *k, int i)
{
	const struct mt_field *f = &k->fields[i];
	char expects[256];

	printf("  %-16s %s%s\n", f->name, f->doc ? f->doc : "",
	       i < k->required	      ? " (must be given)"
		       : i < k->nkeys ? " (part of the key)"
				      : "");
	printf("  %-16s   %s%s\n", "", mt_value_expects(f, expects, sizeof expects),
	       f->flags & MT_FIELD_NONE ? ", or none (false in Lua)" : "");
}

static void print_kind(const struct mt_kind *k)
{
	printf("%s{...}: %s\n\n", k->name, k->doc);
	for (int i = 0; i < k->nfields; i++)
		print_field(k, i);
}

static bool print_fields_named(const char *word)
{
	bool any = false;

	for (const struct mt_kind *const *k = mt_kinds; *k; k++) {
		int i = mt_kind_field(*k, word);

		if (i < 0)
			continue;
		printf("%s.%s\n", (*k)->name, word);
		print_field(*k, i);
		any = true;
	}
	return any;
}

static const char *nearest_topic(const char *word)
{
	const char *names[64] = { 0 };
	size_t n = 0;

	for (const struct mt_command *m = mt_commands; m->name && n < 32; m++)
		names[n++] = m->name;
	for (const struct mt_kind *const *k = mt_kinds; *k && n < 63; k++)
		names[n++] = (*k)->name;
	return mt_nearest(word, names, sizeof *names);
}

int mt_command_help(struct mt_cli *c)
{
	const char *word = c->n ? c->args[0] : NULL;
	const struct mt_command *m = word ? mt_command_find(word) : NULL;
	const struct mt_kind *k = word ? mt_kind_find(mt_kinds, word) : NULL;

	if (!word)
		return mt_help_all(stdout), 0;
	if (m)
		print_command(m);
	if (k)
		print_kind(k);
	if (m || k || print_fields_named(word))
		return 0;
	return mt_cli_unknown(c, "help on", word, nearest_topic(word));
}
