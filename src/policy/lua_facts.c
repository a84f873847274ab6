/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lua_facts.c - facts as Lua tables; lua/moontap/sandbox.lua shows them read-only */
#include "domain/facts.h"
#include "policy/lua_state.h"

#include <limits.h>

void mtl_facts_seen(lua_State *L, const struct mt_fact *f, unsigned levels)
{
	lua_Integer i = 0;

	luaL_checkstack(L, 3, "facts");
	switch (f->type) {
	case MT_FACT_STRING:
		lua_pushstring(L, f->string);
		return;
	case MT_FACT_INTEGER:
		lua_pushinteger(L, f->integer);
		return;
	case MT_FACT_BOOLEAN:
		lua_pushboolean(L, f->boolean);
		return;
	case MT_FACT_OBJECT:
	case MT_FACT_ARRAY:
		break;
	}
	if (!levels) {
		lua_pushlightuserdata(L, (void *)f);
	} else if (f->type == MT_FACT_OBJECT) {
		lua_createtable(L, 0, (int)f->in.n);
		mt_fact_each (member, f) {
			mtl_facts_seen(L, member, levels - 1);
			lua_setfield(L, -2, member->name);
		}
	} else {
		lua_createtable(L, (int)f->in.n, 0);
		mt_fact_each (element, f) {
			mtl_facts_seen(L, element, levels - 1);
			lua_rawseti(L, -2, ++i);
		}
	}
}

void mtl_facts(lua_State *L, const struct mt_fact *f)
{
	mtl_facts_seen(L, f, UINT_MAX);
}

int l_expand(lua_State *L)
{
	mtl_facts_seen(L, lua_touserdata(L, 1), 1);
	return 1;
}
