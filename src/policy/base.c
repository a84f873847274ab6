/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* base.c - functions of Lua's own that a policy gets in another form */
#include "policy/lua_state.h"

#include <lualib.h>
#include <string.h>

/***
 * pcall(f, ...) -> true, results | false, error
 * Call a function, catching an error; but a refusal and a limit are not caught.
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

/* Tables and functions are called what they are: an address would differ from run to run. */
void mtl_push_text(lua_State *L, int i)
{
	int type = lua_type(L, i);
	bool plain = type <= LUA_TSTRING;

	if (!plain && luaL_getmetafield(L, i, "__tostring") != LUA_TNIL) {
		lua_pop(L, 1);
		plain = true;
	}
	if (plain)
		luaL_tolstring(L, i, NULL);
	else
		lua_pushstring(L, lua_typename(L, type));
}

/***
 * tostring(value) -> string
 * A value as text, by its __tostring where it has one; a table's or function's is its type.
 */
static int l_tostring(lua_State *L)
{
	luaL_checkany(L, 1);
	lua_settop(L, 1);
	mtl_push_text(L, 1);
	return 1;
}

/* Whether a format has a %p; it may have NULs, too. */
static bool has_pointer(lua_State *L, int i)
{
	size_t n;
	const char *at = luaL_checklstring(L, i, &n), *end = at + n;

	while ((at = memchr(at, '%', (size_t)(end - at)))) {
		at += 1 + strspn(at + 1, "-+ #0123456789.");
		if (*at == 'p')
			return true;
		at += at < end;
	}
	return false;
}

/***
 * string.format(format, ...) -> string
 * As in Lua, but without %p; tables and functions are shown as tostring() shows them.
 */
int l_format(lua_State *L)
{
	int n = lua_gettop(L);

	if (has_pointer(L, 1))
		luaL_error(L, "string.format: %%p is not there");
	for (int i = 2; i <= n; i++)
		if (lua_type(L, i) > LUA_TSTRING) {
			mtl_push_text(L, i);
			lua_replace(L, i);
		}
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, n, 1);
	return 1;
}

/***
 * setmetatable(table, metatable) -> table
 * As in Lua, but without __gc and __mode: what the collector does, and when, is not to be seen.
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
		{ "pcall", l_pcall },
		{ "tostring", l_tostring },
		{ "setmetatable", l_setmetatable },
		{ "rawset", l_rawset },
		{ NULL, NULL },
	};

	mtl_base_library(L);
	luaL_setfuncs(L, functions, 0);
}
