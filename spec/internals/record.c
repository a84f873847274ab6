/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* record.c - src/base/ for specs: a kind that has every type of field, and what the text of its
 * records does */
#include "base/kind.h"
#include "base/sh.h"
#include "base/tokens.h"
#include "policy/lua_state.h"

#include <errno.h>
#include <lauxlib.h>
#include <lua.h>
#include <string.h>

static const struct mt_enum_name colours[] = { { "red", 1 }, { "green", 7 }, { NULL, 0 } };

static const struct mt_field fields[] = {
	{ "name", MT_NAME },
	{ "link", MT_LINK, .flags = MT_FIELD_NONE },
	{ "text", MT_TEXT, .flags = MT_FIELD_NONE, .ip_arg = "text", .ip_none = "notext" },
	{ "u8", MT_UINT, 1 },
	{ "u16", MT_UINT, 2, .min = 5, .max = 1000, .unit = "bytes", .ip_arg = "u16" },
	{ "u32", MT_UINT, 4 },
	{ "u64", MT_UINT, 8 },
	{ "bool", MT_BOOL, 1, .ip_arg = "on", .ip_none = "off" },
	{ "mac", MT_MAC, 6 },
	{ "ip", MT_IP, .flags = MT_FIELD_NONE },
	{ "prefix", MT_PREFIX },
	{ "colour", MT_ENUM, 1, .enum_names = colours },
	{ "user", MT_USER, 4 },
	{ "group", MT_GROUP, 4 },
	{ "ports", MT_RANGE, 2, .min = 1 },
	{ "vids", MT_VIDS, .flags = MT_FIELD_NONE },
};

static const struct mt_kind all = {
	.name = "all",
	.fields = fields,
	.nfields = MT_NFIELDS(fields),
	.nkeys = 1,
	.required = 1,
};

static const struct mt_kind *const kinds[] = { &all, NULL };

#define POOL "moontap.spec.pool"

/* What a call builds hangs on a userdata, so that Lua may throw. */
static struct mt_pool *new_pool(lua_State *L)
{
	struct mt_pool *p = lua_newuserdatauv(L, sizeof *p, 0);

	memset(p, 0, sizeof *p);
	luaL_setmetatable(L, POOL);
	return p;
}

static int l_pool_gc(lua_State *L)
{
	mt_pool_free(luaL_checkudata(L, 1, POOL));
	return 0;
}

static int fail(lua_State *L, const struct mt_err *e)
{
	char line[600];

	lua_pushnil(L);
	lua_pushstring(L, mt_err_line(e, line, sizeof line));
	lua_pushstring(L, mt_errno_name(e->code));
	return 3;
}

/* Each value by its own text, not by the record's: false is none. */
static struct mt_record check_values(lua_State *L, int arg, struct mt_pool *p)
{
	struct mt_record r = { .kind = &all };
	char line[600];
	struct mt_err e;

	luaL_checktype(L, arg, LUA_TTABLE);
	for (int i = 0; i < all.nfields; i++) {
		const char *s;
		struct mt_value v;

		lua_getfield(L, arg, fields[i].name);
		s = lua_tostring(L, -1);
		if (lua_isnil(L, -1))
			v = (struct mt_value){ .state = MT_UNSET };
		else if (s ? mt_value_parse(&fields[i], s, p, &v, &e)
			   : mt_value_none(&fields[i], &v, &e))
			luaL_error(L, "%s", mt_err_line(&e, line, sizeof line));
		mt_record_put(&r, i, v);
		lua_pop(L, 1);
	}
	return r;
}

static bool same(const struct mt_record *a, const struct mt_record *b)
{
	for (int i = 0; i < all.nfields; i++)
		if (!mt_value_equal(&fields[i], &a->v[i], &b->v[i]))
			return false;
	return a->kind == b->kind && a->set == b->set;
}

/* print{ field = text or false, ... } -> line, whether parse(line) is the record again */
static int l_print(lua_State *L)
{
	struct mt_pool *p = new_pool(L);
	struct mt_record r = check_values(L, 1, p), again;
	char line[8192], copy[8192];
	size_t n = mt_record_print(&r, 0, line, sizeof line);
	struct mt_err e;

	luaL_argcheck(L, n < sizeof line && n == strlen(line), 1, "its length is not as it says");
	for (size_t cut = 0; cut <= n;
	     cut += 1 + n / 16) { /* too little room: the same beginning */
		size_t says;

		memset(copy, 'x', sizeof copy - 1);
		copy[sizeof copy - 1] = 0;
		says = mt_record_print(&r, 0, copy, cut);
		luaL_argcheck(L, says == n, 1, "its length depends on the room");
		luaL_argcheck(L, !cut || strlen(copy) < cut, 1, "it does not end");
	}
	strcpy(copy, line);
	lua_pushstring(L, line);
	lua_pushboolean(L, !mt_record_read(kinds, copy, &again, p, &e) && same(&r, &again));
	return 2;
}

/* parse(line) -> { field = text or false, ... } | nil, err, code */
static int l_parse(lua_State *L)
{
	const char *s = luaL_checkstring(L, 1);
	struct mt_pool *p = new_pool(L);
	char *line = mt_pool_copy(p, s, strlen(s)), text[MT_VALUE_TEXT];
	struct mt_record r;
	struct mt_err e;

	if (mt_record_read(kinds, line, &r, p, &e) || mt_record_check(&r, &e))
		return fail(L, &e);
	lua_newtable(L);
	for (int i = 0; i < all.nfields; i++) {
		if (r.v[i].state == MT_UNSET)
			continue;
		if (r.v[i].state == MT_NONE)
			lua_pushboolean(L, 0);
		else
			lua_pushstring(L, mt_value_print(&fields[i], &r.v[i], text));
		lua_setfield(L, -2, fields[i].name);
	}
	return 1;
}

/* take{ field = value, ... } -> the line of the record that a policy declares so; raises */
static int l_take(lua_State *L)
{
	struct mtl_record d = { .r.kind = &all };
	char line[8192];

	luaL_checktype(L, 1, LUA_TTABLE);
	mtl_take(L, 1, "all", NULL, &d);
	mt_record_print(&d.r, 0, line, sizeof line);
	lua_pushstring(L, line);
	return 1;
}

/* push(line) -> the table that a policy sees of this record */
static int l_push(lua_State *L)
{
	const char *s = luaL_checkstring(L, 1);
	struct mt_pool *p = new_pool(L);
	char *line = mt_pool_copy(p, s, strlen(s));
	struct mt_record r;
	struct mt_err e;

	if (mt_record_read(kinds, line, &r, p, &e))
		return fail(L, &e);
	mtl_push(L, &r);
	return 1;
}

/* sh(word) -> the word, quoted for sh */
static int l_sh(lua_State *L)
{
	char buf[4096];
	struct mt_sh s = { buf, sizeof buf, 0 };

	mt_sh_quote(&s, luaL_checkstring(L, 1));
	lua_pushlstring(L, buf, s.len);
	return 1;
}

static const luaL_Reg functions[] = {
	{ "print", l_print }, { "parse", l_parse }, { "take", l_take },
	{ "push", l_push },   { "sh", l_sh },	    { NULL, NULL },
};

int luaopen_internals_record(lua_State *L);
int luaopen_internals_record(lua_State *L)
{
	luaL_newmetatable(L, POOL);
	lua_pushcfunction(L, l_pool_gc);
	lua_setfield(L, -2, "__gc");
	luaL_newlib(L, functions);
	return 1;
}
