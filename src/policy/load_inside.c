/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* load_inside.c - load Lua that is inside of the program, as the Makefile put it there */
#include "policy/lua_state.h"

struct bytecode {
	luaL_Buffer buffer;
	bool begun;
};

/* luaL_buffinit() pushes, and until the first piece lua_dump() wants the function on the top. */
static int append(lua_State *L, const void *piece, size_t n, void *data)
{
	struct bytecode *b = data;

	if (!b->begun)
		luaL_buffinit(L, &b->buffer);
	b->begun = true;
	luaL_addlstring(&b->buffer, piece, n);
	return 0;
}

static void load(lua_State *L, const char *code, size_t n, const char *name, const char *mode)
{
	if (luaL_loadbufferx(L, code, n, name, mode))
		lua_error(L);
}

/* Text without its lines, so that an error of it reads as one of bytecode does. */
static void load_text(lua_State *L, const char *code, size_t n, const char *name)
{
	struct bytecode b = { .begun = false };

	load(L, code, n, name, "t");
	lua_dump(L, append, &b, 1);
	luaL_pushresult(&b.buffer);
	lua_remove(L, -2);
	code = lua_tolstring(L, -1, &n);
	load(L, code, n, name, "b");
	lua_remove(L, -2);
}

void mtl_load_inside(lua_State *L, const unsigned char *code, size_t n, const char *name)
{
	if (*code == *LUA_SIGNATURE)
		load(L, (const char *)code, n, name, "b");
	else
		load_text(L, (const char *)code, n, name);
}
