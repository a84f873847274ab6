/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* netns.c - for specs: network namespaces, and how many descriptors the process has */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <lua.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

/* unshare() -> true | nil, text, errno: this process, and what it starts from now on, in a new
 * network namespace with nothing but lo */
static int l_unshare(lua_State *L)
{
	return luaL_fileresult(L, !unshare(CLONE_NEWNET), "unshare");
}

/* enter(path) -> true | nil, text, errno: the network namespace of a file, /proc/PID/ns/net */
static int l_enter(lua_State *L)
{
	const char *path = luaL_checkstring(L, 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = fd < 0 || setns(fd, CLONE_NEWNET);
	int code = errno;

	if (fd >= 0)
		close(fd);
	errno = code;
	return luaL_fileresult(L, !err, path);
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
	{ "enter", l_enter },
	{ "fds", l_fds },
	{ NULL, NULL },
};

int luaopen_internals_netns(lua_State *L);
int luaopen_internals_netns(lua_State *L)
{
	luaL_newlib(L, functions);
	return 1;
}
