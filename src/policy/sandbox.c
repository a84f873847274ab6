/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sandbox.c - set up `core`, the table that C and lua/moontap/ share
 *
 * The state's own globals are Lua's; only lua/moontap/ sees them. A policy or hook runs in an
 * environment made of core.globals and core.libraries.
 */
#include "base/tokens.h"
#include "kernel/host.h"
#include "policy/lua_state.h"

#include "lua/ask.h"
#include "lua/hairpin.h"
#include "lua/hook.h"
#include "lua/lease.h"
#include "lua/rate.h"
#include "lua/sandbox.h"
#include "lua/verbs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char core; /* its address is the registry's key */

void mtl_core(lua_State *L)
{
	lua_rawgetp(L, LUA_REGISTRYINDEX, &core);
}

void mtl_sandbox(lua_State *L, const char *name)
{
	mtl_core(L);
	lua_getfield(L, -1, name);
	lua_remove(L, -2);
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

/* core.is_name(text) -> whether a device can have this name */
static int l_is_name(lua_State *L)
{
	const char *s = luaL_checkstring(L, 1);

	lua_pushboolean(L, strlen(s) == lua_rawlen(L, 1) && mt_name_valid(s));
	return 1;
}

/* core.metafield(value, name) -> the metatable's field, also where the metatable is protected */
static int l_metafield(lua_State *L)
{
	return luaL_getmetafield(L, 1, lua_tostring(L, 2)) != LUA_TNIL;
}

static int l_phase(lua_State *L)
{
	static const char *const names[] = { "top", "decide", "connect", "prompt", NULL };
	static const enum mtl_phase phases[] = { MTL_TOP, MTL_DECIDE, MTL_CONNECT, MTL_PROMPT };

	mtl_policy(L)->phase = phases[luaL_checkoption(L, 1, NULL, names)];
	return 0;
}

/* core.copy(table) -> a copy of just its size: one built in Lua would grow by doubling */
static int l_copy(lua_State *L)
{
	int n = 0;

	for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1))
		n++;
	lua_createtable(L, 0, n);
	for (lua_pushnil(L); lua_next(L, 1);) {
		lua_pushvalue(L, -2);
		lua_insert(L, -2);
		lua_rawset(L, -4);
	}
	return 1;
}

/* core.at_top(word): raise when the top level is over */
static int l_at_top(lua_State *L)
{
	if (!(mtl_policy(L)->phase & MTL_TOP))
		luaL_error(L, "%s: only at the top level of a policy", lua_tostring(L, 1));
	return 0;
}

/* core.compile_hook(name, environment) -> its chunk */
static int l_compile_hook(lua_State *L)
{
	struct mt_policy *p = mtl_policy(L);
	const char *name = lua_tostring(L, 1), *text, *path;
	struct mt_err e;
	size_t n;
	bool file;

	if (!p->o.hook)
		luaL_error(L, "hook '%s': there are no hooks here", name);
	if (p->o.hook(p->o.data, name, &text, &n, &path, &e)) {
		file = *e.subject && strcmp(e.subject, name);
		luaL_error(L, "hook '%s': %s%s%s", name, file ? e.subject : "", file ? ": " : "",
			   e.text);
	}
	mtl_compile(L, text, n, path);
	return 1;
}

static void run(lua_State *L, const unsigned char *code, size_t n, const char *name)
{
	mtl_load_inside(L, code, n, name);
	lua_pushvalue(L, -2);
	lua_call(L, 1, 0);
}

/* What all bridges pass to the host's firewall, by family. */
static void push_bridge_netfilter(lua_State *L)
{
	unsigned on = mtl_policy(L)->o.bridge_netfilter;

	lua_createtable(L, 0, 2);
	lua_pushboolean(L, (on & MT_NETFILTER_IPV4) != 0);
	lua_setfield(L, -2, "ipv4");
	lua_pushboolean(L, (on & MT_NETFILTER_IPV6) != 0);
	lua_setfield(L, -2, "ipv6");
}

void mtl_open_sandbox(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "say", l_say },	    { "fail", l_fail },
		{ "nearest", l_nearest },   { "is_name", l_is_name },
		{ "phase", l_phase },	    { "at_top", l_at_top },
		{ "copy", l_copy },	    { "metafield", l_metafield },
		{ "device", l_device },	    { "compile_hook", l_compile_hook },
		{ "tap", l_tap },	    { "expand", l_expand },
		{ "misfit", l_misfit },	    { "fields", l_fields },
		{ "not_yet", l_not_yet },   { "meant", l_meant },
		{ "granting", l_granting }, { "pool", l_pool },
		{ "lease", l_lease },	    { NULL, NULL },
	};

	lua_createtable(L, 0, 32);
	luaL_setfuncs(L, functions, 0);
	lua_pushboolean(L, mtl_policy(L)->o.sysctl_read_only);
	lua_setfield(L, -2, "sysctl_read_only");
	push_bridge_netfilter(L);
	lua_setfield(L, -2, "bridge_netfilter");
	mtl_libraries(L);
	lua_createtable(L, 0, 64);
	mtl_base(L);
	mtl_verbs(L);
	lua_pushcfunction(L, l_refuse);
	lua_setfield(L, -2, "refuse");
	lua_pushcfunction(L, l_allow);
	lua_setfield(L, -2, "allow");
	lua_pushcfunction(L, l_default);
	lua_setfield(L, -2, "default");
	lua_setfield(L, -2, "globals");
	mtl_host(L);
	run(L, lua_sandbox, sizeof lua_sandbox, "=sandbox");
	run(L, lua_verbs, sizeof lua_verbs, "=verbs");
	run(L, lua_lease, sizeof lua_lease, "=lease");
	run(L, lua_hook, sizeof lua_hook, "=hook");
	run(L, lua_rate, sizeof lua_rate, "=rate");
	run(L, lua_hairpin, sizeof lua_hairpin, "=hairpin");
	run(L, lua_ask, sizeof lua_ask, "=ask");
	lua_rawsetp(L, LUA_REGISTRYINDEX, &core);
}
