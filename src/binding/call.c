/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* call.c - own one call's C resources, and create the tables of its results */
#include "binding/binding.h"

#include <string.h>

#define CALL "moontap.call"

static int l_call_close(lua_State *L)
{
	struct mtl_call *c = lua_touserdata(L, 1);

	moontap_outcome_free(c->outcome);
	mt_outcome_free(&c->inside);
	moontap_close(c->handle);
	mt_host_close(c->kernel);
	mt_pool_free(&c->pool);
	c->outcome = NULL;
	c->kernel = NULL;
	c->handle = NULL;
	return 0;
}

struct mtl_call *mtl_call(lua_State *L)
{
	struct mtl_call *c = lua_newuserdatauv(L, sizeof *c, 0);

	memset(c, 0, sizeof *c);
	c->inside.name = c->inside.uuid = "";
	luaL_setmetatable(L, CALL);
	lua_toclose(L, -1);
	return c;
}

/* A socket for each call costs microseconds, and is in the thread's current network namespace. */
struct mt_host *mtl_kernel(struct mtl_call *c, struct mt_err *e)
{
	if (!c->kernel)
		mt_host_open(&c->kernel, e);
	return c->kernel;
}

void mtl_string(lua_State *L, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	lua_pushstring(L, value);
	lua_setfield(L, -2, name);
}

/* The first caller creates the class's metatable; init.lua adds __tostring and __pairs to it. */
void mtl_table(lua_State *L, const char *name)
{
	lua_newtable(L);
	luaL_newmetatable(L, name);
	lua_setmetatable(L, -2);
}

void mtl_open_calls(lua_State *L)
{
	luaL_newmetatable(L, CALL);
	lua_pushcfunction(L, l_call_close);
	lua_setfield(L, -2, "__close");
	lua_pushcfunction(L, l_call_close);
	lua_setfield(L, -2, "__gc");
	lua_pop(L, 1);
}
