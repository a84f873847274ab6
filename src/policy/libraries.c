/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libraries.c - the functions of Lua's libraries that a policy has
 *
 * They are listed by name, so that new functions of a later Lua stay out. Left out, because they
 * read, load, or differ from run to run: io, os, debug, package, coroutine, load and its like,
 * next, collectgarbage, xpcall, warn, string.dump, math.random. Coroutines and xpcall would also
 * escape the limit on time: a debug hook is set on one coroutine, and a message handler that the
 * hook causes runs with hooks off (Lua's ldo.c luaD_hook()). Functions that moontap has in another
 * form are in base.c and lua/moontap/sandbox.lua.
 */
#include "policy/lua_state.h"

#include <lualib.h>

struct library {
	const char *name;
	lua_CFunction open;
	const char *has[32]; /* up to a NULL */
	luaL_Reg instead;    /* a function of moontap's own, with Lua's as its upvalue */
	bool used;	     /* moontap's own Lua uses it: opened at once, others on demand */
};

static const struct library base = {
	LUA_GNAME,
	luaopen_base,
	{ "assert", "error", "getmetatable", "ipairs", "rawequal", "rawget", "rawlen", "select",
	  "tonumber", "type", "_VERSION" },
	.used = true,
};

static const struct library libraries[] = {
	{ LUA_STRLIBNAME,
	  luaopen_string,
	  { "byte", "char", "find", "gmatch", "gsub", "len", "lower", "match", "pack", "packsize",
	    "rep", "reverse", "sub", "unpack", "upper" },
	  { "format", l_format },
	  .used = true },
	{ LUA_TABLIBNAME,
	  luaopen_table,
	  { "concat", "insert", "move", "pack", "remove", "unpack" },
	  .used = true },
	{ LUA_MATHLIBNAME,
	  luaopen_math,
	  { "abs",  "acos", "asin", "atan", "ceil",	  "cos",  "deg",	"exp",	"floor",
	    "fmod", "huge", "log",  "max",  "maxinteger", "min",  "mininteger", "modf", "pi",
	    "rad",  "sin",  "sqrt", "tan",  "tointeger",  "type", "ult" } },
	{ LUA_UTF8LIBNAME,
	  luaopen_utf8,
	  { "char", "charpattern", "codepoint", "codes", "len", "offset" } },
};

#define COUNT (int)(sizeof libraries / sizeof *libraries)

/* Copy functions from the library on the top of the stack into the table at @to. */
static void pick(lua_State *L, const struct library *l, int to)
{
	for (const char *const *name = l->has; *name; name++) {
		lua_getfield(L, -1, *name);
		lua_setfield(L, to, *name);
	}
	if (!l->instead.name)
		return;
	lua_getfield(L, -1, l->instead.name);
	lua_pushcclosure(L, l->instead.func, 1);
	lua_setfield(L, to, l->instead.name);
}

/* core.libraries.NAME() -> a new table of the functions that a policy has */
static int l_library(lua_State *L)
{
	const struct library *l = lua_touserdata(L, lua_upvalueindex(1));
	int n = 0;

	while (l->has[n])
		n++;
	lua_createtable(L, 0, n + 1);
	luaL_requiref(L, l->name, l->open, 0);
	pick(L, l, 1);
	lua_settop(L, 1);
	return 1;
}

static void open_used(lua_State *L, const struct library *l)
{
	if (!l->used)
		return;
	luaL_requiref(L, l->name, l->open, 1);
	lua_pop(L, 1);
}

void mtl_libraries(lua_State *L)
{
	open_used(L, &base);
	lua_createtable(L, 0, COUNT);
	for (int i = 0; i < COUNT; i++) {
		open_used(L, &libraries[i]);
		lua_pushlightuserdata(L, (void *)&libraries[i]);
		lua_pushcclosure(L, l_library, 1);
		lua_setfield(L, -2, libraries[i].name);
	}
	lua_setfield(L, -2, "libraries");
}

void mtl_base_library(lua_State *L)
{
	int to = lua_gettop(L);

	lua_pushglobaltable(L);
	pick(L, &base, to);
	lua_pop(L, 1);
}
