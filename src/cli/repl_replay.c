/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* repl_replay.c - the guest of an earlier run, as the policy was told of it then */
#include "base/sh.h"
#include "binding/binding.h"
#include "cli/repl.h"
#include "domain/facts.h"
#include "engine/guest.h"
#include "engine/history.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Which run it is, when others are written down beside it. */
struct place {
	const struct mt_cli *c;
	uint64_t at_us;
};

static void hear(void *data, int level, const char *line)
{
	mtl_line_add(data, level, line);
}

static int open_handle(const struct mt_cli *c, struct mtl_call *call, struct mtl_lines *lines,
		       struct mt_err *e)
{
	const char *const hooks[] = { c->hooks, NULL };

	return mt_handle_open(&call->handle,
			      &(struct moontap_options){ .policy = c->policy,
							 .state = c->state,
							 .hooks = c->hooks ? hooks : NULL,
							 .deadline_ms = c->deadline_ms,
							 .log = lines ? hear : NULL,
							 .data = lines },
			      e);
}

/* The one that was chosen at the beginning, or the one that -N names now. */
static int find_run(struct place *p, struct mtl_call *call, const struct mt_history **run,
		    struct mt_err *e)
{
	struct mt_engine *g = &call->handle->engine;
	const char *guest = p->c->args[0];
	struct mt_history *runs;
	struct mt_which which;
	size_t n = 0, back = p->c->back;
	int err =
		mt_guest_find(g, guest, p->c->is ? p->c->is : MT_WORD_ANY, &call->pool, &which, e);
	char advice[MT_LINE_MAX];

	if (!err)
		err = mt_history_list(g, &which, &call->pool, &runs, &n, e);
	if (err && err != -ENOENT)
		return err;
	*run = n < back || !n ? NULL : back ? &runs[n - back] : mt_history_latest(runs, n);
	for (size_t i = 0; p->at_us && i < n; i++)
		if (runs[i].at_us == p->at_us)
			*run = &runs[i];
	if (*run && (!p->at_us || (*run)->at_us == p->at_us))
		return 0;
	mt_bad(e, "replay", guest, "there is no such run on record: %s",
	       mt_sh_advice(advice, sizeof advice, "moontap log @", guest));
	return -e->code;
}

/* repl.recall() -> facts, event, seconds since 1970 | nil, err */
static int l_recall(lua_State *L)
{
	struct place *p = lua_touserdata(L, lua_upvalueindex(1));
	struct mtl_call *call = mtl_call(L);
	const struct mt_history *run;
	struct mt_err e = { 0 };
	struct mt_fact *root;

	if (open_handle(p->c, call, NULL, &e) || find_run(p, call, &run, &e))
		return mtl_fail(L, &e);
	if (!run->outcome.facts) {
		mt_bad(&e, "replay", run->event, MT_HISTORY_NO_FACTS);
		return mtl_fail(L, &e);
	}
	if (mt_fact_parse(run->outcome.facts, run->outcome.facts_n, &call->pool, &root, &e))
		return mtl_fail(L, &e);
	p->at_us = run->at_us;
	mtl_facts(L, root);
	lua_pushstring(L, run->event);
	lua_pushinteger(L, (lua_Integer)(run->at_us / 1000000));
	return 3;
}

/* repl.replay(indexes) -> outcome | nil, err [, outcome]: plan it again */
static int l_replay(lua_State *L)
{
	struct place *p = lua_touserdata(L, lua_upvalueindex(1));
	struct mtl_call *call = mtl_call(L);
	struct mtl_lines lines = { .pool = &call->pool };
	lua_Integer n = luaL_len(L, 1);
	const char **only = mt_pool_alloc(&call->pool, ((size_t)n + 1) * sizeof *only);
	const struct mt_history *run = NULL;
	struct mt_err e = { 0 };
	struct mt_result *r;
	int err;

	for (lua_Integer i = 0; only && i < n; i++) {
		const char *index;

		lua_geti(L, 1, i + 1);
		index = luaL_tolstring(L, -1, NULL);
		only[i] = mt_pool_copy(&call->pool, index, strlen(index));
		if (!only[i])
			return luaL_error(L, "not enough memory");
		lua_pop(L, 2);
	}
	r = calloc(1, sizeof *r);
	if (!only || !r) {
		free(r);
		return luaL_error(L, "not enough memory");
	}
	call->outcome = &r->face; /* freed with the call */
	r->inside.dry = true;
	r->inside.name = r->inside.uuid = "";
	err = open_handle(p->c, call, &lines, &e) || find_run(p, call, &run, &e) ||
		mt_history_replay(&call->handle->engine, run, only, &r->inside, &e) ||
		mt_result_face(r, &e);
	if (err)
		return mtl_fail(L, &e);
	mtl_outcome_push(L, &lines, r);
	return 1;
}

void mt_repl_replay(lua_State *L, const struct mt_cli *c)
{
	static const luaL_Reg functions[] = { { "recall", l_recall },
					      { "replay", l_replay },
					      { NULL, NULL } };
	struct place *p = lua_newuserdatauv(L, sizeof *p, 0);

	*p = (struct place){ .c = c };
	luaL_setfuncs(L, functions, 1);
}
