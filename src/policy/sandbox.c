/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sandbox.c - the libraries that a policy has, and C's share of the words that replace some
 *
 * The state's own globals are all of Lua's; only lua/moontap/ sees them. A policy or hook runs in
 * an environment made of core.words. Left out, because they read, load, or differ from run to run:
 * io, os, debug, package, coroutine, load and its like, next, collectgarbage, xpcall, warn,
 * string.dump, math.random. Coroutines and xpcall would also take the limits apart: a hook is set
 * on one coroutine, and a message handler runs where hooks are off.
 */
#include "base/words.h"
#include "policy/state.h"

#include "lua/ask.h"
#include "lua/sandbox.h"
#include "lua/words.h"

#include <errno.h>
#include <lualib.h>
#include <stdio.h>
#include <string.h>

static const char core; /* its address is the registry's key */

void mtl_sandbox(lua_State *L, const char *name)
{
	lua_rawgetp(L, LUA_REGISTRYINDEX, &core);
	lua_getfield(L, -1, name);
	lua_remove(L, -2);
}

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
static void push_text(lua_State *L, int i)
{
	int type = lua_type(L, i);

	if (type <= LUA_TSTRING || luaL_getmetafield(L, i, "__tostring") != LUA_TNIL)
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
	push_text(L, 1);
	return 1;
}

/***
 * string.format(format, ...) -> string
 * As in Lua, but without %p; tables and functions are shown as tostring() shows them.
 */
static int l_format(lua_State *L)
{
	const char *at = luaL_checkstring(L, 1);
	int n = lua_gettop(L);

	for (; (at = strchr(at, '%')); at += *at != 0) {
		at += 1 + strspn(at + 1, "-+ #0123456789.");
		if (*at == 'p')
			luaL_error(L, "string.format: %%p is not there");
	}
	for (int i = 2; i <= n; i++)
		if (lua_type(L, i) > LUA_TSTRING) {
			push_text(L, i);
			lua_replace(L, i);
			lua_settop(L, n);
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

/***
 * refuse(reason)
 * Veto: the guest does not start, and whoever starts it is told the reason. Does not return; pcall
 * does not catch it.
 *   local bridge = host.link(name) or refuse("there is no bridge " .. name)
 */
static int l_refuse(lua_State *L)
{
	luaL_argcheck(L, !lua_isnoneornil(L, 1), 1, "a reason expected");
	push_text(L, 1);
	mtl_end(L, MT_BLAME_REFUSED, ECANCELED, "%s", lua_tostring(L, -1));
}

/* core.fail(f, text): end the policy where its function f begins */
static int l_fail(lua_State *L)
{
	const char *text = luaL_checkstring(L, 2);
	char at[MTL_AT];
	lua_Debug ar;

	lua_pushvalue(L, 1);
	lua_getinfo(L, ">S", &ar);
	snprintf(at, sizeof at, "%s:%d", ar.source + (*ar.source == '@'), ar.linedefined);
	mtl_end_at(L, at, MT_BLAME_INPUT, EINVAL, "%s", text);
}

/* core.nearest(word, table) -> the string key that is nearest to a misspelt one, or nil */
static int l_nearest(lua_State *L)
{
	const char *word = luaL_checkstring(L, 1), *best = NULL;

	for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) {
		const char *names[] = { best, NULL, NULL };
		int n = best != NULL;

		if (lua_type(L, -2) != LUA_TSTRING)
			continue;
		names[n] = lua_tostring(L, -2);
		if (best && strcmp(best, names[n]) > 0) { /* of two as near, the first by name */
			names[0] = names[n];
			names[n] = best;
		}
		best = mt_nearest(word, names, sizeof *names);
	}
	lua_pushstring(L, best);
	return 1;
}

/* core.is_name(text): whether a device can have it as its name */
static int l_is_name(lua_State *L)
{
	const char *s = luaL_checkstring(L, 1);

	lua_pushboolean(L, strlen(s) == lua_rawlen(L, 1) && mt_name_valid(s));
	return 1;
}

/* core.metafield(value, name): also of a protected metatable */
static int l_metafield(lua_State *L)
{
	return luaL_getmetafield(L, 1, lua_tostring(L, 2)) != LUA_TNIL;
}

static int l_phase(lua_State *L)
{
	static const char *const names[] = { "top", "decide", "connect", NULL };

	mtl_policy(L)->phase = (enum mtl_phase)luaL_checkoption(L, 1, NULL, names);
	return 0;
}

/* core.at_top(word): raise when the top level is over */
static int l_at_top(lua_State *L)
{
	if (mtl_policy(L)->phase != MTL_TOP)
		luaL_error(L, "%s: only at the top level of a policy", lua_tostring(L, 1));
	return 0;
}

/* core.compile_hook(name, environment) -> its chunk */
static int l_compile_hook(lua_State *L)
{
	struct mt_policy *p = mtl_policy(L);
	const char *text, *path;
	struct mt_err e;
	char line[MTL_TEXT];
	size_t n;

	if (!p->o.hook)
		luaL_error(L, "hook '%s': there are no hooks here", lua_tostring(L, 1));
	if (p->o.hook(p->o.data, lua_tostring(L, 1), &text, &n, &path, &e))
		luaL_error(L, "hook '%s': %s", lua_tostring(L, 1),
			   mt_err_line(&e, line, sizeof line));
	mtl_compile(L, text, n, path);
	return 1;
}

static void open_libraries(lua_State *L)
{
	static const luaL_Reg libraries[] = {
		{ LUA_GNAME, luaopen_base },	   { LUA_STRLIBNAME, luaopen_string },
		{ LUA_TABLIBNAME, luaopen_table }, { LUA_MATHLIBNAME, luaopen_math },
		{ LUA_UTF8LIBNAME, luaopen_utf8 },
	};

	for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
		luaL_requiref(L, libraries[i].name, libraries[i].func, 1);
		lua_pop(L, 1);
	}
}

static void run(lua_State *L, const unsigned char *code, size_t n, const char *name)
{
	if (luaL_loadbufferx(L, (const char *)code, n, name, "b"))
		lua_error(L);
	lua_pushvalue(L, -2);
	lua_call(L, 1, 0);
}

void mtl_open_sandbox(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "say", l_say },
		{ "fail", l_fail },
		{ "nearest", l_nearest },
		{ "is_name", l_is_name },
		{ "phase", l_phase },
		{ "at_top", l_at_top },
		{ "metafield", l_metafield },
		{ "device", l_device },
		{ "compile_hook", l_compile_hook },
		{ NULL, NULL },
	};
	static const luaL_Reg words[] = {
		{ "pcall", l_pcall },
		{ "tostring", l_tostring },
		{ "setmetatable", l_setmetatable },
		{ "rawset", l_rawset },
		{ "refuse", l_refuse },
		{ "allow", l_allow },
		{ NULL, NULL },
	};

	open_libraries(L);
	luaL_newlib(L, functions);
	luaL_newlib(L, words);
	lua_setfield(L, -2, "words");
	lua_getglobal(L, LUA_STRLIBNAME);
	lua_getfield(L, -1, "format");
	lua_pushcclosure(L, l_format, 1);
	lua_setfield(L, -3, "format");
	lua_pop(L, 1);
	mtl_verbs(L);
	mtl_host(L);
	run(L, lua_sandbox, sizeof lua_sandbox, "=sandbox");
	run(L, lua_words, sizeof lua_words, "=words");
	run(L, lua_ask, sizeof lua_ask, "=ask");
	lua_rawsetp(L, LUA_REGISTRYINDEX, &core);
}
