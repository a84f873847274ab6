/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fields.c - records of a kind from Lua tables, and tables from records
 *
 * Strict: what a field's row does not allow raises, and says what would be right. Tables are read
 * raw, in the order of the kind's fields, so that the same table gives the same error.
 */
#include "base/tokens.h"
#include "kernel/host.h"
#include "policy/lua_state.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void mtl_raise(lua_State *L, const struct mt_err *e)
{
	luaL_error(L, "%s: %s%s%s", e->op, e->subject, *e->subject ? ": " : "", e->text);
	__builtin_unreachable();
}

static bool known(const struct mt_kind *const *kinds, const char *name)
{
	for (; *kinds; kinds++)
		if (mt_kind_field(*kinds, name) >= 0)
			return true;
	return false;
}

static const char *nearest(const struct mt_kind *const *kinds, const char *name)
{
	const char *names[2 * MT_FIELDS_MAX + 1] = { 0 };
	int n = 0;

	for (; *kinds; kinds++)
		for (int i = 0; i < (*kinds)->nfields && n < 2 * MT_FIELDS_MAX; i++)
			names[n++] = (*kinds)->fields[i].name;
	return mt_nearest(name, names, sizeof *names);
}

/* Words of ip(8), bridge(8), tc(8) and nft(8) that people may expect here. */
static bool not_yet(const char *word)
{
	static const char *const words[] = {
		"bond", "dummy",  "geneve", "ipvlan",	"iptables",
		"mdb",	"mirror", "netns",  "nftables", "openvswitch",
		"ovs",	"sriov",  "team",   "tunnel",	"wireguard",
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strcmp(words[i], word))
			return true;
	return false;
}

/* Raise an error that names what there is instead. */
__attribute__((noreturn)) static void unknown(lua_State *L, const char *verb, const char *name,
					      const struct mt_kind *const *kinds)
{
	const char *near = nearest(kinds, name);
	luaL_Buffer b;

	if (near)
		luaL_error(L, "%s: unknown field '%s'; did you mean '%s'?", verb, name, near);
	if (not_yet(name))
		luaL_error(L, "%s: unknown field '%s'; moontap has nothing of the kind yet", verb,
			   name);
	luaL_buffinit(L, &b);
	for (; *kinds; kinds++)
		for (int i = 0; i < (*kinds)->nfields; i++) {
			luaL_addstring(&b, luaL_bufflen(&b) ? ", " : "");
			luaL_addstring(&b, (*kinds)->fields[i].name);
		}
	luaL_pushresult(&b);
	luaL_error(L, "%s: unknown field '%s'; its fields: %s", verb, name, lua_tostring(L, -1));
	__builtin_unreachable();
}

/* Of several unknown fields the first by name is reported: the order of lua_next() is random. */
void mtl_unknown(lua_State *L, int table, const char *verb, const struct mt_kind *const *kinds)
{
	const char *first = NULL;

	for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
		const char *name;

		if (lua_type(L, -2) != LUA_TSTRING)
			luaL_error(L, "%s: fields have names, and this one is a %s", verb,
				   luaL_typename(L, -2));
		name = lua_tostring(L, -2);
		if (!known(kinds, name) && (!first || strcmp(name, first) < 0))
			first = name;
	}
	if (first)
		unknown(L, verb, first, kinds);
}

#define DEFAULT "moontap.default"

/***
 * default(value) -> value
 * A field's value that gives way: where another declaration of the same object has the field
 * without default(), that value counts, whichever comes first. Two defaults that differ are an
 * error, unless a value without default() decides. default(nil) is nil.
 *   tap(nic, { master = "br0", mtu = default(9000) })
 */
int l_default(lua_State *L)
{
	luaL_checkany(L, 1);
	lua_settop(L, 1);
	if (lua_isnil(L, 1) || luaL_testudata(L, 1, DEFAULT))
		return 1;
	lua_newuserdatauv(L, 0, 1);
	lua_insert(L, 1);
	lua_setiuservalue(L, 1, 1);
	if (luaL_newmetatable(L, DEFAULT)) {
		lua_pushliteral(L, "default");
		lua_setfield(L, -2, "__name");
		lua_pushboolean(L, false);
		lua_setfield(L, -2, "__metatable");
	}
	lua_setmetatable(L, 1);
	return 1;
}

/* core.meant(value) -> the value without its default(), whether it had one */
int l_meant(lua_State *L)
{
	bool is_default = luaL_testudata(L, 1, DEFAULT) != NULL;

	lua_settop(L, 1);
	if (is_default)
		lua_getiuservalue(L, 1, 1);
	lua_pushboolean(L, is_default);
	return 2;
}

static bool is_number(const struct mt_field *f)
{
	return f->type == MT_UINT || f->type == MT_USER || f->type == MT_GROUP;
}

/* A name that useradd(8) accepts. */
static bool is_user_name(const char *s)
{
	size_t n = strlen(s);

	if (!n || n > 64 || (!isalpha((unsigned char)*s) && *s != '_'))
		return false;
	return strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") == n;
}

static int mismatch(const struct mt_field *f, const char *what, struct mt_err *e)
{
	char expects[256];

	return mt_bad(e, "", f->name, "%s is not %s", what,
		      mt_value_expects(f, expects, sizeof expects));
}

/* Whether a field takes a number: also where it stands for the set or range of just that number. */
static bool takes_number(const struct mt_field *f)
{
	return is_number(f) || f->type == MT_RANGE || f->type == MT_VIDS;
}

static int from_number(lua_State *L, const struct mt_field *f, struct mt_value *v, struct mt_err *e)
{
	char text[64];
	int whole;
	lua_Integer n = lua_tointegerx(L, -1, &whole);

	if (!whole)
		snprintf(text, sizeof text, "%.14g", lua_tonumber(L, -1));
	else
		snprintf(text, sizeof text, LUA_INTEGER_FMT, n);
	if (!whole || !takes_number(f))
		return mismatch(f, text, e);
	if (f->type == MT_VIDS) { /* the value borrows its text, which must stay on the stack */
		lua_pushstring(L, text);
		lua_replace(L, -2);
		return mt_value_parse(f, lua_tostring(L, -1), NULL, v, e);
	}
	return mt_value_parse(f, text, NULL, v, e);
}

static int from_string(lua_State *L, const struct mt_field *f, struct mt_value *v,
		       const char **name, struct mt_err *e)
{
	const char *s = lua_tostring(L, -1);
	char what[96], vids[MT_VIDS_TEXT];

	if (strlen(s) != lua_rawlen(L, -1))
		return mismatch(f, "a string with a NUL byte", e);
	if ((f->type == MT_USER || f->type == MT_GROUP) && is_user_name(s)) {
		*name = s;
		return 0;
	}
	if (f->type == MT_VIDS && mt_vids_canonical(s, vids)) {
		lua_pushstring(L, vids);
		lua_replace(L, -2);
		s = lua_tostring(L, -1);
	}
	if (!is_number(f) && f->type != MT_BOOL)
		return mt_value_parse(f, s, NULL, v, e);
	snprintf(what, sizeof what, "the string '%.64s'", s);
	return mismatch(f, what, e);
}

/* Read the value on the top of the stack, and perhaps replace it by its canonical text. Texts in @v
 * and @name are borrowed from it. */
static int from_lua(lua_State *L, const struct mt_field *f, struct mt_value *v, const char **name,
		    struct mt_err *e)
{
	char what[32];

	switch (lua_type(L, -1)) {
	case LUA_TNUMBER:
		return from_number(L, f, v, e);
	case LUA_TSTRING:
		return from_string(L, f, v, name, e);
	case LUA_TBOOLEAN:
		if (f->type == MT_BOOL)
			return *v = mt_uint((uint64_t)lua_toboolean(L, -1)), 0;
		return lua_toboolean(L, -1) ? mismatch(f, "true", e) : mt_value_none(f, v, e);
	}
	snprintf(what, sizeof what, "a %s",
		 luaL_testudata(L, -1, DEFAULT) ? "default" : luaL_typename(L, -1));
	return mismatch(f, what, e);
}

/* If @d takes defaults, replace default(value) on the top of the stack by value. Return: if so. */
static bool take_default(lua_State *L, const struct mtl_record *d, int field, const char *verb)
{
	if (!d->takes_defaults || !luaL_testudata(L, -1, DEFAULT))
		return false;
	if (field < d->r.kind->nkeys)
		luaL_error(L, "%s: %s: it says which object is meant, and cannot be a default",
			   verb, d->r.kind->fields[field].name);
	lua_getiuservalue(L, -1, 1);
	lua_replace(L, -2);
	return true;
}

void mtl_take(lua_State *L, int table, const char *verb, const struct mt_kind *first,
	      struct mtl_record *d)
{
	const struct mt_kind *k = d->r.kind;
	struct mt_err e;

	for (int i = 0; i < k->nfields; i++) {
		struct mt_value v = { .state = MT_UNSET };
		const char *name = NULL;

		if (first && mt_kind_field(first, k->fields[i].name) >= 0)
			continue;
		lua_pushstring(L, k->fields[i].name);
		if (lua_rawget(L, table) != LUA_TNIL) {
			bool gives_way = take_default(L, d, i, verb);

			if (from_lua(L, &k->fields[i], &v, &name, &e)) {
				snprintf(e.op, sizeof e.op, "%s", verb);
				mtl_raise(L, &e);
			}
			mt_record_put(&d->r, i, v);
			d->name[i] = name;
			d->defaults = (d->defaults & ~(1u << i)) | (uint32_t)gives_way << i;
		}
		if (k->fields[i].type == MT_VIDS)
			luaL_checkstack(L, 4, verb); /* keep the text: the table may hold another */
		else
			lua_pop(L, 1); /* the table still holds it */
	}
}

/* core.misfit(kind, field, value) -> why the field does not take the value; nil: it does */
int l_misfit(lua_State *L)
{
	const struct mt_kind *k = mt_kind_find(mt_kinds, luaL_checkstring(L, 1));
	int i = k ? mt_kind_field(k, luaL_checkstring(L, 2)) : -1;
	struct mt_value v;
	const char *name;
	struct mt_err e;

	if (i < 0)
		luaL_error(L, "there is no field %s.%s", lua_tostring(L, 1), lua_tostring(L, 2));
	lua_settop(L, 3);
	if (!from_lua(L, &k->fields[i], &v, &name, &e))
		return 0;
	lua_pushstring(L, e.text);
	return 1;
}

/* core.fields(kind) -> a table whose keys are the names of the kind's fields, without its key's */
int l_fields(lua_State *L)
{
	const struct mt_kind *k = mt_kind_find(mt_kinds, luaL_checkstring(L, 1));

	if (!k)
		luaL_error(L, "there is no kind %s", lua_tostring(L, 1));
	lua_createtable(L, 0, k->nfields);
	for (int i = k->nkeys; i < k->nfields; i++) {
		lua_pushboolean(L, true);
		lua_setfield(L, -2, k->fields[i].name);
	}
	return 1;
}

/* core.not_yet(word) -> whether other tools have this word, and moontap nothing of the name yet */
int l_not_yet(lua_State *L)
{
	lua_pushboolean(L, not_yet(luaL_checkstring(L, 1)));
	return 1;
}

static void push_value(lua_State *L, const struct mt_field *f, const struct mt_value *v)
{
	char text[MT_VALUE_TEXT];

	if (v->state == MT_NONE)
		lua_pushboolean(L, false);
	else if (f->type == MT_BOOL)
		lua_pushboolean(L, v->u != 0);
	else if (is_number(f) && v->u <= LUA_MAXINTEGER)
		lua_pushinteger(L, (lua_Integer)v->u);
	else if (is_number(f))
		lua_pushnumber(L, (lua_Number)v->u);
	else
		lua_pushstring(L, mt_value_print(f, v, text));
}

void mtl_push(lua_State *L, const struct mt_record *r)
{
	const struct mt_kind *k = r->kind;

	lua_createtable(L, 0, __builtin_popcount(r->set));
	for (int i = 0; i < k->nfields; i++)
		if (mt_record_has(r, i)) {
			push_value(L, &k->fields[i], &r->v[i]);
			lua_setfield(L, -2, k->fields[i].name);
		}
}
