/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* open_policy.c - a Lua state with a cap on its memory and a way to stop it */
#include "policy/lua_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void *allocate(void *data, void *block, size_t had, size_t wants)
{
	struct mt_policy *p = data;
	void *got;

	if (!block)
		had = 0; /* of a new block, it is the kind of object: lua_Alloc */
	if (!wants) {
		free(block);
		p->used -= had;
		return NULL;
	}
	if (wants > had && wants - had > p->o.memory - p->used)
		return NULL;
	got = realloc(block, wants);
	if (got)
		p->used += wants - had;
	return got;
}

static int prepare(lua_State *L)
{
	lua_pushvalue(L, 1);
	mtl_own(L);
	mtl_open_sandbox(L);
	mtl_sandbox(L, "seal");
	lua_call(L, 0, 0);
	return 0;
}

static void start(struct mt_policy *p, const struct mt_policy_options *o)
{
	p->o = *o;
	if (!p->o.memory)
		p->o.memory = MTL_MEMORY;
	p->pool.limit = p->names_pool.limit = p->o.memory;
	p->phase = MTL_TOP;
}

int mt_policy_open(const struct mt_policy_options *o, struct mt_policy **out, struct mt_err *e)
{
	struct mt_policy *p = calloc(1, sizeof *p);
	int status = LUA_ERRMEM;

	*out = NULL;
	if (!p)
		goto out;
	start(p, o);
	p->L = lua_newstate(allocate, p);
	if (!p->L)
		goto out;
	/* Most policies end long before there is much to collect; where the cap is reached, Lua
	 * collects all the same (lmem.c, tryagain()). */
	lua_gc(p->L, LUA_GCSTOP);
	/* neither of the two allocates, nor does the call until it is protected */
	lua_pushcfunction(p->L, prepare);
	lua_pushlightuserdata(p->L, p);
	status = lua_pcall(p->L, 1, 0, 0);
	if (status)
		goto out;
	*out = p;
	return 0;
out:
	if (status == LUA_ERRMEM)
		mt_fail(e, ENOMEM, "policy", "", NULL);
	else /* this liblua does not load what luac has compiled */
		mt_fail(e, ENOEXEC, "policy", "", "%s", lua_tostring(p->L, -1));
	mt_policy_close(p);
	return -e->code;
}

void mt_policy_go_on(struct mt_policy *p, struct mt_host *host, const struct mt_record *notes,
		     size_t nnotes)
{
	p->o.host = host;
	p->o.notes = notes;
	p->o.nnotes = nnotes;
}

void mt_policy_leases(struct mt_policy *p, const char *const *leases, unsigned attempt)
{
	p->o.leases = leases;
	p->o.attempt = attempt;
}

bool mt_policy_asked_host(const struct mt_policy *p)
{
	return p->asked_host;
}

void mt_policy_close(struct mt_policy *p)
{
	if (!p)
		return;
	if (p->L)
		lua_close(p->L);
	mt_pool_free(&p->pool);
	free(p);
}

static int l_let_go(lua_State *L)
{
	struct mt_policy *p = lua_touserdata(L, 1);

	mt_pool_free(&p->pool);
	mt_pool_free(&p->names_pool);
	return 0;
}

struct mt_policy *mtl_policy_here(lua_State *L, const struct mt_policy_options *o)
{
	struct mt_policy *p = lua_newuserdatauv(L, sizeof *p, 0);

	memset(p, 0, sizeof *p);
	start(p, o);
	p->L = L;
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, l_let_go);
	lua_setfield(L, -2, "__gc");
	lua_setmetatable(L, -2);
	mtl_own(L);
	mtl_open_sandbox(L);
	return p;
}

/* The hook stays set, at every instruction: code that catches the error cannot go on either. */
static void stop(lua_State *L, lua_Debug *ar)
{
	(void)ar;
	mtl_end(L, MT_BLAME_LIMIT, ETIME, "ran out of its time");
}

void mt_policy_interrupt(struct mt_policy *p)
{
	lua_sethook(p->L, stop, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}
