/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* machine.c - for specs: what the machine has, and no spec shall see */
#include <errno.h>
#include <lauxlib.h>
#include <lua.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>

/* setenv(name, value): the environment has this; without a value, nothing of that name */
static int l_setenv(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1), *value = luaL_optstring(L, 2, NULL);

	return luaL_fileresult(L, !(value ? setenv(name, value, 1) : unsetenv(name)), name);
}

/* habits(): the umask and the answer to SIGPIPE that a login shell has */
static int l_habits(lua_State *L)
{
	(void)L;
	umask(022);
	signal(SIGPIPE, SIG_DFL);
	return 0;
}

/* mounts() -> true | nil, text, errno: what is mounted from now on, only this process and what it
 * starts see. EINVAL: the root folder is no mount, as in a chroot. */
static int l_mounts(lua_State *L)
{
	return luaL_fileresult(
		L, !unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL),
		"mounts");
}

/* empty(folder) -> true | nil, text, errno: nothing is in it, and what is put there is not kept; a
 * folder that is not there needs none of it */
static int l_empty(lua_State *L)
{
	const char *folder = luaL_checkstring(L, 1);

	return luaL_fileresult(
		L, !mount("specs", folder, "tmpfs", 0, "mode=755") || errno == ENOENT, folder);
}

static const luaL_Reg functions[] = {
	{ "setenv", l_setenv }, { "habits", l_habits }, { "mounts", l_mounts },
	{ "empty", l_empty },	{ NULL, NULL },
};

int luaopen_internals_machine(lua_State *L);
int luaopen_internals_machine(lua_State *L)
{
	luaL_newlib(L, functions);
	return 1;
}
