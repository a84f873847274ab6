/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* self.c - find the policy that a Lua state belongs to */
#include "policy/lua_state.h"

static const char self; /* its address is the registry's key */

void mtl_own(lua_State *L)
{
	lua_rawsetp(L, LUA_REGISTRYINDEX, &self);
}

struct mt_policy *mtl_policy(lua_State *L)
{
	struct mt_policy *p;

	lua_rawgetp(L, LUA_REGISTRYINDEX, &self);
	p = lua_touserdata(L, -1);
	lua_pop(L, 1);
	return p;
}
