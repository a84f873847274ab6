/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* show.c - values as text, the same in each run */
#include "policy/lua_state.h"

#include <string.h>

/* Tables and functions are shown by their type: an address would differ from run to run. */
void mtl_push_text(lua_State *L, int i)
{
	int type = lua_type(L, i);
	bool plain = type <= LUA_TSTRING;

	if (!plain && luaL_getmetafield(L, i, "__tostring") != LUA_TNIL) {
		lua_pop(L, 1);
		plain = true;
	}
	if (plain)
		luaL_tolstring(L, i, NULL);
	else
		lua_pushstring(L, lua_typename(L, type));
}

/* Whether a format has a %p; it may have NULs, too. */
static bool has_pointer(lua_State *L, int i)
{
	size_t n;
	const char *at = luaL_checklstring(L, i, &n), *end = at + n;

	while ((at = memchr(at, '%', (size_t)(end - at)))) {
		at += 1 + strspn(at + 1, "-+ #0123456789.");
		if (*at == 'p')
			return true;
		at += at < end;
	}
	return false;
}

/***
 * string.format(format, ...) -> string
 * As in Lua, but without %p; tables and functions are shown as tostring() shows them.
 */
int l_format(lua_State *L)
{
	int n = lua_gettop(L);

	if (has_pointer(L, 1))
		luaL_error(L, "string.format: %%p is not there");
	for (int i = 2; i <= n; i++)
		if (lua_type(L, i) > LUA_TSTRING) {
			mtl_push_text(L, i);
			lua_replace(L, i);
		}
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, n, 1);
	return 1;
}
