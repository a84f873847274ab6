/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * repl_history.c - the history file, which only its owner can read
 *
 * Each line is appended as soon as it is typed, so that two REPLs do not overwrite each other's
 * lines, and a killed REPL loses none.
 */
#include "cli/repl/repl_module.h"

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
		if (!mkdir(path, 0700)) /* if this fails, so does open() */
			(void)!chmod(path, 0700);
	}
}

/* Only a regular file: a link may lead to somebody else's, and a FIFO may never end. Return: the
 * descriptor, or -errno. */
static int open_file(const char *file, int how)
{
	int fd = open(file, how | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0600);
	struct stat st;
	int err;

	if (fd < 0)
		return -errno;
	err = fstat(fd, &st) ? errno : S_ISREG(st.st_mode) ? 0 : ENXIO;
	if (!err)
		return fd;
	close(fd);
	return -err;
}

static const char *why(int err)
{
	return err == ELOOP || err == ENXIO ? "it is no regular file" : strerror(err);
}

static int put(const char *file, const char *text, size_t n, bool append)
{
	int fd = open_file(file, O_WRONLY | O_CREAT | (append ? O_APPEND : 0)), err = 0;

	if (fd < 0)
		return -fd;
	if ((!append && ftruncate(fd, 0)) || fchmod(fd, 0600) || write(fd, text, n) != (ssize_t)n)
		err = errno;
	close(fd);
	return err;
}

/* repl.kept(file) -> text | nil: there is no file yet | nil, why: it cannot be read */
static int l_kept(lua_State *L)
{
	int fd = open_file(luaL_checkstring(L, 1), O_RDONLY);
	luaL_Buffer b;
	ssize_t got;

	if (fd < 0) {
		lua_pushnil(L);
		if (fd != -ENOENT)
			lua_pushstring(L, why(-fd));
		return fd == -ENOENT ? 1 : 2;
	}
	luaL_buffinit(L, &b); /* without memory it leaks fd, and the REPL ends */
	while ((got = read(fd, luaL_prepbuffer(&b), LUAL_BUFFERSIZE)) > 0)
		luaL_addsize(&b, (size_t)got);
	close(fd);
	luaL_pushresult(&b);
	return 1;
}

/* repl.keep(file, text [, whole]) -> true | nil, why: append the text, or replace the file by it */
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
	lua_pushstring(L, why(err));
	return 2;
}

void mt_repl_history(lua_State *L)
{
	lua_pushcfunction(L, l_kept);
	lua_setfield(L, -2, "kept");
	lua_pushcfunction(L, l_keep);
	lua_setfield(L, -2, "keep");
}
