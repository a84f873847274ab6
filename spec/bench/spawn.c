/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spawn.c - for the bench: start processes, and what each took; nothing else between two looks at
 * the clock */
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <lua.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#define PROCESSES_MAX 1024
#define WORDS_MAX     16
#define LANES_MAX     64

extern char **environ;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void set_number(lua_State *L, const char *name, double value)
{
	lua_pushnumber(L, value);
	lua_setfield(L, -2, name);
}

/* The words of the array at @index, borrowed as long as it is there. */
static void take_words(lua_State *L, int index, char *words[static WORDS_MAX + 1])
{
	lua_Integer n = luaL_len(L, index);

	luaL_argcheck(L, n > 0 && n <= WORDS_MAX, 1, "1 to 16 words expected");
	for (lua_Integer i = 0; i < n; i++) {
		lua_rawgeti(L, index, i + 1);
		words[i] = (char *)luaL_checkstring(L, -1);
		lua_pop(L, 1);
	}
	words[n] = NULL;
}

/* The file of the array at @index that is to be standard input, borrowed likewise. */
static const char *take_input(lua_State *L, int index)
{
	const char *input;

	lua_getfield(L, index, "input");
	input = luaL_optstring(L, -1, "/dev/null");
	lua_pop(L, 1);
	return input;
}

/* As libvirt and QEMU start a hook: not on a terminal. */
static int start(char **words, const char *input, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	int err;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, input, O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
	err = posix_spawn(pid, words[0], &files, NULL, words, environ);
	posix_spawn_file_actions_destroy(&files);
	return err;
}

/* run(words) -> { wall =, user =, sys = (seconds), peak = (bytes), status = }: start a program by
 * its whole path and wait for it; times and peak are those of its children, too. words.input: the
 * file that it reads */
static int l_run(lua_State *L)
{
	char *words[WORDS_MAX + 1];
	const char *input;
	struct rusage used;
	double before, after;
	int status, err;
	pid_t pid;

	take_words(L, 1, words);
	input = take_input(L, 1);
	before = now();
	err = start(words, input, &pid);
	if (err)
		return luaL_error(L, "%s: %s", words[0], strerror(err));
	while (wait4(pid, &status, 0, &used) < 0 && errno == EINTR)
		;
	after = now();
	lua_createtable(L, 0, 5);
	set_number(L, "wall", after - before);
	set_number(L, "user", seconds(used.ru_utime));
	set_number(L, "sys", seconds(used.ru_stime));
	set_number(L, "peak", (double)used.ru_maxrss * 1024);
	set_number(L, "status", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 1;
}

/* together(array of words) -> seconds from the first start to the last end, how many failed */
static int l_together(lua_State *L)
{
	static pid_t pids[PROCESSES_MAX];
	lua_Integer n = luaL_len(L, 1), failed = 0;
	char *words[WORDS_MAX + 1];
	double before = now();
	int status;

	luaL_argcheck(L, n <= PROCESSES_MAX, 1, "too many");
	for (lua_Integer i = 0; i < n; i++) {
		lua_rawgeti(L, 1, i + 1);
		take_words(L, lua_gettop(L), words);
		if (start(words, take_input(L, lua_gettop(L)), &pids[i]))
			pids[i] = -1;
		lua_pop(L, 1);
	}
	for (lua_Integer i = 0; i < n; i++)
		failed += pids[i] < 0 || waitpid(pids[i], &status, 0) < 0 || status;
	lua_pushnumber(L, now() - before);
	lua_pushinteger(L, failed);
	return 2;
}

struct lane {
	pid_t pid;
	lua_Integer left; /* commands, this one included */
};

/* The next command of lane @i of the array at 1. */
static void start_next(lua_State *L, struct lane *lane, int i)
{
	char *words[WORDS_MAX + 1];
	int err;

	lua_rawgeti(L, 1, i + 1);
	lua_rawgeti(L, -1, lane->left % 2 ? 2 : 1);
	take_words(L, lua_gettop(L), words);
	err = start(words, take_input(L, lua_gettop(L)), &lane->pid);
	if (err)
		luaL_error(L, "%s: %s", words[0], strerror(err));
	lua_pop(L, 2);
}

static struct lane *lane_of(struct lane *lanes, int n, pid_t pid)
{
	for (int i = 0; i < n; i++)
		if (lanes[i].left && lanes[i].pid == pid)
			return &lanes[i];
	return NULL;
}

/* lanes(array of pairs of words, turns) -> seconds from the first start to the last end, how many
 * failed: all lanes at once run each its two commands, one after the other, so many times */
static int l_lanes(lua_State *L)
{
	lua_Integer turns = luaL_checkinteger(L, 2), failed = 0;
	int n = (int)luaL_len(L, 1), running = n, status;
	struct lane lanes[LANES_MAX], *lane;
	double before = now();
	pid_t pid;

	luaL_argcheck(L, n <= LANES_MAX && turns > 0, 1, "too many, or no turns");
	for (int i = 0; i < n; i++) {
		lanes[i].left = 2 * turns;
		start_next(L, &lanes[i], i);
	}
	while (running && ((pid = wait(&status)) > 0 || errno == EINTR)) {
		lane = pid > 0 ? lane_of(lanes, n, pid) : NULL;
		if (!lane)
			continue;
		failed += status != 0;
		if (--lane->left)
			start_next(L, lane, (int)(lane - lanes));
		else
			running--;
	}
	lua_pushnumber(L, now() - before);
	lua_pushinteger(L, failed);
	return 2;
}

/* start(words) -> pid for stop(): start a program and do not wait for it */
static int l_start(lua_State *L)
{
	char *words[WORDS_MAX + 1];
	pid_t pid;
	int err;

	take_words(L, 1, words);
	err = start(words, take_input(L, 1), &pid);
	if (err)
		return luaL_error(L, "%s: %s", words[0], strerror(err));
	lua_pushinteger(L, pid);
	return 1;
}

static int l_stop(lua_State *L)
{
	pid_t pid = (pid_t)luaL_checkinteger(L, 1);

	return luaL_fileresult(L, !kill(pid, SIGTERM) && waitpid(pid, NULL, 0) == pid, "stop");
}

/* setenv(name, value): for what is started from now on; without a value, nothing of that name */
static int l_setenv(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1), *value = luaL_optstring(L, 2, NULL);

	return luaL_fileresult(L, !(value ? setenv(name, value, 1) : unsetenv(name)), name);
}

/* unshare(): into a new network namespace */
static int l_unshare(lua_State *L)
{
	return luaL_fileresult(L, !unshare(CLONE_NEWNET), "unshare");
}

/* namespace() -> a number for enter(): the network namespace that this process is in */
static int l_namespace(lua_State *L)
{
	int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return luaL_fileresult(L, 0, "/proc/self/ns/net");
	lua_pushinteger(L, fd);
	return 1;
}

static int l_enter(lua_State *L)
{
	return luaL_fileresult(L, !setns((int)luaL_checkinteger(L, 1), CLONE_NEWNET), "setns");
}

static const luaL_Reg functions[] = {
	{ "run", l_run },	  { "together", l_together },	{ "lanes", l_lanes },
	{ "start", l_start },	  { "stop", l_stop },		{ "setenv", l_setenv },
	{ "unshare", l_unshare }, { "namespace", l_namespace }, { "enter", l_enter },
	{ NULL, NULL },
};

int luaopen_spawn(lua_State *L);
int luaopen_spawn(lua_State *L)
{
	luaL_newlib(L, functions);
	return 1;
}
