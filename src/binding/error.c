/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* error.c - the error object that functions return after nil: fields by name, shown as one line */
#include "binding/binding.h"

#define ERROR "moontap.error"

int mtl_fail(lua_State *L, const struct mt_err *e)
{
	const char *name = mt_errno_name(e->code);

	lua_pushnil(L);
	lua_createtable(L, 0, 7);
	lua_pushstring(L, name ? name : "?");
	lua_setfield(L, -2, "code");
	lua_pushinteger(L, e->code);
	lua_setfield(L, -2, "errno");
	lua_pushinteger(L, mt_exit_status(e->blame));
	lua_setfield(L, -2, "exit");
	lua_pushstring(L, e->where);
	lua_setfield(L, -2, "where");
	lua_pushstring(L, e->op);
	lua_setfield(L, -2, "what");
	lua_pushstring(L, e->subject);
	lua_setfield(L, -2, "on");
	lua_pushstring(L, e->text);
	lua_setfield(L, -2, "why");
	luaL_setmetatable(L, ERROR);
	return 2;
}

/* mtl_fail() sets every field, so a field that is not there was misspelt. */
static int l_error_index(lua_State *L)
{
	return luaL_error(
		L, "an error has no field '%s': it has code, errno, exit, where, what, on and why",
		luaL_tolstring(L, 2, NULL));
}

static const char *field(lua_State *L, const char *name)
{
	lua_pushstring(L, name);
	return lua_rawget(L, 1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
}

/* The same line as mt_err_line()'s. */
static int l_error_tostring(lua_State *L)
{
	const char *where, *what, *on, *why;

	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	where = field(L, "where");
	what = field(L, "what");
	on = field(L, "on");
	why = field(L, "why");
	lua_pushfstring(L, "%s%s%s%s%s%s%s", where, *where ? ": " : "", what,
			*what && *on ? " " : "", on, *what || *on ? ": " : "", why);
	return 1;
}

void mtl_open_errors(lua_State *L)
{
	static const luaL_Reg meta[] = {
		{ "__index", l_error_index },
		{ "__tostring", l_error_tostring },
		{ NULL, NULL },
	};

	luaL_newmetatable(L, ERROR);
	luaL_setfuncs(L, meta, 0);
	lua_pop(L, 1);
}
