/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* json_help.c - the tables that help is made from, for the manual, completion and others */
#include "cli/help.h"
#include "cli/json/json.h"

#include <jansson.h>

/* null for NULL. */
static json_t *text(const char *s)
{
	return s ? json_string(s) : json_null();
}

static json_t *command(const struct mt_help *h, const struct mt_command *m)
{
	json_t *options = json_array();

	for (const struct mt_option *o = h->options; o->name; o++)
		if (h->takes(m, o->name))
			json_array_append_new(options, text(o->name));
	return json_pack("{s:o, s:o, s:o, s:o}", "name", text(m->name), "arguments", text(m->args),
			 "doc", text(m->doc), "options", options);
}

static json_t *commands(const struct mt_help *h, const struct mt_command *m)
{
	json_t *all = json_array();

	for (; m->name; m++)
		json_array_append_new(all, command(h, m));
	return all;
}

static json_t *options(const struct mt_option *o)
{
	json_t *all = json_array();

	for (; o->name; o++) {
		char letter[] = { o->letter, 0 };

		json_array_append_new(all,
				      json_pack("{s:o, s:o, s:o, s:o}", "name", text(o->name),
						"letter", text(o->letter ? letter : NULL),
						"argument", text(o->arg), "doc", text(o->doc)));
	}
	return all;
}

/* @n: the key of a row's index in the table. */
static json_t *described(const struct mt_described *x, const char *n)
{
	json_t *all = json_array();

	for (int i = 0; x[i].name; i++)
		json_array_append_new(all,
				      json_pack("{s:i, s:o, s:o}", n, i, "name", text(x[i].name),
						"doc", text(x[i].doc)));
	return all;
}

static json_t *field(const struct mt_kind *k, int i)
{
	const struct mt_field *f = &k->fields[i];
	json_t *notes = json_array(), *words = json_array();
	const char *note;
	char expects[256];

	for (int n = 0; (note = mt_kind_note(k, i, n)); n++)
		json_array_append_new(notes, text(note));
	for (const struct mt_enum_name *w = f->enum_names; w && w->name; w++)
		json_array_append_new(words, text(w->name));
	return json_pack("{s:o, s:o, s:o, s:o, s:b, s:b, s:b, s:b, s:o, s:o, s:o, s:o}", "name",
			 text(f->name), "doc", text(f->doc), "expects",
			 text(mt_value_expects(f, expects, sizeof expects)), "unit", text(f->unit),
			 "none", f->flags & MT_FIELD_NONE, "key", i < k->nkeys, "required",
			 i < k->required, "boolean", f->type == MT_BOOL, "word", text(f->ip_arg),
			 "off", text(f->ip_none), "words", words, "notes", notes);
}

static json_t *kind(const struct mt_kind *k)
{
	json_t *fields = json_array();

	for (int i = 0; i < k->nfields; i++)
		json_array_append_new(fields, field(k, i));
	return json_pack("{s:o, s:o, s:b, s:b, s:o, s:o, s:o, s:o}", "name", text(k->name), "doc",
			 text(k->doc), "facet", k->flags & MT_KIND_FACET, "exclusive",
			 k->flags & MT_KIND_EXCLUSIVE, "add", text(k->add), "set", text(k->set),
			 "delete", text(k->del), "fields", fields);
}

static json_t *kinds(const struct mt_kind *const *k)
{
	json_t *all = json_array();

	for (; *k; k++)
		json_array_append_new(all, kind(*k));
	return all;
}

static json_t *topics(const struct mt_topic *t)
{
	json_t *all = json_array();

	for (; t->name; t++)
		json_array_append_new(all,
				      json_pack("{s:o, s:o, s:o}", "of", text(t->of), "name",
						text(t->name), "text", text(t->text)));
	return all;
}

char *mt_json_help(const struct mt_help *h)
{
	json_t *j =
		json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "commands",
			  commands(h, h->commands), "scripts", commands(h, h->scripts), "options",
			  options(h->options), "exits", described(h->exits, "status"), "levels",
			  described(h->levels, "status"), "states",
			  described(h->nic_states, "place"), "kinds", kinds(h->kinds), "topics",
			  topics(h->topics));
	char *s = j ? json_dumps(j, MT_JSON_FLAGS) : NULL;

	json_decref(j);
	return s;
}
