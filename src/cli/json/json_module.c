/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json_module.c - outcomes, tables and runs as JSON, in the only module that links jansson
 */
#include "cli/json/json.h"
#include "base/json_read.h"
#include "cli/table.h"
#include "engine/handle.h"
#include "engine/history.h"
#include "plan/step_commands.h"

#include <stdlib.h>
#include <string.h>

extern __attribute__((visibility("default"))) const struct mt_json mt_json;

static json_t *value(const struct mt_field *f, const struct mt_value *v)
{
	char buf[MT_VALUE_TEXT];

	if (v->state != MT_SET)
		return json_null();
	switch (f->type) {
	case MT_UINT:
	case MT_USER:
	case MT_GROUP:
		return json_integer((json_int_t)v->u);
	case MT_BOOL:
		return json_boolean(v->u);
	default:
		return mt_json_text(mt_value_print(f, v, buf));
	}
}

static json_t *record(const struct mt_record *r, int from, int to)
{
	json_t *j = json_object();

	for (int i = from; i < to; i++)
		if (mt_record_has(r, i))
			json_object_set_new(j, r->kind->fields[i].name,
					    value(&r->kind->fields[i], &r->v[i]));
	return j;
}

static json_t *step(const struct mt_step *s)
{
	const struct mt_kind *k = s->put.kind;
	char command[2 * MT_LINE_MAX];
	json_t *j = json_pack("{s:s, s:s, s:o, s:o}", "op", mt_op_name(s->op), "kind", k->name,
			      "key", record(&s->put, 0, k->nkeys), "put",
			      record(&s->put, k->nkeys, k->nfields));

	if (s->op == MT_CHANGE && s->was.kind)
		json_object_set_new(j, "was", record(&s->was, k->nkeys, k->nfields));
	if (s->place)
		json_object_set_new(j, "place", mt_json_text(s->place));
	if (s->shared)
		json_object_set_new(j, "shared", json_true());
	mt_sh_print(s->op, &s->put, s->was.kind ? &s->was : NULL, command, sizeof command);
	if (*command) {
		command[strlen(command) - 1] = 0;
		json_object_set_new(j, "command", mt_json_text(command));
	}
	return j;
}

static json_t *steps(const struct mt_steps *s)
{
	json_t *j = json_array();

	for (size_t i = 0; s && i < s->n; i++)
		json_array_append_new(j, step(&s->at[i]));
	return j;
}

static json_t *undone(const struct mt_outcome *o, const struct mt_outcome_nic *n)
{
	json_t *j = json_array();
	struct mt_step shown;

	for (size_t i = 0; mt_outcome_undone(o, n, &i, &shown);)
		json_array_append_new(j, step(&shown));
	return j;
}

static json_t *nic(const struct mt_outcome *o, const struct mt_outcome_nic *n)
{
	static const char *const decisions[] = { NULL, "managed", "unmanaged" };
	json_t *j = json_pack("{s:i, s:b}", "index", n->index, "unmanaged", n->unmanaged);

	json_object_set_new(j, "type", mt_json_text(n->type));
	json_object_set_new(j, "mac", *n->mac ? mt_json_text(n->mac) : json_null());
	json_object_set_new(j, "dev", *n->dev ? mt_json_text(n->dev) : json_null());
	json_object_set_new(j, "decision",
			    decisions[n->decision] ? mt_json_text(decisions[n->decision])
						   : json_null());
	if (n->note)
		json_object_set_new(j, "note", mt_json_text(n->note));
	json_object_set_new(j, "steps", steps(n->steps));
	if (n->undone && n->undone->n)
		json_object_set_new(j, "undone", undone(o, n));
	return j;
}

static json_t *error(const struct mt_err *e)
{
	const char *name = mt_errno_name(e->code);

	if (!e->code)
		return json_null();
	return json_pack("{s:s, s:i, s:o, s:o, s:o, s:o}", "code", name ? name : "?", "exit",
			 mt_exit_status(e->blame), "where", mt_json_text(e->where), "what",
			 mt_json_text(e->op), "on", mt_json_text(e->subject), "why",
			 mt_json_text(e->text));
}

static char *dump(json_t *j)
{
	char *s = json_dumps(j, MT_JSON_FLAGS);
	size_t flags = s ? mt_json_flags(s) : 0;

	if (flags != MT_JSON_FLAGS && s) {
		free(s);
		s = json_dumps(j, flags);
	}
	json_decref(j);
	return s;
}

static char *outcome(const struct mt_outcome *o, const struct mt_err *e)
{
	json_t *nics = json_array(), *warnings = json_array(), *j;

	for (size_t i = 0; i < o->n; i++)
		json_array_append_new(nics, nic(o, &o->nics[i]));
	for (size_t i = 0; i < o->nwarnings; i++)
		json_array_append_new(warnings, mt_json_text(o->warnings[i]));
	j = json_pack("{s:{s:o, s:o}, s:o, s:o, s:i, s:o}", "domain", "name", mt_json_text(o->name),
		      "uuid", *o->uuid ? mt_json_text(o->uuid) : json_null(), "nics", nics,
		      "warnings", warnings, "left", (int)o->left, "error",
		      e ? error(e) : json_null());
	return dump(j);
}

/* Only of the outcome's first NIC. */
static char *all_steps(const struct mt_outcome *o)
{
	json_t *j = o->n ? steps(o->nics->steps) : json_array();
	json_t *back = o->n ? undone(o, o->nics) : json_array();

	json_array_extend(j, back);
	json_decref(back);
	return dump(j);
}

static json_t *cell(const struct mt_column *c, const char *s)
{
	if (!s)
		return json_null();
	if (c->type == MT_CELL_BOOL)
		return json_boolean(!strcmp(s, "true"));
	if (c->type == MT_CELL_TEXT)
		return mt_json_text(s);
	if (c->type == MT_CELL_JSON) /* moontap wrote it, so it parses */
		return mt_json_read(s, strlen(s), JSON_DECODE_ANY, NULL) ?: json_null();
	return strchr(s, '.') ? json_real(strtod(s, NULL)) : json_integer(strtoll(s, NULL, 10));
}

static json_t *row(const struct mt_table *t, const struct mt_row *r)
{
	json_t *j = json_object();

	for (int i = 0; t->columns[i].title; i++)
		if (t->columns[i].key)
			json_object_set_new(j, t->columns[i].key, cell(&t->columns[i], r->cell[i]));
	if (t->notes) {
		json_t *notes = json_array();

		for (size_t i = 0; i < r->nnotes; i++)
			json_array_append_new(notes, mt_json_text(r->notes[i]));
		json_object_set_new(j, t->notes, notes);
	}
	return j;
}

static json_t *rows(const struct mt_table *t)
{
	const struct mt_table *inner = t->inner;
	json_t *j = json_array();

	for (const struct mt_row *r = t->first; r; r = r->next) {
		json_t *one = row(t, r);

		if (inner)
			json_object_set_new(one, t->inner_key, rows(inner++));
		json_array_append_new(j, one);
	}
	return j;
}

static char *table(const struct mt_table *t)
{
	return dump(rows(t));
}

static json_t *fact_tree(const char *bytes, size_t n)
{
	char *text = NULL;
	size_t size;
	FILE *f = bytes ? open_memstream(&text, &size) : NULL;
	bool written = f && mt_json_facts(bytes, n, f);
	json_t *j = f && !fclose(f) && written ? mt_json_read(text, size, 0, NULL) : NULL;

	free(text);
	return j ? j : json_null();
}

static char *history(const struct mt_history *h)
{
	json_t *nics = json_array(), *logs = json_array(), *j;
	const struct mt_times *t = &h->outcome.times;

	for (size_t i = 0; i < h->outcome.n; i++)
		json_array_append_new(nics, nic(&h->outcome, &h->outcome.nics[i]));
	for (size_t i = 0; i < h->nlogs; i++)
		json_array_append_new(logs, mt_json_text(h->logs[i]));
	j = json_pack("{s:f, s:o, s:o, s:o, s:o, s:o, s:i, s:o}", "time", (double)h->at_us / 1e6,
		      "event", mt_json_text(h->event), "driver", mt_json_text(h->driver), "domain",
		      mt_json_text(h->guest), "dev", mt_json_text(h->dev), "words",
		      mt_json_text(h->argv), "exit", h->exit, "error",
		      *h->error ? mt_json_text(h->error) : json_null());
	json_object_set_new(j, "policy", *h->policy ? mt_json_text(h->policy) : json_null());
	json_object_set_new(j, "checksum", *h->checksum ? mt_json_text(h->checksum) : json_null());
	json_object_set_new(j, "us",
			    json_pack("{s:i, s:i, s:i, s:i}", "all", (int)h->took_us, "evaluate",
				      (int)t->evaluate, "compute", (int)t->compute, "make",
				      (int)t->make));
	json_object_set_new(j, "log", logs);
	json_object_set_new(j, "nics", nics);
	json_object_set_new(j, "cut", json_boolean(h->cut));
	json_object_set_new(j, "facts", fact_tree(h->outcome.facts, h->outcome.facts_n));
	return dump(j);
}

const struct mt_json mt_json = { outcome, all_steps, mt_json_facts, table, history, mt_json_help };
