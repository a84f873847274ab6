/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* core.c - open the module moontap.core */
#include "binding/binding.h"

/* core.class(name) -> the metatable of that class's tables: "moontap.step", "moontap.link" */
static int l_class(lua_State *L)
{
	luaL_newmetatable(L, luaL_checkstring(L, 1));
	return 1;
}

int luaopen_moontap_core(lua_State *L)
{
	mtl_open_calls(L);
	lua_createtable(L, 0, 8);
	lua_pushstring(L, moontap_version());
	lua_setfield(L, -2, "version");
	lua_pushcfunction(L, l_class);
	lua_setfield(L, -2, "class");
	mtl_open_errors(L);
	mtl_open_kinds(L);
	mtl_open_taps(L);
	mtl_open_domains(L);
	mtl_open_sessions(L);
	return 1;
}
