/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * repl_edit.c - a line from the terminal, by libedit
 *
 * While a line is edited, Ctrl-C and Ctrl-Z send no signals, but are keys like others: Ctrl-C gives
 * up the line and not the REPL, and Ctrl-Z restores the terminal before the REPL stops.
 */
#include "cli/repl/repl_module.h"

#include <errno.h>
#include <glob.h>
#include <histedit.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define EDITOR	   "moontap.editor"
#define COMPLETE_S 2 /* whole seconds of the clock: 1 to 2 s */

struct editor {
	lua_State *L; /* of the call in progress */
	EditLine *el; /* NULL: closed */
	History *history;
	char prompt[256];
	bool given_up;
};

static struct editor *editor_of(EditLine *el)
{
	struct editor *ed = NULL;

	el_get(el, EL_CLIENTDATA, &ed);
	return ed;
}

static char *prompt(EditLine *el)
{
	return editor_of(el)->prompt;
}

/* --- keys ------------------------------------------------------------------------------------- */

static unsigned char give_up(EditLine *el, int key)
{
	(void)key;
	editor_of(el)->given_up = true;
	return CC_NEWLINE;
}

static unsigned char suspend(EditLine *el, int key)
{
	(void)key;
	el_set(el, EL_PREP_TERM, 0);
	kill(0, SIGTSTP);
	el_set(el, EL_PREP_TERM, 1);
	return CC_REDISPLAY;
}

/* Completion may run without end, and no key stops it. Once it is late, Lua's count hook runs at
 * every instruction, so that code which catches the error cannot continue either. */
static struct timespec started;

static void late(lua_State *L, lua_Debug *ar)
{
	struct timespec now;

	(void)ar;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec - started.tv_sec < COMPLETE_S)
		return;
	lua_sethook(L, late, LUA_MASKCOUNT, 1);
	luaL_error(L, "it takes too long");
}

static int call_in_time(lua_State *L, int arguments, int results)
{
	lua_Hook hook = lua_gethook(L);
	int mask = lua_gethookmask(L), count = lua_gethookcount(L), status;

	clock_gettime(CLOCK_MONOTONIC, &started);
	lua_sethook(L, late, LUA_MASKCOUNT, 1000);
	status = lua_pcall(L, arguments, results, 0);
	lua_sethook(L, hook, mask, count);
	return status;
}

/* Tab: calls repl.complete(before, after) -> text to insert, text to show below the line; each may
 * be nil. An error only beeps: the line must survive it. */
static unsigned char complete(EditLine *el, int key)
{
	struct editor *ed = editor_of(el);
	const LineInfo *line = el_line(el);
	unsigned char what = CC_NORM;
	lua_State *L = ed->L;
	int top = lua_gettop(L);

	(void)key;
	lua_getfield(L, 1, "complete");
	lua_pushlstring(L, line->buffer, (size_t)(line->cursor - line->buffer));
	lua_pushlstring(L, line->cursor, (size_t)(line->lastchar - line->cursor));
	if (call_in_time(L, 2, 2)) {
		what = CC_ERROR;
	} else {
		if (lua_isstring(L, -1)) {
			printf("\n%s\n", lua_tostring(L, -1));
			fflush(stdout);
			what = CC_REDISPLAY;
		}
		if (lua_isstring(L, -2) && !el_insertstr(el, lua_tostring(L, -2)))
			what = what == CC_NORM ? CC_REFRESH : what;
		if (what == CC_NORM)
			what = CC_ERROR;
	}
	lua_settop(L, top);
	return what;
}

static void bind_keys(EditLine *el)
{
	static const char *const keys[][2] = {
		{ "^I", "moontap-complete" },	 { "^C", "moontap-give-up" },
		{ "^Z", "moontap-suspend" },	 { "^R", "em-inc-search-prev" },
		{ "^W", "ed-delete-prev-word" }, { "\\e[1;5C", "em-next-word" },
		{ "\\e[1;5D", "ed-prev-word" },	 { "\\e[3~", "ed-delete-next-char" },
		{ "\\e[H", "ed-move-to-beg" },	 { "\\e[F", "ed-move-to-end" },
		{ "\\e[1~", "ed-move-to-beg" },	 { "\\e[4~", "ed-move-to-end" },
	};

	el_set(el, EL_ADDFN, "moontap-complete", "Complete a name", complete);
	el_set(el, EL_ADDFN, "moontap-give-up", "Give up the line", give_up);
	el_set(el, EL_ADDFN, "moontap-suspend", "Stop, until fg", suspend);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		el_set(el, EL_BIND, keys[i][0], keys[i][1], NULL);
}

/* --- the editor ------------------------------------------------------------------------------- */

static int l_close(lua_State *L)
{
	struct editor *ed = luaL_checkudata(L, 1, EDITOR);

	if (ed->el)
		el_end(ed->el);
	if (ed->history)
		history_end(ed->history);
	ed->el = NULL;
	ed->history = NULL;
	return 0;
}

/* ~/.editrc: a person's own keys. It is the effective user's, not $HOME's, which sudo may keep. */
static void source_keys(EditLine *el)
{
	const struct passwd *user = getpwuid(geteuid());
	char path[PATH_MAX];

	if (user && snprintf(path, sizeof path, "%s/.editrc", user->pw_dir) < PATH_MAX)
		el_source(el, path);
}

static bool start(struct editor *ed)
{
	HistEvent event;

	ed->history = history_init();
	ed->el = ed->history ? el_init("moontap", stdin, stdout, stderr) : NULL;
	if (!ed->el)
		return false;
	history(ed->history, &event, H_SETSIZE, 2000);
	history(ed->history, &event, H_SETUNIQUE, 1);
	el_set(ed->el, EL_CLIENTDATA, ed);
	el_set(ed->el, EL_PROMPT_ESC, prompt, '\1');
	el_set(ed->el, EL_EDITOR, "emacs");
	el_set(ed->el, EL_HIST, history, ed->history);
	el_set(ed->el, EL_SIGNAL, 1);
	el_set(ed->el, EL_SETTY, "-d", "-isig", NULL);
	bind_keys(ed->el);
	source_keys(ed->el);
	return true;
}

/* repl.editor() -> editor; only on a terminal */
static int l_editor(lua_State *L)
{
	struct editor *ed = lua_newuserdatauv(L, sizeof *ed, 0);

	*ed = (struct editor){ 0 };
	luaL_setmetatable(L, EDITOR);
	return start(ed) ? 1 : luaL_error(L, "the terminal cannot be edited at");
}

/* repl.read(repl, editor, prompt) -> line | false: given up | nil: the end of input. Escapes in the
 * prompt are enclosed in \1. */
static int l_read(lua_State *L)
{
	struct editor *ed = luaL_checkudata(L, 2, EDITOR);
	const char *line;
	int n = 0;
	bool ended;

	snprintf(ed->prompt, sizeof ed->prompt, "%s", luaL_checkstring(L, 3));
	ed->L = L;
	ed->given_up = false;
	errno = 0;
	line = el_gets(ed->el, &n);
	ended = !line || n <= 0;
	if (ended && n < 0 && errno == EINTR) /* Ctrl-C, before libedit had switched signals off */
		ed->given_up = true;
	if (ed->given_up || ended)
		printf(ed->given_up ? "^C\n" : "\n");
	if (ed->given_up)
		lua_pushboolean(L, false);
	else if (ended)
		lua_pushnil(L);
	else
		lua_pushlstring(L, line, (size_t)(line[n - 1] == '\n' ? n - 1 : n));
	return 1;
}

/* repl.add(editor, entry): add to this editor's history */
static int l_add(lua_State *L)
{
	struct editor *ed = luaL_checkudata(L, 1, EDITOR);
	HistEvent event;

	history(ed->history, &event, H_ENTER, luaL_checkstring(L, 2));
	return 0;
}

/* repl.width(editor) -> columns of the terminal */
static int l_width(lua_State *L)
{
	struct editor *ed = luaL_checkudata(L, 1, EDITOR);
	int columns = 0;

	if (el_get(ed->el, EL_GETTC, "co", &columns) || columns < 20)
		columns = 80;
	lua_pushinteger(L, columns);
	return 1;
}

static int l_globfree(lua_State *L)
{
	globfree(lua_touserdata(L, 1));
	return 0;
}

/* repl.files(beginning) -> array of file names; a folder's ends in / */
static int l_files(lua_State *L)
{
	const char *beginning = luaL_checkstring(L, 1);
	glob_t *g = lua_newuserdatauv(L, sizeof *g, 0);

	*g = (glob_t){ 0 };
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, l_globfree);
	lua_setfield(L, -2, "__gc");
	lua_setmetatable(L, -2);
	lua_pushfstring(L, "%s*", beginning);
	glob(lua_tostring(L, -1), GLOB_MARK, NULL, g);
	lua_createtable(L, (int)g->gl_pathc, 0);
	for (size_t i = 0; i < g->gl_pathc; i++) {
		lua_pushstring(L, g->gl_pathv[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

void mt_repl_edit(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "editor", l_editor }, { "read", l_read },   { "add", l_add },
		{ "width", l_width },	{ "files", l_files }, { NULL, NULL },
	};

	luaL_newmetatable(L, EDITOR);
	lua_pushcfunction(L, l_close);
	lua_setfield(L, -2, "__gc");
	lua_pop(L, 1);
	luaL_setfuncs(L, functions, 0);
}
