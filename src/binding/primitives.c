/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * primitives.c - for each kind of host object: get, list, ensure, delete
 *
 * Each function reads or changes the kernel without a call of Lua in between, and then pushes the
 * result.
 */
#include "binding/binding.h"
#include "plan/difference.h"
#include "plan/step_commands.h"
#include "plan/apply.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* --- arguments -------------------------------------------------------------------------------- */

/* Look up users and groups by their names, as a policy's sandbox cannot. */
static void find_names(lua_State *L, const char *verb, struct mtl_record *d)
{
	struct mt_err e;

	for (int i = 0; i < d->r.kind->nfields; i++) {
		struct mt_value v;

		if (!d->name[i])
			continue;
		if (mt_value_parse(&d->r.kind->fields[i], d->name[i], NULL, &v, &e)) {
			snprintf(e.op, sizeof e.op, "%s", verb);
			mtl_raise(L, &e);
		}
		mt_record_put(&d->r, i, v);
	}
}

/* Read the table of fields at 1, or the first field alone; texts are borrowed from the stack. */
static struct mt_record take(lua_State *L, const char *verb, bool whole_key)
{
	struct mtl_record d = { .r.kind = lua_touserdata(L, lua_upvalueindex(1)) };
	const struct mt_kind *const kinds[] = { d.r.kind, NULL };

	if (lua_type(L, 1) == LUA_TSTRING) {
		lua_createtable(L, 0, 1);
		lua_insert(L, 1);
		lua_pushvalue(L, 2);
		lua_setfield(L, 1, d.r.kind->fields[0].name);
		lua_remove(L, 2);
	}
	luaL_checktype(L, 1, LUA_TTABLE);
	mtl_unknown(L, 1, verb, kinds);
	mtl_take(L, 1, verb, NULL, &d);
	find_names(L, verb, &d);
	for (int i = 0; whole_key && i < d.r.kind->required; i++)
		if (d.r.v[i].state != MT_SET)
			luaL_error(L, "%s: '%s' is missing", verb, d.r.kind->fields[i].name);
	return d.r;
}

static void verb_of(lua_State *L, const char *word, char verb[static 48])
{
	const struct mt_kind *k = lua_touserdata(L, lua_upvalueindex(1));

	snprintf(verb, 48, "%s.%s", k->name, word);
}

static struct mt_apply work_of(struct mtl_call *c, struct mt_host *host)
{
	return (struct mt_apply){ .kinds = mt_kinds, .host = host, .pool = &c->pool };
}

/* Begin a call about one object, whose key is at 1. Return: NULL with @e filled. */
static struct mt_host *begin(lua_State *L, const char *word, char verb[static 48],
			     struct mt_record *key, struct mtl_call **c, struct mt_err *e)
{
	struct mt_host *host;

	verb_of(L, word, verb);
	*key = take(L, verb, true);
	*c = mtl_call(L);
	host = mtl_kernel(*c, e);
	if (host && key->kind->set_defaults)
		key->kind->set_defaults(key);
	return host;
}

/* --- reading ---------------------------------------------------------------------------------- */

/***
 * KIND.get(key | {field = value, ...}) -> record | nil, err
 * The one object that has this key, as the kernel has it now.
 *   key      string   the first field of the kind: a device's name
 *   fields            the whole key, where it has more than one field
 * In the record a field that is none is false; one that the kernel does not have is nil.
 * Fails: ENOENT, there is none; an error of the kernel.   Raises: an unknown field, no key.
 *   local br0 = assert(moontap.link.get "br0")
 */
static int l_kind_get(lua_State *L)
{
	struct mt_record key, has;
	struct mtl_call *c;
	struct mt_host *host;
	struct mt_err e = { 0 };
	char verb[48], subject[96];
	int err;

	host = begin(L, "get", verb, &key, &c, &e);
	if (!host)
		return mtl_fail(L, &e);
	err = mt_record_get(host, &key, &has, &c->pool, &e);
	if (err == -ENOENT)
		mt_fail(&e, ENOENT, verb, mt_record_subject(&key, subject, sizeof subject),
			"there is none");
	if (err)
		return mtl_fail(L, &e);
	mtl_record_push(L, &has);
	return 1;
}

/***
 * KIND.list([{field = value, ...}]) -> array of records | nil, err
 * Every object of this kind that has these fields, as the kernel has them now.
 *   local ports = assert(moontap.link.list{ master = "br0" })
 *   for _, port in ipairs(ports) do print(port.name) end
 */
static int l_kind_list(lua_State *L)
{
	struct mt_record filter;
	struct mt_found *found;
	struct mtl_call *c;
	struct mt_host *host;
	struct mt_err e = { 0 };
	lua_Integer i = 0;
	char verb[48];
	size_t n;

	verb_of(L, "list", verb);
	lua_settop(L, 1);
	if (lua_isnil(L, 1)) {
		lua_newtable(L);
		lua_replace(L, 1);
	}
	filter = take(L, verb, false);
	c = mtl_call(L);
	host = mtl_kernel(c, &e);
	if (!host || mt_record_list(host, &filter, &c->pool, &found, &n, &e))
		return mtl_fail(L, &e);
	lua_createtable(L, (int)n, 0);
	for (const struct mt_found *f = found; f; f = f->next) {
		mtl_record_push(L, &f->r);
		lua_rawseti(L, -2, ++i);
	}
	return 1;
}

/* --- changing --------------------------------------------------------------------------------- */

/* mt_view.was_put_by_us: trusted Lua may change any field, since it need not restore one later. */
static int free_to_change(void *data, const struct mt_record *key, int field, struct mt_err *e)
{
	(void)data, (void)key, (void)field, (void)e;
	return 1;
}

static int make_steps(struct mt_apply *w, struct mt_steps *steps, struct mt_steps *made,
		      struct mt_err *e)
{
	for (size_t i = 0; i < steps->n; i++) {
		struct mt_step *s = &steps->at[i];
		struct mt_step *noted = mt_steps_add(made, s);
		int err;

		if (!noted)
			return mt_fail(e, ENOMEM, s->put.kind->name, "", NULL);
		err = mt_step_apply(w, s, -1, e);
		*noted = *s;
		if (!err && s->op == MT_ADD && !s->existed && s->put.kind->persist)
			err = s->put.kind->persist(w->host, &s->put, e);
		if (err)
			return err;
	}
	return 0;
}

/* Apply all steps; if one fails, revert the applied ones and what the failing one has done. */
static int make(struct mtl_call *c, struct mt_host *host, struct mt_steps *steps, struct mt_err *e)
{
	struct mt_apply w = work_of(c, host);
	struct mt_steps made = { .pool = &c->pool };
	struct mt_err undo;
	int err = make_steps(&w, steps, &made, e);

	w.force = true;
	for (size_t i = made.n; err && i-- > 0;)
		if (mt_step_revert(&w, &made.at[i], &undo))
			e->blame = MT_BLAME_UNDO;
	return err;
}

static int compute(struct mtl_call *c, struct mt_host *host, struct mt_record *want,
		   struct mt_steps *steps, struct mt_err *e)
{
	struct mt_view view = { .host = host, .pool = &c->pool, .was_put_by_us = free_to_change };

	steps->pool = &c->pool;
	if (mt_difference(&view, want, NULL, steps, e))
		return -e->code;
	if (steps->n && steps->at[0].op == MT_SAME)
		steps->n = 0;
	return mt_steps_sort(steps) ? mt_fail(e, ENOMEM, want->kind->name, "", NULL) : 0;
}

/***
 * KIND.ensure({field = value, ...} [, {dry = true}]) -> steps | nil, err
 * Create the object, or change it, so that it has these fields. Other fields stay as they are;
 * false sets a field to none. Returns the steps that were needed: none when it had them already.
 *   dry   true: compute the steps and change nothing
 * Fails: an error of the kernel; then nothing is changed.
 * Raises: an unknown field, a value that its field does not take, a missing key.
 *   moontap.bridge.ensure{ name = "br1" }
 *   local steps = assert(moontap.link.ensure{ name = "br1", up = true })
 *   for _, step in ipairs(steps) do print(step) end
 */
static int l_kind_ensure(lua_State *L)
{
	struct mt_steps steps = { 0 };
	struct mt_record want;
	struct mtl_call *c;
	struct mt_host *host;
	struct mt_err e = { 0 };
	char verb[48];
	bool dry;

	verb_of(L, "ensure", verb);
	want = take(L, verb, true);
	dry = mtl_option(L, 2, "dry");
	if (want.kind->set_defaults)
		want.kind->set_defaults(&want);
	if (mt_record_check(&want, &e))
		mtl_raise(L, &e);
	c = mtl_call(L);
	host = mtl_kernel(c, &e);
	if (!host || compute(c, host, &want, &steps, &e) || (!dry && make(c, host, &steps, &e)))
		return mtl_fail(L, &e);
	mtl_steps_push(L, &steps);
	return 1;
}

/***
 * KIND.delete(key | {field = value, ...}) -> steps | nil, err
 * Delete the object that has this key; no steps when there is none.
 *   moontap.bridge.delete "br1"
 */
static int l_kind_delete(lua_State *L)
{
	struct mt_steps steps = { 0 };
	struct mt_record key;
	struct mt_step s = { .op = MT_DELETE };
	struct mtl_call *c;
	struct mt_host *host;
	struct mt_err e = { 0 };
	char verb[48];
	int err;

	host = begin(L, "delete", verb, &key, &c, &e);
	if (!host)
		return mtl_fail(L, &e);
	steps.pool = &c->pool;
	err = mt_record_get(host, &key, &s.put, &c->pool, &e);
	if (!err && !mt_steps_add(&steps, &s))
		err = mt_fail(&e, ENOMEM, verb, "", NULL);
	if (!err)
		err = s.put.kind->put(host, MT_DELETE, &s.put, &e);
	if (err && err != -ENOENT)
		return mtl_fail(L, &e);
	mtl_steps_push(L, &steps);
	return 1;
}

static void add(lua_State *L, const struct mt_kind *k, const char *name, lua_CFunction f)
{
	lua_pushlightuserdata(L, (void *)k);
	lua_pushcclosure(L, f, 1);
	lua_setfield(L, -2, name);
}

/* kinds: an array of { name =, doc =, fields = { name, ... } } with get, list, ensure, delete */
void mtl_open_kinds(lua_State *L)
{
	lua_newtable(L);
	for (int i = 0; mt_kinds[i]; i++) {
		const struct mt_kind *k = mt_kinds[i];

		lua_createtable(L, 0, 7);
		mtl_string(L, "name", k->name);
		mtl_string(L, "doc", k->doc);
		lua_createtable(L, k->nfields, 0);
		for (int f = 0; f < k->nfields; f++) {
			lua_pushstring(L, k->fields[f].name);
			lua_rawseti(L, -2, f + 1);
		}
		lua_setfield(L, -2, "fields");
		add(L, k, "get", l_kind_get);
		add(L, k, "list", l_kind_list);
		add(L, k, "ensure", l_kind_ensure);
		if (!(k->flags & MT_KIND_FACET))
			add(L, k, "delete", l_kind_delete);
		lua_rawseti(L, -2, i + 1);
	}
	lua_setfield(L, -2, "kinds");
}
