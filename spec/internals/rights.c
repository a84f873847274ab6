/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rights.c - for specs: what a plan may use, with a kind of no object that needs rights of every type
 *
 *   check(line, { { what, value }, ... }) -> true | nil, why
 */
#include "plan/rights.h"

#include <lauxlib.h>
#include <lua.h>
#include <string.h>

static const struct mt_field rights[] = {
	{ .name = "vid", .type = MT_VIDS },
	{ .name = "ports", .type = MT_RANGE, .size = 2 },
	{ .name = "iface_id", .type = MT_TEXT },
	{ .name = "prefix", .type = MT_PREFIX },
};

static const struct mt_field fields[] = {
	{ "name", MT_TEXT },
	{ "pvid", MT_UINT, 2, .right = &rights[0] },
	{ "tagged", MT_VIDS, .flags = MT_FIELD_NONE, .right = &rights[0] },
	{ "port", MT_RANGE, 2, .right = &rights[1] },
	{ "count", MT_UINT, 8, .right = &rights[1] },
	{ "iface_id", MT_TEXT, .right = &rights[2] },
	{ "net", MT_PREFIX, .right = &rights[3] },
	{ "ip", MT_IP, .right = &rights[3] },
};

static const struct mt_kind kind = {
	.name = "thing",
	.fields = fields,
	.nfields = MT_NFIELDS(fields),
	.nkeys = 1,
	.required = 1,
};

static const struct mt_kind *const kinds[] = { &kind, NULL };

static int check(lua_State *L, struct mt_pool *p)
{
	const char *s = luaL_checkstring(L, 1);
	struct mt_allow allow[16] = { 0 };
	struct mt_rights given = { .dev = "" };
	struct mt_plan plan = { .pool = p };
	struct mt_declaration d = { .place = "policy.lua:1" };
	struct mt_err e;
	char line[600];

	for (lua_Integer i = 0; i < 16 && lua_geti(L, 2, i + 1) == LUA_TTABLE; i++) {
		lua_geti(L, -1, 1);
		lua_geti(L, -2, 2); /* both stay in the spec's table */
		allow[i] = (struct mt_allow){ i ? &allow[i - 1] : NULL, lua_tostring(L, -2),
					      lua_tostring(L, -1), "" };
		given.allow = &allow[i];
		lua_pop(L, 3);
	}
	if (!mt_record_read(kinds, mt_pool_copy(p, s, strlen(s)), &d.record, p, &e) &&
	    !mt_plan_add(&plan, &d, &e) && !mt_rights_check(&given, &plan, &e))
		return lua_pushboolean(L, 1), 1;
	lua_pushnil(L);
	lua_pushstring(L, mt_err_line(&e, line, sizeof line));
	return 2;
}

static int l_check(lua_State *L)
{
	struct mt_pool pool = { 0 };
	int n = check(L, &pool);

	mt_pool_free(&pool);
	return n;
}

int luaopen_internals_rights(lua_State *L);
int luaopen_internals_rights(lua_State *L)
{
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, l_check);
	lua_setfield(L, -2, "check");
	return 1;
}
