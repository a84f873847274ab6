/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* repl_main.c - the REPL's Lua state: libraries, options, interrupting a running chunk */
#include "binding/binding.h"
#include "base/text.h"
#include "cli/repl/repl_module.h"

#include "lua/init.h"
#include "lua/repl/at_hand.h"
#include "lua/repl/complete.h"
#include "lua/repl/help.h"
#include "lua/repl/loaded.h"
#include "lua/repl/main.h"
#include "lua/repl/show.h"
#include "lua/repl/trouble.h"

#include <lualib.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STEPS 1000 /* instructions between two calls of look() */

static volatile sig_atomic_t interrupted;
static bool running; /* a chunk runs; nothing else is interrupted */

static void interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

/* Lua's count hook, which coroutines inherit. Once interrupted, it runs at every instruction, so
 * that code which catches the error cannot continue either. */
static void look(lua_State *L, lua_Debug *ar)
{
	(void)ar;
	if (!interrupted || !running)
		return;
	lua_sethook(L, look, LUA_MASKCOUNT, 1);
	luaL_error(L, "interrupted");
}

/* repl.wary(): a chunk begins: Ctrl-C interrupts it */
static int l_wary(lua_State *L)
{
	interrupted = 0;
	running = true;
	lua_sethook(L, look, LUA_MASKCOUNT, STEPS);
	return 0;
}

/* repl.calm(): the chunk has ended, or is about to: Ctrl-C interrupts nothing */
static int l_calm(lua_State *L)
{
	interrupted = 0;
	running = false;
	lua_sethook(L, look, LUA_MASKCOUNT, STEPS);
	return 0;
}

/* Without SA_RESTART, so that a system call that waits is interrupted, too. */
static void catch_signals(lua_State *L)
{
	struct sigaction act = { .sa_handler = interrupt };

	sigaction(SIGINT, &act, NULL);
	signal(SIGPIPE, SIG_IGN);
	lua_sethook(L, look, LUA_MASKCOUNT, STEPS);
}

/* repl.terminal(fd) -> whether it is one */
static int l_terminal(lua_State *L)
{
	lua_pushboolean(L, isatty((int)luaL_checkinteger(L, 1)));
	return 1;
}

/* repl.clean(text) -> the text as base/text.h shows it, but with its line ends and tabs */
static int l_clean(lua_State *L)
{
	size_t n;
	const char *text = luaL_checklstring(L, 1, &n);
	luaL_Buffer b;
	char *to = luaL_buffinitsize(L, &b, n + 1), *at = to;

	for (const char *end = text + n; text <= end; text++) {
		size_t piece = strcspn(text, "\n\t");

		memcpy(at, text, piece);
		at[piece] = 0;
		at += strlen(mt_text_clean(at));
		text += piece;
		if (text < end)
			*at++ = *text ? *text : '?';
	}
	luaL_pushresultsize(&b, (size_t)(at - to));
	return 1;
}

/* repl.may() -> whether this process may change the network */
static int l_may(lua_State *L)
{
	lua_pushboolean(L, mt_can_change_network());
	return 1;
}

/* repl.changing(): what follows changes the host; lost output is then "not reported", no failure */
static int l_changing(lua_State *L)
{
	struct mt_cli *c = lua_touserdata(L, lua_upvalueindex(1));

	c->output = MT_OUTPUT_REPORT;
	return 0;
}

static int (*end_output)(const struct mt_cli *c, int status);

/* os.exit([status [, close]]), as Lua's; reports lost output, as every subcommand does */
static int l_exit(lua_State *L)
{
	struct mt_cli *c = lua_touserdata(L, lua_upvalueindex(1));
	int status = lua_isboolean(L, 1) ? !lua_toboolean(L, 1) : (int)luaL_optinteger(L, 1, 0);

	if (lua_toboolean(L, 2))
		lua_close(L);
	exit(end_output(c, status));
}

static void set(lua_State *L, const char *name, const char *value)
{
	lua_pushstring(L, value);
	lua_setfield(L, -2, name);
}

static void push_options(lua_State *L, const struct mt_cli *c)
{
	lua_createtable(L, 0, 10);
	set(L, "guest", c->n ? c->args[0] : NULL);
	set(L, "event", c->event);
	set(L, "chunk", c->chunk);
	set(L, "policy", c->policy);
	set(L, "hooks", c->hooks);
	set(L, "state", c->state);
	lua_pushboolean(L, c->replay);
	lua_setfield(L, -2, "replay");
	if (c->deadline_ms) {
		lua_pushnumber(L, c->deadline_ms / 1000.0);
		lua_setfield(L, -2, "deadline");
	}
	lua_setfield(L, -2, "options");
}

#define REPL_CHUNK "=repl" /* the name of what is inside of the REPL */

static void run_file(lua_State *L, const unsigned char *code, size_t n)
{
	mtl_load_inside(L, code, n, REPL_CHUNK);
	lua_pushvalue(L, -2);
	lua_call(L, 1, 0);
}

/* `require "moontap"` gets this module's copy, whatever package.path has. */
static void preload(lua_State *L)
{
	lua_getfield(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
	lua_pushcfunction(L, luaopen_moontap_core);
	lua_setfield(L, -2, "moontap.core");
	mtl_load_inside(L, lua_init, sizeof lua_init, REPL_CHUNK);
	lua_setfield(L, -2, "moontap");
	lua_pop(L, 1);
}

static int prepare(lua_State *L)
{
	struct mt_cli *c = lua_touserdata(L, 1);
	static const luaL_Reg functions[] = {
		{ "wary", l_wary },	    { "calm", l_calm }, { "clean", l_clean },
		{ "terminal", l_terminal }, { "may", l_may },	{ NULL, NULL },
	};

	/* as `lua -E`: ignore LUA_PATH and the like */
	lua_pushboolean(L, true);
	lua_setfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
	luaL_openlibs(L);
	preload(L);
	lua_getglobal(L, "os");
	lua_pushlightuserdata(L, c);
	lua_pushcclosure(L, l_exit, 1);
	lua_setfield(L, -2, "exit");
	lua_pop(L, 1);
	luaL_newlib(L, functions);
	lua_pushlightuserdata(L, c);
	lua_pushcclosure(L, l_changing, 1);
	lua_setfield(L, -2, "changing");
	push_options(L, c);
	mt_repl_edit(L);
	mt_repl_history(L);
	mt_repl_policy(L, c);
	mt_repl_kinds(L);
	mt_repl_replay(L, c);
	run_file(L, lua_repl_show, sizeof lua_repl_show);
	run_file(L, lua_repl_trouble, sizeof lua_repl_trouble);
	run_file(L, lua_repl_complete, sizeof lua_repl_complete);
	run_file(L, lua_repl_loaded, sizeof lua_repl_loaded);
	run_file(L, lua_repl_at_hand, sizeof lua_repl_at_hand);
	run_file(L, lua_repl_help, sizeof lua_repl_help);
	run_file(L, lua_repl_main, sizeof lua_repl_main);
	catch_signals(L);
	lua_getfield(L, -1, "main");
	lua_call(L, 0, 1);
	return 1;
}

static int run(struct mt_cli *c, int (*end)(const struct mt_cli *c, int status))
{
	lua_State *L = luaL_newstate();
	int status = 3;

	end_output = end;
	if (!L) {
		fprintf(stderr, "%s: repl: out of memory\n", c->program);
		return 4;
	}
	lua_pushcfunction(L, prepare);
	lua_pushlightuserdata(L, c);
	if (lua_pcall(L, 1, 1, 0))
		fprintf(stderr, "%s: repl: %s\n", c->program, luaL_tolstring(L, -1, NULL));
	else
		status = (int)lua_tointeger(L, -1);
	lua_close(L);
	return status;
}

__attribute__((visibility("default"))) extern const struct mt_repl mt_repl;
const struct mt_repl mt_repl = { run };
