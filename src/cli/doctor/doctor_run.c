/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor_run.c - read everything once, run the checks, keep their findings */
#include "cli/doctor/doctor.h"
#include "base/paths.h"
#include "base/sh.h"

#include <string.h>
#include <unistd.h>

static const struct mt_column columns[] = {
	[MT_FOUND_CHECK] = { "CHECK", "check" }, [MT_FOUND_LEVEL] = { "LEVEL", "level" },
	[MT_FOUND_WHAT] = { "FOUND", "found" },	 [MT_FOUND_WHY] = { "WHY", "why" },
	[MT_FOUND_TODO] = { "TODO", "todo" },	 { NULL },
};

/* --- reading ---------------------------------------------------------------------------------- */

static void ask_policy(struct mt_doctor *d)
{
	struct mt_event_params ask = { .request.source = { .fd = -1 },
				       .request.want = MT_WANT_DECISIONS,
				       .dry = true };

	if (!mt_connect(&d->g, &ask, &d->policy, &d->policy_error))
		d->policy_error.code = 0;
}

static int ask_guest(struct mt_doctor *d)
{
	struct mt_event_params ask = mt_cli_params(MT_WANT_PLANS | MT_WANT_FACTS, true);
	struct mt_fact *facts;
	struct mt_err e;
	int status = mt_cli_guest_or_file(d->c, &d->g, d->file, &ask, &d->p);

	if (status)
		return status;
	ask.request.unnamed = MT_SH_UNNAMED;
	if (!mt_connect(&d->g, &ask, &d->plan, &d->plan_error))
		d->plan_error.code = 0;
	if (d->plan.facts && !mt_fact_parse(d->plan.facts, d->plan.facts_n, &d->p, &facts, &e))
		d->facts = facts;
	mt_cli_close_source(&ask.request.source);
	return 0;
}

static int look(struct mt_doctor *d)
{
	struct mt_err e = { 0 };

	ask_policy(d);
	if (mt_doctor_inspect(d, &e))
		return mt_cli_error(d->c, NULL, &e);
	return d->file ? ask_guest(d) : 0;
}

/* --- running ---------------------------------------------------------------------------------- */

static bool is_possible(const struct mt_doctor *d, const struct mt_check *check)
{
	if (check->needs & MT_CHECK_GUEST && !d->file)
		return false;
	if (check->needs & MT_CHECK_ROOT && !mt_can_change_network())
		return false;
	return !(check->needs & MT_CHECK_LIBVIRT) || mt_doctor_is_there(d, "/etc/libvirt");
}

void mt_doctor_run(struct mt_doctor *d,
		   void (*after)(struct mt_doctor *d, bool possible, const struct mt_row *first))
{
	for (d->check = mt_checks; d->check->name; d->check++) {
		const struct mt_row *last = d->found.last, *first;
		bool possible = is_possible(d, d->check);

		if ((d->check->needs & d->only) != d->only)
			continue;
		if (possible)
			d->check->run(d);
		first = last ? last->next : d->found.first;
		d->checked += possible;
		d->bad += first != NULL;
		if (after)
			after(d, possible, first);
	}
}

/* Default paths are below the root; paths from the command line are not. */
static void find_places(struct mt_doctor *d)
{
	static char policy[PATH_MAX], state[PATH_MAX], hooks[PATH_MAX];
	struct mt_cli *c = d->c;

	if (!c->root)
		return;
	c->policy = c->policy ? c->policy : mt_doctor_path(d, MT_DEFAULT_POLICY, policy);
	c->state = c->state ? c->state : mt_doctor_path(d, MT_DEFAULT_STATE, state);
	c->hooks = c->hooks ? c->hooks : mt_doctor_path(d, MT_DEFAULT_HOOKS, hooks);
}

int mt_doctor_open(struct mt_doctor *d)
{
	int status;

	d->root = d->c->root ? d->c->root : "";
	d->found = (struct mt_table){ .columns = columns, .pool = &d->p };
	d->g.state.dir = -1;
	find_places(d);
	status = mt_cli_engine(d->c, &d->g);
	d->g.o.policy_optional = true; /* that it is missing is a finding */
	return status ? status : look(d);
}

void mt_doctor_close(struct mt_doctor *d)
{
	mt_outcome_free(&d->policy);
	mt_outcome_free(&d->plan);
	mt_pool_free(&d->p);
	mt_engine_close(&d->g);
}
