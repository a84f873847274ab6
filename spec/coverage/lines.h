/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lines.h - which lines of Lua are run: a hook in each state, and counts in a file that all share
 *
 * Part of relax.h, so of programs that count their lines only; and by itself, -DLINES_MODULE, what
 * LUA_INIT loads into the Lua that runs the specs. The file is made by lines.lua, which says what
 * is in it; it is mapped, so that a process counts until its very end, however that comes.
 *
 * Embedded chunks are shipped without line numbers, and errors of theirs name no place. Here they
 * have lines, so what would add a place to a message is told not to: the words that people see are
 * the same.
 */
#ifndef SPEC_COVERAGE_LINES_H
#define SPEC_COVERAGE_LINES_H

#include <fcntl.h>
#include <lauxlib.h>
#include <lua.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LINES_FILES = 64, LINES_MAX = 1000, LINES_NAME = 64 };

struct lines_all {
	char names[LINES_FILES][LINES_NAME];
	uint32_t counts[LINES_FILES][LINES_MAX]; /* [i][n]: of line n; embedded: of [0] */
};

__attribute__((unused)) static struct lines_all *lines_all;
__attribute__((unused)) static lua_Hook
	lines_other; /* the program's own hook in the same state, and what it asked for */
__attribute__((unused)) static int lines_mask, lines_replaced;

static inline int lines_embedded(const lua_Debug *ar)
{
	return !strcmp(ar->source, "=?");
}

/* As error(), and below as assert(), but that of an embedded chunk names no line of it. */
static inline int lines_error(lua_State *L)
{
	int level = (int)luaL_optinteger(L, 2, 1);
	lua_Debug ar;

	lua_settop(L, 1);
	if (lua_type(L, 1) == LUA_TSTRING && level > 0 && lua_getstack(L, level, &ar) &&
	    lua_getinfo(L, "Sl", &ar) && ar.currentline > 0 && !lines_embedded(&ar)) {
		lua_pushfstring(L, "%s:%d: ", ar.short_src, ar.currentline);
		lua_insert(L, 1);
		lua_concat(L, 2);
	}
	return lua_error(L);
}

static inline int lines_assert(lua_State *L)
{
	if (lua_toboolean(L, 1))
		return lua_gettop(L);
	luaL_checkany(L, 1);
	lua_remove(L, 1);
	lua_pushliteral(L, "assertion failed!");
	lua_settop(L, 1);
	return lines_error(L);
}

__attribute__((format(printf, 2, 3))) static inline int lines_raise(lua_State *L, const char *fmt,
								    ...)
{
	lua_Debug ar;
	va_list ap;

	if (lua_getstack(L, 1, &ar) && lua_getinfo(L, "Sl", &ar) && lines_embedded(&ar))
		lua_pushliteral(L, "");
	else
		luaL_where(L, 1);
	va_start(ap, fmt);
	lua_pushvfstring(L, fmt, ap);
	va_end(ap);
	lua_concat(L, 2);
	return lua_error(L);
}

/* Where the counts of a chunk begin; NULL: it is not one that is counted. */
static inline uint32_t *lines_of(const char *source)
{
	size_t n = strlen(source), size;

	if (!strcmp(source, "=?"))
		return lines_all->counts[0];
	for (int i = 0; *source == '@' && i < LINES_FILES; i++) {
		size = strlen(lines_all->names[i]);
		if (size && n > size && !strcmp(source + n - size, lines_all->names[i]))
			return lines_all->counts[i];
	}
	return NULL;
}

static inline void lines_count(const lua_Debug *ar)
{
	static char last[256];
	static uint32_t *at;

	if (strncmp(ar->source, last, sizeof last)) {
		strncpy(last, ar->source, sizeof last - 1);
		at = lines_of(ar->source);
	}
	if (at && ar->currentline > 0 &&
	    at + ar->currentline < lines_all->counts[0] + LINES_FILES * LINES_MAX)
		__atomic_fetch_add(at + ar->currentline, 1, __ATOMIC_RELAXED);
}

static inline void lines_hook(lua_State *L, lua_Debug *ar)
{
	if (ar->event == LUA_HOOKLINE && lua_getinfo(L, "S", ar)) {
		lines_count(ar);
		if (!lines_replaced && lines_embedded(ar)) {
			lines_replaced = 1;
			lua_pushcfunction(L, lines_error);
			lua_setglobal(L, "error");
			lua_pushcfunction(L, lines_assert);
			lua_setglobal(L, "assert");
		}
	}
	if (lines_other && lines_mask >> ar->event & 1)
		lines_other(L, ar);
}

static inline void lines_sethook(lua_State *L, lua_Hook f, int mask, int count)
{
	lines_other = f;
	lines_mask = mask;
	lua_sethook(L, lines_hook, mask | LUA_MASKLINE, count);
}

static inline lua_State *lines_begin(lua_State *L)
{
	int fd = L && !lines_all ? open(LINES_FILE, O_RDWR | O_CLOEXEC) : -1;

	if (fd >= 0) {
		lines_all =
			mmap(NULL, sizeof *lines_all, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		lines_all = lines_all == MAP_FAILED ? NULL : lines_all;
		close(fd);
	}
	lines_replaced = 0;
	if (L && lines_all)
		lines_sethook(L, NULL, 0, 0);
	return L;
}

#ifdef LINES_MODULE
int luaopen_lines(lua_State *L);
int luaopen_lines(lua_State *L)
{
	lines_begin(L);
	return 0;
}
#else
#define lua_sethook(L, f, mask, count) \
	(lines_all ? lines_sethook(L, f, mask, count) : lua_sethook(L, f, mask, count))
#define lua_newstate(allocate, data) lines_begin(lua_newstate(allocate, data))
#define luaL_newstate()		     lines_begin(luaL_newstate())
#define luaL_error(L, ...)	     lines_raise(L, __VA_ARGS__)
#endif

#endif
