/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* help.c - help, made from the tables of subcommands, options and topics */
#include "cli/cli.h"
#include "base/words.h"
#include "cli/topic.h"

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

/* Of a subcommand and another word as near, the subcommand. */
static const char *nearest_word(const char *word)
{
	const char *names[64] = { 0 };
	size_t n = 0;

	for (const struct mt_command *m = mt_commands; m->name && n < 62; m++)
		names[n++] = m->name;
	names[n] = mt_topic_nearest(word, false);
	return mt_nearest(word, names, sizeof *names);
}

int mt_command_help(struct mt_cli *c)
{
	const char *word = c->n ? c->args[0] : NULL;
	const struct mt_command *m = word ? mt_command_find(word) : NULL;

	if (!word)
		return mt_help_all(stdout), 0;
	if (m)
		print_command(m);
	if (mt_topic_print(word, false, stdout) || m)
		return 0;
	return mt_cli_unknown(c, "help on", word, nearest_word(word));
}
