/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* facts.c - facts as Lua tables; lua/moontap/sandbox.lua shows them read-only */
#include "domain/facts.h"
#include "policy/state.h"

void mtl_facts(lua_State *L, const struct mt_fact *f)
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
		lua_createtable(L, 0, (int)f->in.n);
		mt_fact_each (member, f) {
			mtl_facts(L, member);
			lua_setfield(L, -2, member->name);
		}
		return;
	case MT_FACT_ARRAY:
		lua_createtable(L, (int)f->in.n, 0);
		mt_fact_each (element, f) {
			mtl_facts(L, element);
			lua_rawseti(L, -2, ++i);
		}
		return;
	}
}
