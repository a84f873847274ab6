/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * oom.c - run a script again and again, the nth allocation of Lua's failing, until it succeeds
 *
 *	oom SCRIPT ARGUMENT...
 *
 * After each run the state is closed, and no descriptor may be left.
 */
#include <dirent.h>
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>

static long left = -1; /* allocations that succeed; -1: all */

static void *allocate(void *unused, void *block, size_t had, size_t wants)
{
	(void)unused;
	if (!wants) {
		free(block);
		return NULL;
	}
	if (block && wants <= had) /* Lua takes it for granted */
		return realloc(block, wants);
	if (left == 0)
		return NULL;
	if (left > 0)
		left--;
	return realloc(block, wants);
}

static int descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static int run(const char *script, char **arguments, long n)
{
	lua_State *L = lua_newstate(allocate, NULL);
	int status, words = 0;

	luaL_openlibs(L);
	lua_gc(L, LUA_GCSTOP);
	if (luaL_loadfile(L, script))
		exit(3);
	for (; arguments[words]; words++)
		lua_pushstring(L, arguments[words]);
	luaL_checkstack(L, 40, NULL);
	left = n;
	status = lua_pcall(L, words, 0, 0);
	left = -1;
	if (status && status != LUA_ERRMEM)
		fprintf(stderr, "%ld: %s\n", n, luaL_tolstring(L, -1, NULL));
	lua_close(L);
	return status;
}

int main(int argc, char **argv)
{
	int before, status = LUA_ERRMEM;
	long n = 0;

	if (argc < 2)
		return 2;
	run(argv[1], argv + 2, -1);
	before = descriptors();
	for (; status == LUA_ERRMEM && n < 100000; n++) {
		status = run(argv[1], argv + 2, n);
		if (descriptors() != before)
			fprintf(stderr, "%ld: a descriptor is left\n", n);
	}
	printf("%ld runs\n", n);
	return status ? 1 : 0;
}
