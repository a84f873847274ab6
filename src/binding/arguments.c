/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* arguments.c - read the arguments that several functions of the module have: XML, an option */
#include "binding/binding.h"

#include <string.h>

void mtl_xml(lua_State *L, int arg, struct moontap_event *ev)
{
	luaL_Stream *file = luaL_testudata(L, arg, LUA_FILEHANDLE);

	if (!file) {
		ev->xml = luaL_checklstring(L, arg, &ev->xml_size);
		return;
	}
	luaL_argcheck(L, file->closef, arg, "attempt to use a closed file");
	ev->flags |= MOONTAP_FD;
	ev->fd = fileno(file->f);
}

bool mtl_option(lua_State *L, int arg, const char *name)
{
	bool set;

	if (lua_isnoneornil(L, arg))
		return false;
	luaL_checktype(L, arg, LUA_TTABLE);
	for (lua_pushnil(L); lua_next(L, arg); lua_pop(L, 1))
		if (lua_type(L, -2) != LUA_TSTRING || strcmp(lua_tostring(L, -2), name))
			luaL_error(L, "unknown option '%s'; there is '%s'",
				   luaL_tolstring(L, -2, NULL), name);
	lua_getfield(L, arg, name);
	set = lua_toboolean(L, -1);
	lua_pop(L, 1);
	return set;
}
