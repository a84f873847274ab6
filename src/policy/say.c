/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* say.c - add lines to the answer, within the limit on its bytes */
#include "base/tokens.h"
#include "policy/lua_state.h"

#include <errno.h>
#include <string.h>

void mtl_say(lua_State *L, const char *line, size_t n)
{
	struct mt_policy *p = mtl_policy(L);
	int err;

	p->said += n;
	if (p->said > MTL_ANSWER)
		mtl_end(L, MT_BLAME_LIMIT, E2BIG, "said more than %lu MiB", MTL_ANSWER >> 20);
	err = p->o.say(p->o.data, line, n);
	if (err)
		mtl_end(L, MT_BLAME_LIMIT, -err, "the answer is cut: %s", strerror(-err));
}

void mtl_token(luaL_Buffer *b, const char *name, const char *text)
{
	size_t n = mt_token_escape(text, NULL, 0);

	luaL_addchar(b, ' ');
	luaL_addstring(b, name);
	luaL_addchar(b, '=');
	mt_token_escape(text, luaL_prepbuffsize(b, n + 1), n + 1);
	luaL_addsize(b, n);
}

/* core.say(word, name, text, ...): add "word name=text ...\n", without names whose text is nil */
int l_say(lua_State *L)
{
	luaL_Buffer b;
	int n = lua_gettop(L);

	luaL_buffinit(L, &b);
	luaL_addstring(&b, lua_tostring(L, 1));
	for (int i = 2; i + 1 <= n; i += 2)
		if (!lua_isnil(L, i + 1))
			mtl_token(&b, lua_tostring(L, i), lua_tostring(L, i + 1));
	luaL_addchar(&b, '\n');
	luaL_pushresult(&b);
	mtl_say(L, lua_tostring(L, -1), lua_rawlen(L, -1));
	return 0;
}
