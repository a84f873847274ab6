/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* together.c - one request for the devices of several NICs */
#include "plan/together.h"
#include "kernel/host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One device that goes. */
struct going {
	struct mt_leaving *nic;
	struct mt_step delete, group;
	bool grouped; /* its group was asked for */
};

struct together {
	struct going *at;
	size_t n, cap;
	struct mt_record group; /* its kind and number; no key */
	int field;
	struct mt_err e;
};

/* Finds the facet with a group (MT_FIELD_GROUP), and a random number for it. */
static bool find_group(const struct mt_kind *const *kinds, struct together *t)
{
	uint32_t number = mt_devices_group();

	for (; number && *kinds; kinds++)
		for (int f = 0; f < (*kinds)->nfields; f++)
			if ((*kinds)->fields[f].flags & MT_FIELD_GROUP) {
				t->group = (struct mt_record){ .kind = *kinds };
				t->field = f;
				mt_record_put(&t->group, f, mt_uint(number));
				return true;
			}
	return false;
}

/* Whether undo of a step has only to delete the device that it made; @back: out: that deletion. */
static bool deletes(struct mt_leaving *nic, const struct mt_step *s, struct mt_step *back,
		    struct mt_err *e)
{
	struct mt_record has;
	uint32_t left;

	if (s->op != MT_ADD || !(s->put.kind->flags & MT_KIND_DEVICE) ||
	    !mt_ref_ifindex(&s->put.ref) ||
	    mt_record_get(nic->apply.host, &s->put, &has, nic->apply.pool, e) ||
	    !mt_ref_equal(&has.ref, &s->put.ref))
		return false;
	mt_step_inverse(s, &has, back, &left);
	return back->op == MT_DELETE;
}

static int collect(struct together *t, struct mt_leaving *nic)
{
	const struct mt_steps *steps = &nic->journal.steps;
	struct mt_step back;

	for (size_t i = 0; i < steps->n; i++) {
		struct going *at;

		if (!deletes(nic, &steps->at[i], &back, &t->e))
			continue;
		at = mt_pool_room(nic->apply.pool, t->at, t->n, &t->cap, sizeof *at);
		if (!at)
			return -ENOMEM;
		t->at = at;
		at += t->n++;
		*at = (struct going){ .nic = nic, .delete = back, .group.op = MT_CHANGE };
		at->group.put = t->group;
		at->group.put.ref = back.put.ref;
		mt_record_put(&at->group.put, 0, mt_name_from(mt_record_device(&back.put)));
		at->group.was = mt_record_key(&at->group.put);
	}
	return 0;
}

/* Puts one NIC's devices, from the @from-th on, into the group; @run: descriptor of its run. */
static int group_nic(struct together *t, size_t from, int run)
{
	struct mt_leaving *nic = t->at[from].nic;

	if (mt_journal_append_header(run, &nic->journal.header, &t->e))
		return -t->e.code;
	for (size_t i = from; i < t->n && t->at[i].nic == nic; i++) {
		t->at[i].grouped = true;
		if (mt_step_apply(&nic->apply, &t->at[i].group, run, &t->e))
			return -t->e.code;
	}
	return 0;
}

static int group_all(struct together *t)
{
	char file[32];
	int run, err = 0;

	for (size_t i = 0; i < t->n && !err; i++) {
		struct mt_leaving *nic = t->at[i].nic;

		if (nic->has_run)
			continue;
		err = mt_state_create(nic->apply.state, mt_state_path("run", nic->dev, file), &run,
				      &t->e);
		if (err)
			return err;
		nic->has_run = true;
		err = group_nic(t, i, run);
		close(run);
	}
	return err;
}

static int delete_all(struct together *t)
{
	const struct mt_apply *w = &t->at->nic->apply;
	uint32_t *ifindexes = mt_pool_alloc(w->pool, t->n * sizeof *ifindexes);

	for (size_t i = 0; ifindexes && i < t->n; i++)
		ifindexes[i] = mt_ref_ifindex(&t->at[i].delete.put.ref);
	return ifindexes ? mt_devices_delete(w->host, (uint32_t)t->group.v[t->field].u, ifindexes,
					     t->n, w->force, &t->e)
			 : -ENOMEM;
}

/* Restores the groups. What fails stays in its run for the next command, or vanishes with its
 * device. */
static void ungroup(struct together *t)
{
	for (size_t i = t->n; i-- > 0;) {
		struct going *at = &t->at[i];
		struct mt_apply w = at->nic->apply;
		char line[512];

		w.done = NULL;
		if (!at->grouped || !mt_step_revert(&w, &at->group, &t->e))
			continue;
		at->nic->keep_run = true;
		mt_log(w.log, LOG_WARNING, "could not be undone: %s",
		       mt_err_line(&t->e, line, sizeof line));
	}
}

static void end_runs(struct mt_leaving *const *nics, size_t n)
{
	struct mt_err ignored;
	char file[32];

	for (size_t i = 0; i < n; i++)
		if (nics[i]->has_run && !nics[i]->keep_run)
			nics[i]->keep_run =
				mt_state_remove(nics[i]->apply.state,
						mt_state_path("run", nics[i]->dev, file), &ignored);
}

void mt_devices_together(struct mt_leaving *const *nics, size_t n)
{
	struct together t = { .n = 0 };
	char line[512];
	int err = 0;

	if (n < 2 || !find_group(nics[0]->apply.kinds, &t))
		return;
	for (size_t i = 0; i < n && !err; i++)
		err = collect(&t, nics[i]);
	if (err || t.n < 2)
		return;
	if (group_all(&t) || delete_all(&t)) {
		mt_log(nics[0]->apply.log, LOG_INFO, "one by one: %s",
		       mt_err_line(&t.e, line, sizeof line));
		ungroup(&t);
	} else {
		for (size_t i = 0; i < t.n; i++)
			if (t.at[i].nic->apply.done)
				mt_steps_add(t.at[i].nic->apply.done, &t.at[i].delete);
	}
	end_runs(nics, n);
}
