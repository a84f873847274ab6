/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* compile.c - compile a policy's or hook's text; a syntax error ends the policy */
#include "policy/lua_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Lua's message is "name:line: why", with the name cut to LUA_IDSIZE: report the whole name. */
__attribute__((noreturn)) static void syntax_error(lua_State *L, const char *path)
{
	const char *message = lua_tostring(L, -1), *line, *why;
	char at[MTL_AT];

	line = message + strnlen(message, strnlen(path, LUA_IDSIZE - 1));
	why = strstr(line, ": ");
	if (!why) /* bytecode: the message is not about a line */
		mtl_end_at(L, path, MT_BLAME_INPUT, EINVAL, "%s", message);
	snprintf(at, sizeof at, "%s%.*s", path, (int)(why - line), line);
	mtl_end_at(L, at, MT_BLAME_INPUT, EINVAL, "%s", why + 2);
}

void mtl_compile(lua_State *L, const char *text, size_t n, const char *path)
{
	int status;

	lua_pushfstring(L, "@%s", path);
	status = luaL_loadbufferx(L, text, n, lua_tostring(L, -1), "t");
	if (status == LUA_ERRSYNTAX)
		syntax_error(L, path);
	if (status)
		lua_error(L);
	lua_remove(L, -2);
	lua_insert(L, -2);
	lua_setupvalue(L, -2, 1);
}
