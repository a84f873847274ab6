/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* describe.c - an interface's tables in varlink's language */
#include "varlink/varlink_tables.h"

#include <stdio.h>
#include <string.h>

static void put_doc(FILE *f, const char *doc)
{
	while (doc && *doc) {
		size_t n = strcspn(doc, "\n");

		fprintf(f, "# %.*s\n", (int)n, doc);
		doc += n + (doc[n] != 0);
	}
}

static void put_fields(FILE *f, const struct mt_varlink_struct *s)
{
	static const char *const types[] = {
		[MT_VARLINK_TEXT] = "string",	 [MT_VARLINK_UINT] = "int",
		[MT_VARLINK_UINT64] = "int",	 [MT_VARLINK_BOOL] = "bool",
		[MT_VARLINK_TEXTS] = "[]string", [MT_VARLINK_NUMBERS] = "[]int",
		[MT_VARLINK_STRUCTS] = "[]",
	};

	putc('(', f);
	for (const struct mt_varlink_field *i = s->fields; i && i->name; i++)
		fprintf(f, "%s%s: %s%s%s", i == s->fields ? "" : ", ", i->name,
			i->optional ? "?" : "", types[i->type], i->of ? i->of->name : "");
	putc(')', f);
}

static void put_named(FILE *f, const char *what, const struct mt_varlink_struct *s)
{
	putc('\n', f);
	put_doc(f, s->doc);
	fprintf(f, "%s %s ", what, s->name);
	put_fields(f, s);
	putc('\n', f);
}

static void put_method(FILE *f, const struct mt_varlink_method_row *m)
{
	putc('\n', f);
	put_doc(f, m->doc);
	fprintf(f, "method %s", m->name);
	put_fields(f, &m->in);
	fputs(" -> ", f);
	put_fields(f, &m->out);
	putc('\n', f);
}

static void put_interface(FILE *f, const struct mt_varlink_interface *i)
{
	put_doc(f, i->doc);
	fprintf(f, "interface %s\n", i->name);
	for (const struct mt_varlink_struct *const *t = i->types; *t; t++)
		put_named(f, "type", *t);
	for (const struct mt_varlink_method_row *m = mt_varlink_methods; m->interface; m++)
		if (!strcmp(m->interface, i->name))
			put_method(f, m);
	for (const struct mt_varlink_error_row *e = mt_varlink_errors; e->interface; e++)
		if (!strcmp(e->interface, i->name))
			put_named(f, "error", &e->is);
}

char *mt_varlink_describe(const char *interface)
{
	const struct mt_varlink_interface *i = mt_varlink_interfaces;
	char *text = NULL;
	size_t n;
	FILE *f;

	while (i->name && strcmp(i->name, interface))
		i++;
	f = i->name ? open_memstream(&text, &n) : NULL;
	if (!f)
		return NULL;
	put_interface(f, i);
	return fclose(f) ? NULL : text;
}
