/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ask.c - load a policy, and call its functions: the calls of policy.h that run it */
#include "domain/facts.h"
#include "policy/lua_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char environment; /* of the policy: its address is the registry's key */

struct source {
	const char *text, *path;
	size_t n;
};

static int load(lua_State *L)
{
	const struct source *s = lua_touserdata(L, 1);

	mtl_sandbox(L, "environment");
	lua_call(L, 0, 1);
	lua_pushvalue(L, -1);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &environment);
	mtl_compile(L, s->text, s->n, s->path);
	lua_call(L, 0, 0);
	return 0;
}

int mt_policy_load(struct mt_policy *p, const char *text, size_t n, const char *path,
		   struct mt_err *e)
{
	struct source s = { .text = text, .path = path, .n = n };

	snprintf(p->path, sizeof p->path, "%s", path);
	return mtl_run(p, load, &s, e);
}

struct lacking {
	char *text;
	size_t n;
	bool meant;
};

static int lacks(lua_State *L)
{
	struct lacking *l = lua_touserdata(L, 1);

	mtl_sandbox(L, "lacks");
	lua_rawgetp(L, LUA_REGISTRYINDEX, &environment);
	lua_call(L, 1, 2);
	snprintf(l->text, l->n, "%s", lua_isstring(L, -2) ? lua_tostring(L, -2) : "");
	l->meant = lua_toboolean(L, -1);
	return 0;
}

int mt_policy_lacks(struct mt_policy *p, char *text, size_t n, bool *meant, struct mt_err *e)
{
	struct lacking l = { .text = text, .n = n };
	int err = mtl_run(p, lacks, &l, e);

	*meant = l.meant;
	return err;
}

struct question {
	const struct mt_fact *facts;
	const int *wanted;
	size_t nwanted;
};

static int ask(lua_State *L)
{
	const struct question *q = lua_touserdata(L, 1);

	mtl_policy(L)->facts = q->facts;
	mtl_sandbox(L, "ask");
	lua_rawgetp(L, LUA_REGISTRYINDEX, &environment);
	lua_createtable(L, 0, 2);
	mtl_facts_seen(L, mt_fact_get(q->facts, "domain"), 1);
	lua_setfield(L, -2, "domain");
	mtl_facts_seen(L, mt_fact_get(q->facts, "nics"), 3); /* verbs.lua: nic.driver */
	lua_setfield(L, -2, "nics");
	lua_createtable(L, (int)q->nwanted, 0);
	for (size_t i = 0; i < q->nwanted; i++) {
		lua_pushboolean(L, true);
		lua_rawseti(L, -2, q->wanted[i]);
	}
	lua_call(L, 3, 0);
	return 0;
}

int mt_policy_ask(struct mt_policy *p, const struct mt_fact *facts, const int *wanted,
		  size_t nwanted, struct mt_err *e)
{
	struct question q = { .facts = facts, .wanted = wanted, .nwanted = nwanted };

	return mtl_run(p, ask, &q, e);
}

static int ask_other(lua_State *L)
{
	mtl_sandbox(L, "ask_other");
	lua_call(L, 0, 0);
	return 0;
}

int mt_policy_ask_other(struct mt_policy *p, struct mt_err *e)
{
	int err;

	p->other = true;
	err = mtl_run(p, ask_other, NULL, e);
	return err && e->blame == MT_BLAME_REFUSED ? err : 0;
}
