/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* noreturn.h - for clang-tidy: what Lua's manual says and its headers do not */
#include <lauxlib.h>

__attribute__((noreturn)) int luaL_error(lua_State *L, const char *fmt, ...);
__attribute__((noreturn)) int lua_error(lua_State *L);
__attribute__((noreturn)) int luaL_argerror(lua_State *L, int arg, const char *message);
