/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ending.c - run a policy protected, and report where and why it ended */
#include "base/tokens.h"
#include "policy/lua_state.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Their chunks are named "@path"; moontap's own Lua has no line numbers. */
bool mtl_is_theirs(lua_State *L, lua_Debug *ar)
{
	return lua_getinfo(L, "Sl", ar) && *ar->source == '@' && ar->currentline > 0;
}

static void put_place(char at[static MTL_AT], const char *path, int line)
{
	size_t n = strlen(path), most = MTL_AT - 16;

	snprintf(at, MTL_AT, "%s:%d", n > most ? path + n - most : path, line);
}

void mtl_where(lua_State *L, char at[static MTL_AT])
{
	lua_Debug ar;

	*at = 0;
	for (int level = 0; lua_getstack(L, level, &ar); level++)
		if (mtl_is_theirs(L, &ar)) {
			put_place(at, ar.source + 1, ar.currentline);
			return;
		}
}

/* Only the first end is recorded. The error object is nil: nothing reads it. */
__attribute__((noreturn, format(printf, 5, 0))) static void end(lua_State *L, const char *at,
								enum mt_blame blame, int code,
								const char *fmt, va_list ap)
{
	struct mt_policy *p = mtl_policy(L);

	if (!p->ended) {
		snprintf(p->at, sizeof p->at, "%s", at);
		vsnprintf(p->text, sizeof p->text, fmt, ap);
		p->blame = blame;
		p->code = code;
		p->ended = true;
	}
	lua_pushnil(L);
	lua_error(L);
	__builtin_unreachable();
}

void mtl_end_at(lua_State *L, const char *at, enum mt_blame blame, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	end(L, at, blame, code, fmt, ap);
}

void mtl_end(lua_State *L, enum mt_blame blame, int code, const char *fmt, ...)
{
	char at[MTL_AT];
	va_list ap;

	mtl_where(L, at);
	va_start(ap, fmt);
	end(L, at, blame, code, fmt, ap);
}

/***
 * refuse(reason)
 * Veto: the guest does not start, and the error of its start has the reason. Does not return; pcall
 * does not catch it.
 *   local bridge = host.link(name) or refuse("there is no bridge " .. name)
 */
int l_refuse(lua_State *L)
{
	luaL_argcheck(L, !lua_isnoneornil(L, 1), 1, "a reason expected");
	mtl_push_text(L, 1);
	mtl_end(L, MT_BLAME_REFUSED, ECANCELED, "%s", lua_tostring(L, -1));
}

/* core.fail(f, text): end the policy; the place is the line on which its function f begins */
int l_fail(lua_State *L)
{
	const char *text = luaL_checkstring(L, 2);
	char at[MTL_AT];
	lua_Debug ar;

	lua_pushvalue(L, 1);
	lua_getinfo(L, ">S", &ar);
	snprintf(at, sizeof at, "%s:%d", ar.source + (*ar.source == '@'), ar.linedefined);
	mtl_end_at(L, at, MT_BLAME_INPUT, EINVAL, "%s", text);
}

/* The bytes of "file:line: " at the start of a message, when they name this function's line. */
static size_t prefix(const char *message, const lua_Debug *ar)
{
	char before[LUA_IDSIZE + 16];
	int n = snprintf(before, sizeof before, "%s:%d: ", ar->short_src, ar->currentline);

	return strncmp(message, before, (size_t)n) ? 0 : (size_t)n;
}

/* The message handler: finds the place while the stack is still there. The place is the line that
 * the message names (error() may name its caller's), or else that of the innermost function. */
static int locate(lua_State *L)
{
	struct mt_policy *p = mtl_policy(L);
	const char *message = lua_type(L, 1) == LUA_TSTRING ? lua_tostring(L, 1) : "";
	lua_Debug ar;

	if (p->ended)
		return 1;
	mtl_where(L, p->at);
	for (int level = 1; lua_getstack(L, level, &ar); level++) {
		size_t n = mtl_is_theirs(L, &ar) ? prefix(message, &ar) : 0;

		if (!n)
			continue;
		put_place(p->at, ar.source + 1, ar.currentline);
		lua_pushstring(L, message + n);
		break;
	}
	return 1;
}

/* An error object as text. Call it protected: __tostring may be a policy's own function. */
static int render(lua_State *L)
{
	if (lua_isstring(L, 1) || luaL_getmetafield(L, 1, "__tostring") != LUA_TNIL)
		luaL_tolstring(L, 1, NULL);
	else
		lua_pushfstring(L, "the error object is a %s", luaL_typename(L, 1));
	return 1;
}

/* Record the end of a policy without mtl_end(): by the error on the top of the stack. */
static void conclude(struct mt_policy *p, int status)
{
	const char *text = "out of memory";

	p->blame = status == LUA_ERRMEM ? MT_BLAME_LIMIT : MT_BLAME_INPUT;
	p->code = status == LUA_ERRMEM ? ENOMEM : EINVAL;
	if (status != LUA_ERRMEM) {
		lua_pushcfunction(p->L, render);
		lua_insert(p->L, -2);
		text = lua_pcall(p->L, 1, 1, 0) ? "the error object cannot be shown"
						: lua_tostring(p->L, -1);
	}
	if (!p->ended)
		snprintf(p->text, sizeof p->text, "%s", text);
	if (!*p->at) /* no function of a policy or hook was running, or memory was out */
		snprintf(p->at, sizeof p->at, "%s", p->path);
	p->ended = true;
}

static int say_end(struct mt_policy *p, struct mt_err *e)
{
	char at[3 * MTL_AT], text[3 * MTL_TEXT], line[sizeof at + sizeof text + 64];
	int n;

	mt_token_escape(p->at, at, sizeof at);
	mt_token_escape(p->text, text, sizeof text);
	if (p->blame == MT_BLAME_REFUSED)
		n = snprintf(line, sizeof line, "refuse at=%s text=%s\n", at, text);
	else
		n = snprintf(line, sizeof line, "%s code=%d at=%s text=%s\n",
			     p->other ? "skip" : "error", mt_exit_status(p->blame), at, text);
	p->o.say(p->o.data, line, (size_t)n);
	mt_fail(e, p->code, "policy", p->at, "%s", p->text);
	e->blame = p->blame;
	return -p->code;
}

int mtl_run(struct mt_policy *p, lua_CFunction f, void *data, struct mt_err *e)
{
	lua_State *L = p->L;
	int status = LUA_ERRRUN;

	if (!p->ended) {
		*p->at = 0;
		lua_pushcfunction(L, locate);
		lua_pushcfunction(L, f);
		lua_pushlightuserdata(L, data);
		status = lua_pcall(L, 1, 0, -3);
	}
	if (status && !p->ended)
		conclude(p, status);
	lua_settop(L, 0);
	mt_pool_free(&p->pool);
	mt_pool_free(&p->names_pool);
	p->names = NULL;
	return status ? say_end(p, e) : 0;
}
