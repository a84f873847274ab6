/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * policy.c - src/policy/ for specs: a policy and facts go in, the answer's lines come out
 *
 * What a run owns is freed before the spec's own Lua is called again, which may throw.
 */
#include "domain/facts.h"
#include "kernel/host.h"
#include "policy/lua_state.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct run {
	lua_State *L;
	int table; /* what the spec gave */
	struct mt_policy *policy;
	char *said;
	size_t n, room;
	/* the allocation that fails, from 0, and how many do; fail_for 0: none */
	lua_Integer fail_at, fail_for;
	bool failed;
	lua_Alloc alloc;
	void *alloc_data;
	struct mt_pool pool;
	double opened_us, us;
};

static int say(void *data, const char *line, size_t n)
{
	struct run *r = data;

	if (r->n + n > r->room) {
		size_t room = (r->n + n) * 2;
		char *more = realloc(r->said, room);

		if (!more)
			return -ENOMEM;
		r->said = more;
		r->room = room;
	}
	memcpy(r->said + r->n, line, n);
	r->n += n;
	return 0;
}

/* The strings are the spec's, which keeps them in its table for the whole run. */
static int find_hook(void *data, const char *name, const char **text, size_t *n, const char **path,
		     struct mt_err *e)
{
	struct run *r = data;
	lua_State *L = r->L;
	int top = lua_gettop(L), err = 0;

	lua_getfield(L, r->table, "hooks");
	if (!lua_istable(L, -1) || lua_getfield(L, -1, name) != LUA_TSTRING) {
		err = mt_fail(e, ENOENT, "", "", "there is no such hook");
	} else {
		*text = lua_tolstring(L, -1, n);
		*path = name;
	}
	lua_settop(L, top);
	return err;
}

static void *fail_once(void *data, void *block, size_t had, size_t wants)
{
	struct run *r = data;

	if (wants && (!block || wants > had) && --r->fail_at < 0 && r->fail_for > 0) {
		r->fail_for--;
		r->failed = true;
		return NULL;
	}
	return r->alloc(r->alloc_data, block, had, wants);
}

/* The Lua value on the top of the stack as a fact; a table with [1], or empty, is an array. */
static void to_fact(lua_State *L, struct mt_facts *b, struct mt_fact *in, const char *name)
{
	struct mt_fact *f;

	switch (lua_type(L, -1)) {
	case LUA_TSTRING:
		mt_fact_string(b, in, name, lua_tostring(L, -1));
		return;
	case LUA_TNUMBER:
		mt_fact_integer(b, in, name, lua_tointeger(L, -1));
		return;
	case LUA_TBOOLEAN:
		mt_fact_boolean(b, in, name, lua_toboolean(L, -1));
		return;
	}
	lua_pushnil(L);
	if (!lua_next(L, -2) || (lua_isinteger(L, -2) && (lua_pop(L, 2), true))) {
		f = mt_fact_array(b, in, name);
		for (lua_Integer i = 1; lua_geti(L, -1, i) != LUA_TNIL; i++, lua_pop(L, 1))
			to_fact(L, b, f, "");
		lua_pop(L, 1);
		return;
	}
	lua_pop(L, 2);
	f = mt_fact_object(b, in, name);
	for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
		to_fact(L, b, f, lua_tostring(L, -2));
}

static void complete(struct mt_facts *b, struct mt_fact *nic, int index)
{
	const char *dev = mt_fact_text_at(nic, "target.dev");
	const struct mt_fact *managed = mt_fact_at(nic, "target.managed");

	mt_fact_integer(b, nic, "index", index);
	mt_fact_boolean(b, nic, "unmanaged", managed && !managed->boolean);
	if (dev)
		mt_fact_string(b, nic, "dev", dev);
}

static struct mt_fact *facts(lua_State *L, struct run *r)
{
	struct mt_facts b = { .pool = &r->pool };
	struct mt_fact *root = mt_fact_object(&b, NULL, "");
	int n = 0;

	for (int i = 0; i < 2; i++) {
		static const char *const parts[] = { "domain", "nics" };

		if (lua_getfield(L, r->table, parts[i]) == LUA_TTABLE)
			to_fact(L, &b, root, parts[i]);
		lua_pop(L, 1);
	}
	/* what domain/ adds to each NIC */
	if (mt_fact_get(root, "nics"))
		mt_fact_each (nic, mt_fact_get(root, "nics"))
			complete(&b, nic, ++n);
	return root;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static lua_Integer integer(lua_State *L, int table, const char *name, lua_Integer otherwise)
{
	lua_getfield(L, table, name);
	otherwise = luaL_optinteger(L, -1, otherwise);
	lua_pop(L, 1);
	return otherwise;
}

static struct mt_policy *running;

static void interrupt(int signal)
{
	(void)signal;
	mt_policy_interrupt(running);
}

static void arm(struct run *r, lua_Integer ms)
{
	struct itimerval timer = { .it_value = { ms / 1000, ms % 1000 * 1000 } };

	running = r->policy;
	if (ms)
		signal(SIGALRM, interrupt);
	setitimer(ITIMER_REAL, &timer, NULL);
}

/* Open, load, ask, close, with the answer in @r. */
static int evaluate(lua_State *L, struct run *r, struct mt_err *e)
{
	struct mt_policy_options o = { .hook = find_hook, .say = say, .data = r };
	int wanted[64], n = 0, err;
	const char *text, *path;
	struct mt_fact *root = facts(L, r);
	lua_Integer ms = integer(L, r->table, "interrupt_ms", 0);
	size_t size;
	double start;

	o.memory = (size_t)integer(L, r->table, "memory", 0);
	r->fail_at = integer(L, r->table, "fail_at", 0);
	r->fail_for = integer(L, r->table, "fail_for", 0);
	lua_getfield(L, r->table, "host");
	if (lua_toboolean(L, -1) && mt_host_open(&o.host, e))
		return -e->code;
	lua_getfield(L, r->table, "wanted");
	for (; lua_istable(L, -1) && n < 64 && lua_geti(L, -1, n + 1) != LUA_TNIL; lua_pop(L, 1))
		wanted[n++] = (int)lua_tointeger(L, -1);
	lua_getfield(L, r->table, "policy");
	text = luaL_optlstring(L, -1, "", &size);
	lua_getfield(L, r->table, "path");
	path = luaL_optstring(L, -1, "policy.lua");

	start = now();
	err = mt_policy_open(&o, &r->policy, e);
	r->opened_us = now() - start;
	if (err)
		goto out;
	if (r->fail_for > 0) {
		r->alloc = lua_getallocf(r->policy->L, &r->alloc_data);
		lua_setallocf(r->policy->L, fail_once, r);
	}
	arm(r, ms);
	err = mt_policy_load(r->policy, text, size, path, e);
	if (!err)
		err = mt_policy_ask(r->policy, root, wanted, (size_t)n, e);
	if (!err)
		err = mt_policy_ask_other(r->policy, e);
	arm(r, 0);
	r->us = now() - start;
	mt_policy_close(r->policy);
out:
	mt_host_close(o.host);
	return err;
}

static void end_run(struct run *r)
{
	mt_pool_free(&r->pool);
	free(r->said);
}

/* run{ policy =, path =, hooks =, domain =, nics =, wanted =, memory =, interrupt_ms =, fail_at =,
 * fail_for =, host = } -> { said =, code =, line =, opened_us =, us =, failed = } */
static int l_run(lua_State *L)
{
	struct run r = { .L = L, .table = 1 };
	char line[700] = "";
	struct mt_err e = { 0 };
	int err;

	luaL_checktype(L, 1, LUA_TTABLE);
	luaL_checkstack(L, 40, NULL);
	err = evaluate(L, &r, &e);
	if (err)
		mt_err_line(&e, line, sizeof line);
	lua_newtable(L);
	lua_pushlstring(L, r.said ? r.said : "", r.n);
	lua_setfield(L, -2, "said");
	lua_pushstring(L, err ? mt_errno_name(-err) : NULL);
	lua_setfield(L, -2, "code");
	lua_pushstring(L, line);
	lua_setfield(L, -2, "line");
	lua_pushinteger(L, err ? mt_exit_status(e.blame) : 0);
	lua_setfield(L, -2, "status");
	lua_pushnumber(L, r.opened_us);
	lua_setfield(L, -2, "opened_us");
	lua_pushnumber(L, r.us);
	lua_setfield(L, -2, "us");
	lua_pushboolean(L, r.failed);
	lua_setfield(L, -2, "failed");
	end_run(&r);
	return 1;
}

/* bounded(table, ms) -> the answer, or nil when the run had to be killed: run() in a child */
static int l_bounded(lua_State *L)
{
	struct run r = { .L = L, .table = 1 };
	int ms = (int)luaL_checkinteger(L, 2), p[2];
	struct mt_err e;
	char *got = NULL;
	size_t n = 0;
	pid_t child;

	luaL_checkstack(L, 40, NULL);
	if (pipe(p))
		return luaL_fileresult(L, 0, "pipe");
	child = fork();
	if (!child) {
		evaluate(L, &r, &e);
		for (size_t at = 0; at < r.n;) {
			ssize_t wrote = write(p[1], r.said + at, r.n - at);

			if (wrote <= 0)
				break;
			at += (size_t)wrote;
		}
		_exit(0);
	}
	close(p[1]);
	for (double until = now() + ms * 1e3;;) {
		struct pollfd f = { .fd = p[0], .events = POLLIN };
		double left = until - now();
		ssize_t more;

		if (left < 0 || poll(&f, 1, (int)(left / 1e3) + 1) <= 0) {
			kill(child, SIGKILL);
			free(got);
			got = NULL;
			break;
		}
		got = realloc(got, n + 65536);
		more = read(p[0], got + n, 65536);
		if (more <= 0)
			break;
		n += (size_t)more;
	}
	close(p[0]);
	waitpid(child, NULL, 0);
	if (got)
		lua_pushlstring(L, got, n);
	else
		lua_pushnil(L);
	free(got);
	return 1;
}

static const luaL_Reg functions[] = {
	{ "run", l_run },
	{ "bounded", l_bounded },
	{ NULL, NULL },
};

int luaopen_internals_policy(lua_State *L);
int luaopen_internals_policy(lua_State *L)
{
	luaL_newlib(L, functions);
	return 1;
}
