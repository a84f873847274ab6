/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* host_reads.c - host.KIND() and host.KINDs(): let a policy read the kernel's objects */
#include "kernel/host.h"
#include "policy/lua_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct search {
	const struct mt_record *filter;
	struct mt_found *first;
	size_t n;
};

/* Read objects into the policy's pool: while the kernel's answer is read no Lua may run, since it
 * could raise. */
static void search(lua_State *L, const char *what, struct search *s)
{
	struct mt_policy *p = mtl_policy(L);
	struct mt_err e;

	p->asked_host = true;
	if (!p->o.host)
		luaL_error(L, "%s: the host cannot be read here", what);
	mt_pool_free(&p->pool);
	if (!mt_record_list(p->o.host, s->filter, &p->pool, &s->first, &s->n, &e))
		return;
	if (e.code == ENOMEM)
		mtl_end(L, MT_BLAME_LIMIT, ENOMEM, "out of memory: %s has too much to tell", what);
	luaL_error(L, "%s: %s%s%s", what, e.subject, *e.subject ? ": " : "", e.text);
}

/* Push a record as a table, with the fields that were noted of the same device. */
static void push(lua_State *L, const struct mt_record *found)
{
	const struct mt_policy_options *o = &mtl_policy(L)->o;
	struct mt_record r = *found;

	for (size_t i = 0; i < o->nnotes; i++) {
		const struct mt_record *note = &o->notes[i];

		if (!mt_ref_equal(&note->ref, &r.ref) || !mt_record_same_key(note, &r))
			continue;
		for (int f = r.kind->nkeys; f < r.kind->nfields; f++)
			if (mt_record_has(note, f))
				mt_record_put(&r, f, note->v[f]);
	}
	mtl_push(L, &r);
}

/* Read the table at 1 as a filter. */
static struct mtl_record filter(lua_State *L, const char *what)
{
	struct mtl_record d = { .r.kind = lua_touserdata(L, lua_upvalueindex(1)) };
	const struct mt_kind *const kinds[] = { d.r.kind, NULL };

	if (!lua_istable(L, 1))
		luaL_error(L, "%s: a table of fields expected, not a %s", what,
			   luaL_typename(L, 1));
	mtl_unknown(L, 1, what, kinds);
	mtl_take(L, 1, what, NULL, &d);
	for (int i = 0; i < d.r.kind->nfields; i++)
		if (d.name[i])
			luaL_error(L, "%s: %s: a number expected here, not a name", what,
				   d.r.kind->fields[i].name);
	return d;
}

/***
 * host.KIND(key | {field = value, ...}) -> table | nil
 * The one object that has this key, as the kernel has it; nil when there is none. Within one event
 * the same call returns the same.
 *   key      string   the first field of the kind: a device's name
 *   fields            the whole key, where it has more than one field
 * In the table a field that is none is false; one that the kernel does not have is nil.
 * Raises: an unknown field, a missing key, an error of the kernel.
 *   local bridge = host.link "br0" or refuse "there is no br0"
 */
static int l_host_one(lua_State *L)
{
	const struct mt_kind *k = lua_touserdata(L, lua_upvalueindex(1));
	struct mtl_record d;
	struct search s = { .filter = &d.r };
	char what[48];

	snprintf(what, sizeof what, "host.%s", k->name);
	lua_settop(L, 1);
	if (lua_isstring(L, 1)) {
		lua_createtable(L, 0, 1);
		lua_insert(L, 1);
		lua_setfield(L, 1, k->fields[0].name);
	}
	d = filter(L, what);
	for (int i = 0; i < k->required; i++)
		if (d.r.v[i].state != MT_SET)
			luaL_error(L, "%s: '%s' is missing", what, k->fields[i].name);
	search(L, what, &s);
	if (s.first)
		push(L, &s.first->r);
	else
		lua_pushnil(L);
	return 1;
}

/***
 * host.KINDs([{field = value, ...}]) -> array of tables
 * Every object of this kind that has these fields, as the kernel has them. Within one event the
 * same call returns the same.
 *   for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
 */
static int l_host_all(lua_State *L)
{
	const struct mt_kind *k = lua_touserdata(L, lua_upvalueindex(1));
	struct mtl_record d;
	struct search s = { 0 };
	char what[48];
	lua_Integer i = 0;

	snprintf(what, sizeof what, "host.%ss", k->name);
	lua_settop(L, 1);
	if (lua_isnil(L, 1)) {
		lua_newtable(L);
		lua_replace(L, 1);
	}
	d = filter(L, what);
	s.filter = &d.r;
	search(L, what, &s);
	lua_createtable(L, (int)s.n, 0);
	for (const struct mt_found *f = s.first; f; f = f->next) {
		push(L, &f->r);
		lua_rawseti(L, -2, ++i);
	}
	return 1;
}

void mtl_host(lua_State *L)
{
	lua_createtable(L, 0, 32);
	for (const struct mt_kind *const *k = mt_kinds; *k; k++) {
		if ((*k)->flags & MT_KIND_UNREAD)
			continue;
		lua_pushlightuserdata(L, (void *)*k);
		lua_pushcclosure(L, l_host_one, 1);
		lua_setfield(L, -2, (*k)->name);
		lua_pushfstring(L, "%ss", (*k)->name);
		lua_pushlightuserdata(L, (void *)*k);
		lua_pushcclosure(L, l_host_all, 1);
		lua_settable(L, -3);
	}
	lua_setfield(L, -2, "host");
	lua_pushboolean(L, mtl_policy(L)->o.host || mtl_policy(L)->o.host_later);
	lua_setfield(L, -2, "reads_host");
}
