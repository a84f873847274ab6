/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* repl_replay.c - plan an earlier run again, or what was declared at the prompt */
#include "base/bytes.h"
#include "base/sh.h"
#include "binding/binding.h"
#include "cli/repl/repl_module.h"
#include "domain/facts.h"
#include "engine/guest.h"
#include "engine/history.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* at_us: the run, once chosen; -N names another one when further runs are recorded. */
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

/* The run that was chosen before, or the one that -N names now. */
static int find_run(struct place *p, struct mtl_call *call, const struct mt_history **run,
		    struct mt_err *e)
{
	struct mt_engine *g = &call->handle->engine;
	const char *guest = p->c->args[0];
	struct mt_history *runs;
	struct mt_nic_filter which;
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

/* repl.recall() -> facts, event, seconds since 1970, dev: of an unknown guest's tap, else nil |
 * false, event, seconds, dev: only the tap's name was known | nil, err */
static int l_recall(lua_State *L)
{
	struct place *p = lua_touserdata(L, lua_upvalueindex(1));
	struct mtl_call *call = mtl_call(L);
	const struct mt_history *run;
	struct mt_err e = { 0 };
	struct mt_fact *root;

	if (open_handle(p->c, call, NULL, &e) || find_run(p, call, &run, &e))
		return mtl_fail(L, &e);
	p->at_us = run->at_us;
	if (!run->outcome.facts && !*run->guest && *run->dev) {
		lua_pushboolean(L, false);
		lua_pushstring(L, run->event);
		lua_pushinteger(L, (lua_Integer)(run->at_us / 1000000));
		lua_pushstring(L, run->dev);
		return 4;
	}
	if (!run->outcome.facts) {
		mt_bad(&e, "replay", run->event, MT_HISTORY_NO_FACTS);
		return mtl_fail(L, &e);
	}
	if (mt_fact_parse(run->outcome.facts, run->outcome.facts_n, &call->pool, &root, &e))
		return mtl_fail(L, &e);
	mtl_facts(L, root);
	lua_pushstring(L, run->event);
	lua_pushinteger(L, (lua_Integer)(run->at_us / 1000000));
	if (!*run->guest && *run->dev)
		lua_pushstring(L, run->dev);
	else
		lua_pushnil(L);
	return 4;
}

/* Instead of an evaluator: the answer is the request's source. */
static int start_answered(const struct mt_eval_request *q, struct mt_child *c, struct mt_err *e)
{
	int fd = mt_bytes_file("answer", q->source.bytes, q->source.n);

	*c = (struct mt_child){ .fd = -1, .out = fd };
	return fd < 0 ? mt_fail(e, -fd, "evaluator", "", NULL) : 0;
}

/* What to plan. driver, answer: NULL: the recorded run. */
struct planned {
	const char **only, *driver, *answer;
	size_t n; /* bytes of the answer */
};

static int plan_answered(struct mt_engine *g, const struct planned *what, struct mt_outcome *out,
			 struct mt_err *e)
{
	struct mt_event_params ask = {
		.request.source = { .fd = -1, .bytes = what->answer, .n = what->n, .name = "" },
		.request.want = MT_WANT_PLANS,
		.driver = what->driver,
		.by = "up",
		.request.managed = true,
		.request.unmanaged = true,
		.request.known = true,
		.dry = true,
		.request.only = what->only,
		.request.unnamed = MT_SH_UNNAMED
	};

	g->o.start = start_answered;
	return mt_connect(g, &ask, out, e);
}

static int plan(struct place *p, struct mtl_call *call, const struct planned *what,
		struct mtl_lines *lines, struct mt_outcome *out, struct mt_err *e)
{
	const struct mt_history *run = NULL;

	if (open_handle(p->c, call, lines, e))
		return -e->code;
	if (what->answer)
		return plan_answered(&call->handle->engine, what, out, e);
	if (find_run(p, call, &run, e))
		return -e->code;
	return mt_history_replay(&call->handle->engine, run, what->only, out, e);
}

static const char **read_indexes(lua_State *L, struct mt_pool *pool)
{
	lua_Integer n = luaL_len(L, 1);
	const char **only = mt_pool_alloc(pool, ((size_t)n + 1) * sizeof *only);

	for (lua_Integer i = 0; only && i < n; i++) {
		const char *index;

		lua_geti(L, 1, i + 1);
		index = luaL_tolstring(L, -1, NULL);
		only[i] = mt_pool_copy(pool, index, strlen(index));
		if (!only[i])
			return NULL;
		lua_pop(L, 2);
	}
	return only;
}

/* repl.replay(indexes [, driver, answer]) -> outcome | nil, err: plan the run again, or plan
 * @answer as if it were an evaluator's */
static int l_replay(lua_State *L)
{
	struct place *p = lua_touserdata(L, lua_upvalueindex(1));
	struct planned what = { .driver = luaL_optstring(L, 2, NULL),
				.answer = luaL_optlstring(L, 3, NULL, NULL) };
	struct mtl_lines lines = { 0 };
	struct mtl_call *call;
	struct mt_err e = { 0 };
	struct mt_result *r;

	what.n = what.answer ? lua_rawlen(L, 3) : 0;
	call = mtl_call(L);
	lines.pool = &call->pool;
	what.only = read_indexes(L, &call->pool);
	r = calloc(1, sizeof *r);
	if (!what.only || !r) {
		free(r);
		return luaL_error(L, "not enough memory");
	}
	call->outcome = &r->face; /* freed with the call */
	r->inside.dry = true;
	r->inside.name = r->inside.uuid = "";
	if (plan(p, call, &what, &lines, &r->inside, &e) || mt_result_face(r, &e))
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
