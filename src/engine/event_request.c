/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* event_request.c - the parameters of an event, and its request to the evaluator */
#include "engine/engine.h"
#include "base/sh.h"
#include "files/lease.h"
#include "plan/shared.h"

#include <string.h>

/* What shared objects' journals note of the host and the kernel no longer has; NULL: unreadable. */
static const char *const *notes_of(struct mt_engine *g, struct mt_pool *pool)
{
	struct mt_apply w = mt_engine_apply(g, pool);
	struct mt_steps notes = { .pool = pool };
	const char **texts;
	struct mt_err ignored;
	char line[MT_LINE_MAX];
	size_t n = 0;

	if (mt_engine_state(g, false, &ignored) || mt_shared_notes(&w, &notes, &ignored))
		return NULL;
	texts = mt_pool_alloc(pool, (notes.n + 1) * sizeof *texts);
	for (size_t i = 0; texts && i < notes.n; i++) {
		mt_step_print(&notes.at[i], line, sizeof line);
		texts[n] = mt_pool_copy(pool, line, strlen(line));
		n += texts[n] != NULL;
	}
	return texts;
}

struct mt_event_params mt_person_params(unsigned want, bool dry)
{
	return (struct mt_event_params){ .request.want = want,
					 .by = "up",
					 .person = true,
					 .request.managed = true,
					 .request.unmanaged = true,
					 .request.known = true,
					 .dry = dry };
}

struct mt_event_params mt_up_params(bool dry)
{
	struct mt_event_params ask = mt_person_params(MT_WANT_PLANS, dry);

	ask.remember = !dry;
	ask.request.unnamed = dry ? MT_SH_UNNAMED : NULL;
	return ask;
}

struct mt_eval_request mt_event_request(struct mt_engine *g, const struct mt_event_params *ask,
					struct mt_pool *pool)
{
	struct mt_eval_request q = ask->request;

	if (q.want & ~(unsigned)(MT_WANT_FACTS | MT_WANT_NOTES))
		q.policy = g->o.policy;
	if (q.want & MT_WANT_PLANS) {
		q.notes = notes_of(g, pool);
		q.leases = mt_lease_words(g->host, pool);
	}
	if (ask->remember)
		q.want |= MT_WANT_FACTS;
	q.policy_optional = g->o.policy_optional;
	q.hooks = g->o.hooks;
	q.deadline_ms = g->o.deadline_ms;
	q.memory = g->o.memory;
	q.evaluator = g->o.evaluator;
	return q;
}
