/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * repl_history.c - the file of what was typed, nobody else's to read
 *
 * A line is appended as soon as it is typed, so that two REPLs lose nothing of one another, and a
 * killed one nothing of its own.
 */
#include "cli/repl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void make_folders(const char *file)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof path, "%s", file) >= PATH_MAX)
		return;
	for (char *at = path + 1; (at = strchr(at, '/')); *at++ = '/') {
		*at = 0;
		if (!mkdir(path, 0700)) /* the one that fails makes open() fail */
			(void)!chmod(path, 0700);
	}
}

static int put(const char *file, const char *text, size_t n, bool append)
{
	int how = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;
	int fd = open(file, how | (append ? O_APPEND : O_TRUNC), 0600), err = 0;
	struct stat st;

	if (fd < 0)
		return errno;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		err = EINVAL;
	else if (fchmod(fd, 0600) || write(fd, text, n) != (ssize_t)n)
		err = errno;
	close(fd);
	return err;
}

/* repl.keep(file, text [, whole]) -> true | nil, why: append, or write the whole anew */
static int l_keep(lua_State *L)
{
	const char *file = luaL_checkstring(L, 1), *text;
	size_t n;
	int err;

	text = luaL_checklstring(L, 2, &n);
	make_folders(file);
	err = put(file, text, n, !lua_toboolean(L, 3));
	if (!err)
		return lua_pushboolean(L, true), 1;
	lua_pushnil(L);
	lua_pushstring(L, strerror(err));
	return 2;
}

/* repl.is_file(path) -> whether it may be read without waiting for somebody who writes */
static int l_is_file(lua_State *L)
{
	struct stat st;

	lua_pushboolean(L, !stat(luaL_checkstring(L, 1), &st) && S_ISREG(st.st_mode));
	return 1;
}

void mt_repl_history(lua_State *L)
{
	lua_pushcfunction(L, l_keep);
	lua_setfield(L, -2, "keep");
	lua_pushcfunction(L, l_is_file);
	lua_setfield(L, -2, "is_file");
}
