/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* netns.c - for specs: a new network namespace, and how many descriptors the process has */
#include <dirent.h>
#include <errno.h>
#include <lauxlib.h>
#include <lua.h>
#include <sched.h>
#include <string.h>

/* unshare() -> true | nil, text, errno: this process, and what it starts from now on, in a new
 * network namespace with nothing but lo */
static int l_unshare(lua_State *L)
{
	return luaL_fileresult(L, !unshare(CLONE_NEWNET), "unshare");
}

/* fds() -> number: open descriptors, apart from the one that counts them */
static int l_fds(lua_State *L)
{
	DIR *d = opendir("/proc/self/fd");
	lua_Integer n = -3; /* ".", ".." and itself */

	if (!d)
		return luaL_fileresult(L, 0, "/proc/self/fd");
	while (readdir(d))
		n++;
	closedir(d);
	lua_pushinteger(L, n);
	return 1;
}

static const luaL_Reg functions[] = {
	{ "unshare", l_unshare },
	{ "fds", l_fds },
	{ NULL, NULL },
};

int luaopen_internals_netns(lua_State *L);
int luaopen_internals_netns(lua_State *L)
{
	luaL_newlib(L, functions);
	return 1;
}
