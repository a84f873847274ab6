/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* help.c - help, made from the tables of subcommands, options and topics */
#include "cli/help.h"
#include "cli/exits.h"
#include "cli/level.h"
#include "base/tokens.h"
#include "cli/wrap.h"

#include <stdlib.h>
#include <string.h>

static void print_option(const struct mt_option *o, FILE *out)
{
	char letter[] = { '-', o->letter, ',', ' ', 0 }, names[64];

	snprintf(names, sizeof names, "%s--%s%s%s", o->letter ? letter : "    ", o->name,
		 o->arg ? " " : "", o->arg ? o->arg : "");
	mt_wrap(o->doc, fprintf(out, "  %-24s ", names), 27, out);
}

static bool is_script(const struct mt_command *m)
{
	return mt_script_find(m->name) == m;
}

static void print_kinds(FILE *out)
{
	char text[512];
	size_t n = (size_t)snprintf(text, sizeof text,
				    "`-` is standard input. Kinds, for `moontap help KIND`:");

	for (const struct mt_kind *const *k = mt_kinds; *k && n < sizeof text; k++)
		n += (size_t)snprintf(text + n, sizeof text - n, " %s", (*k)->name);
	mt_wrap(text, 0, 0, out);
}

static void print_called(const struct mt_command *m, int indent, FILE *out)
{
	fprintf(out, "%*s%s%s%s%s\n", indent, "", is_script(m) ? "" : "moontap ", m->name,
		*m->args ? " " : "", m->args);
}

static void print_synopsis(const struct mt_command *m, FILE *out)
{
	print_called(m, 2, out);
	fprintf(out, "%*s", 10, "");
	mt_wrap(m->doc, 10, 10, out);
}

void mt_help_all(const struct mt_cli *c, FILE *out)
{
	fprintf(out, "moontap connects the network interfaces of virtual machines\n\n");
	for (const struct mt_command *m = c->commands; m->name; m++)
		print_synopsis(m, out);
	fprintf(out, "\nlinks to the program, for libvirt and QEMU to call:\n");
	for (const struct mt_command *m = mt_scripts; m->name; m++)
		print_synopsis(m, out);
	fprintf(out, "\noptions, each of the subcommands that take it:\n");
	for (const struct mt_option *o = mt_options; o->name; o++)
		print_option(o, out);
	putc('\n', out);
	print_kinds(out);
	fprintf(out, "\nexit status:\n");
	for (int i = 0; mt_exits[i].name; i++)
		mt_wrap(mt_exits[i].doc, fprintf(out, "  %d  ", i), 5, out);
}

static void print_command(const struct mt_command *m)
{
	print_called(m, 0, stdout);
	mt_wrap(m->doc, 0, 0, stdout);
	printf("\noptions:\n");
	for (const struct mt_option *o = mt_options; o->name; o++)
		if (mt_options_takes(m, o->name))
			print_option(o, stdout);
	if (m->run == mt_command_doctor)
		mt_doctor_list(stdout);
}

/* A subcommand comes before a topic that is as near. */
static const char *nearest_word(const struct mt_cli *c, const char *word)
{
	const char *names[64] = { 0 };
	size_t n = 0;

	for (const struct mt_command *m = c->commands; m->name && n < 62; m++)
		names[n++] = m->name;
	names[n] = mt_topic_nearest(word, false);
	return mt_nearest(word, names, sizeof *names);
}

static int print_json(const struct mt_cli *c)
{
	const struct mt_help help = { c->commands,	mt_scripts, mt_options,
				      mt_options_takes, mt_exits,   mt_levels,
				      mt_nic_states,	mt_kinds,   mt_topics };
	const struct mt_json *json = mt_json_load(c);

	return mt_print_json(c, json, json ? json->help(&help) : NULL, stdout);
}

int mt_command_help(struct mt_cli *c)
{
	const char *word = c->n ? c->args[0] : NULL;
	const struct mt_command *m = word ? mt_command_find(c, word) : NULL;
	char hint[64];
	const char *near;

	if (word && !m)
		m = mt_script_find(word);
	if (c->json)
		return print_json(c);
	if (!word)
		return mt_help_all(c, stdout), 0;
	if (m) {
		print_command(m);
		if (!c->help) /* "help plan", and not "plan --help" */
			mt_topic_also(word, stdout);
		return 0;
	}
	if (mt_topic_print(word, false, stdout))
		return 0;
	if (c->help)
		return mt_command_unknown(c);
	near = nearest_word(c, word);
	snprintf(hint, sizeof hint, "%s%s%s", near ? "did you mean '" : "try: moontap help",
		 near ? near : "", near ? "'?" : "");
	return mt_cli_unknown(c, "help on", word, hint);
}
