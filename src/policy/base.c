/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* base.c - functions of Lua's base library that a policy gets in another form */
#include "policy/lua_state.h"

#include <lualib.h>
#include <string.h>

/***
 * pcall(f, ...) -> true, results | false, error
 * Call a function and catch its error. A refusal and a limit are not caught.
 */
static int l_pcall(lua_State *L)
{
	int status;

	luaL_checkany(L, 1);
	status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
	if (status == LUA_ERRMEM || mtl_policy(L)->ended)
		return lua_error(L);
	lua_pushboolean(L, status == LUA_OK);
	lua_insert(L, 1);
	return lua_gettop(L);
}

/***
 * error(message [, level])
 * As in Lua, but only functions of the policy and of hooks count for the level: what is between
 * them is moontap's. A hook called at the policy's top level blames the policy's line by 2.
 */
static int l_error(lua_State *L)
{
	lua_Integer level = luaL_optinteger(L, 2, 1);
	lua_Debug ar;

	lua_settop(L, 1);
	if (lua_type(L, 1) != LUA_TSTRING || level < 1)
		return lua_error(L);
	for (int at = 1; lua_getstack(L, at, &ar); at++)
		if (mtl_is_theirs(L, &ar) && !--level) {
			luaL_where(L, at);
			lua_insert(L, 1);
			lua_concat(L, 2);
			break;
		}
	return lua_error(L);
}

/***
 * tostring(value) -> string
 * A value as text, by its __tostring where it has one; another table or function is shown by its
 * type.
 */
static int l_tostring(lua_State *L)
{
	luaL_checkany(L, 1);
	lua_settop(L, 1);
	mtl_push_text(L, 1);
	return 1;
}

/***
 * setmetatable(table, metatable) -> table
 * As in Lua, but without __gc and __mode: a policy cannot see what the collector does, and when.
 */
static int l_setmetatable(lua_State *L)
{
	static const char *const refused[] = { "__gc", "__mode" };

	luaL_checktype(L, 1, LUA_TTABLE);
	luaL_argexpected(L, lua_isnoneornil(L, 2) || lua_istable(L, 2), 2, "nil or table");
	lua_settop(L, 2);
	if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
		return luaL_error(L, "setmetatable: this metatable is protected");
	for (int i = 0; i < 2 && lua_istable(L, 2); i++) {
		lua_pushstring(L, refused[i]);
		if (lua_rawget(L, 2) != LUA_TNIL)
			return luaL_error(L, "setmetatable: %s is not there", refused[i]);
		lua_pop(L, 1);
	}
	lua_settop(L, 2);
	lua_setmetatable(L, 1);
	return 1;
}

/***
 * rawset(table, key, value) -> table
 * As in Lua, but not on a table whose metatable is protected.
 */
static int l_rawset(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	luaL_checkany(L, 3);
	if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
		return luaL_error(L, "rawset: this table is protected");
	lua_settop(L, 3);
	lua_rawset(L, 1);
	return 1;
}

void mtl_base(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "pcall", l_pcall },	    { "error", l_error },
		{ "tostring", l_tostring }, { "setmetatable", l_setmetatable },
		{ "rawset", l_rawset },	    { NULL, NULL },
	};

	mtl_base_library(L);
	luaL_setfuncs(L, functions, 0);
}
