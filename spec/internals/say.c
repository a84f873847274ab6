/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* say.c - for specs: an evaluator's answer as it is written, to a file */
#include "evaluator/reply.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>
#include <unistd.h>

/* write(path, lines, n, blob) -> the errno value of what had no room, or nil: so many lines of n
 * bytes, then an "xml" of blob bytes, then the end */
static int l_write(lua_State *L)
{
	struct mt_reply s = { .fd = open(luaL_checkstring(L, 1), O_WRONLY | O_CREAT | O_CLOEXEC,
					 0600) };
	lua_Integer lines = luaL_checkinteger(L, 2);
	size_t n = (size_t)luaL_checkinteger(L, 3), blob = (size_t)luaL_optinteger(L, 4, 0);
	char *text = calloc(1, n + blob + 1);
	struct mt_err e = { 0 };
	int err = text ? 0 : -ENOMEM;

	for (size_t i = 0; text && i < n + blob; i++)
		text[i] = i + 1 < n ? 'x' : '\n';
	for (lua_Integer i = 0; !err && i < lines; i++)
		err = mt_reply_bytes(&s, text, n);
	if (!err && blob)
		err = mt_reply_blob(&s, "xml", text, blob);
	mt_reply_end(&s, err, &e);
	free(text);
	free(s.text);
	close(s.fd);
	if (err)
		lua_pushinteger(L, -err);
	return err ? 1 : 0;
}

static const luaL_Reg functions[] = { { "write", l_write }, { NULL, NULL } };

int luaopen_internals_say(lua_State *L);
int luaopen_internals_say(lua_State *L)
{
	luaL_newlib(L, functions);
	return 1;
}
