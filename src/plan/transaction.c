/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* transaction.c - connecting NICs as one transaction */
#include "plan/run.h"
#include "plan/commit.h"
#include "plan/lookup.h"
#include "plan/recover.h"
#include "kernel/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Another event may have come first while this one waited for the lock. */
static int check_meanwhile(struct mt_run *r, const struct mt_run_nic *n, struct mt_err *e)
{
	const struct mt_record *had = &n->had.header;
	struct mt_device d;

	if (r->again && !had->kind)
		return mt_fail(e, EALREADY, "", "", "it is not connected any more");
	if (n->header.v[MT_HEADER_KNOWN].u || !had->kind || !had->v[MT_HEADER_KNOWN].u ||
	    mt_device_by_name(r->apply.host, n->plan->dev, &d, e) ||
	    had->v[MT_HEADER_IFINDEX].u != d.ifindex)
		return 0;
	return mt_fail(e, EALREADY, "", "", "it is connected for the guest %s",
		       mt_header_text(had, MT_HEADER_DOMAIN));
}

static int begin_one(struct mt_run *r, struct mt_run_nic *n, struct mt_err *e)
{
	const char *dev = n->plan->dev;
	char file[32];

	n->steps.pool = n->undeclared.pool = n->undone.pool = n->made.pool = r->apply.pool;
	mt_state_path("nic", dev, file);
	if (!r->dry) {
		if (mt_state_lock(r->apply.state, file, &n->lock, e))
			return -e->code;
		n->locked = true;
		if (mt_recover(&r->apply, dev, &n->lock, e))
			return -e->code;
	}
	if (mt_journal_load(r->apply.state, file, r->apply.kinds, r->apply.pool, &n->had, e))
		return -e->code;
	return check_meanwhile(r, n, e) ? -e->code : mt_journal_prune(&r->apply, &n->had, e);
}

static int by_device(const void *a, const void *b)
{
	const struct mt_run_nic *const *x = a, *const *y = b;

	return strcmp((*x)->plan->dev, (*y)->plan->dev);
}

int mt_run_begin(struct mt_run *r, struct mt_err *e)
{
	struct mt_run_nic **sorted = mt_pool_alloc(r->apply.pool, (r->n + 1) * sizeof *sorted);
	int err = 0;

	for (size_t i = 0; i < r->n; i++) {
		r->nics[i].lock = r->nics[i].run = r->nics[i].next = -1;
		if (sorted)
			sorted[i] = &r->nics[i];
	}
	if (!sorted)
		return mt_fail(e, ENOMEM, "run", "", NULL);
	qsort(sorted, r->n, sizeof *sorted, by_device);
	/* who finishes a killed run holds its leader's lock while it waits for the others' */
	r->leader = r->n ? sorted[0] : NULL;
	for (size_t i = 0; i < r->n && !err; i++) {
		if (i && !strcmp(sorted[i - 1]->plan->dev, sorted[i]->plan->dev))
			return mt_bad(e, "nic", sorted[i]->plan->dev,
				      "two NICs of the guest have this device");
		err = begin_one(r, sorted[i], e);
	}
	return err;
}

static int note(struct mt_run_nic *n, const struct mt_step *s, struct mt_err *e)
{
	return mt_steps_add(&n->made, s) ? 0 : mt_fail(e, ENOMEM, "run", n->plan->dev, NULL);
}

/* Journals the old claim beside the new one, so that undo can restore it. One claim covers all
 * steps on its object. */
static int make_claim(struct mt_run *r, struct mt_run_nic *n, const struct mt_record *key,
		      const struct mt_record *claim, struct mt_err *e)
{
	struct mt_step s = { .op = claim ? MT_CLAIM : MT_RELEASE, .put = claim ? *claim : *key };
	const char *dev = n->plan->dev;
	int err = mt_shared_claim(&r->apply, dev, key, &s.was, e);

	if (err && err != -ENOENT)
		return err;
	if (err)
		s.was.kind = NULL;
	if (mt_journal_append(n->run, &s, e) || note(n, &s, e))
		return -e->code;
	return mt_shared_set(&r->apply, dev, key, claim, NULL, e);
}

static bool claimed_already(const struct mt_run_nic *n, const struct mt_record *key)
{
	for (size_t i = 0; i < n->made.n; i++)
		if (n->made.at[i].op == MT_CLAIM && mt_record_same_key(&n->made.at[i].put, key))
			return true;
	return false;
}

/* Takes the ifindex of a device that this run made from the step that made it, mostly the first. */
static void find_made(const struct mt_run_nic *n, struct mt_step *s)
{
	const struct mt_realm *realm = s->put.kind->realm;

	if (realm != &mt_realm_links && !(realm && realm->by_device))
		return;
	for (size_t i = 0; i < n->made.n; i++) {
		const struct mt_step *m = &n->made.at[i];

		if (m->op == MT_ADD && m->made && mt_ref_ifindex(&m->put.ref) &&
		    !strcmp(mt_record_device(&m->put), mt_record_device(&s->put))) {
			s->put.ref = (struct mt_ref){ realm, { mt_ref_ifindex(&m->put.ref) } };
			return;
		}
	}
}

static int make_own(struct mt_run *r, struct mt_run_nic *n, struct mt_step *s, struct mt_err *e)
{
	int err;
	size_t at = n->made.n;

	if (s->op == MT_ADD && mt_run_vacate(r, n, &s->put, true, e))
		return -e->code;
	if (!mt_ref_is_set(&s->put.ref))
		find_made(n, s);
	if (note(n, s, e)) /* before it is applied: a failing step is undone, too */
		return -e->code;
	err = mt_step_apply(&r->apply, s, n->run, e);
	n->made.at[at] = *s;
	return err;
}

static int make_steps(struct mt_run *r, struct mt_run_nic *n, struct mt_err *e)
{
	for (size_t i = 0; i < n->steps.n; i++) {
		struct mt_step *s = &n->steps.at[i];
		int err = 0;

		if (r->stop && *r->stop)
			return mt_fail(e, EINTR, "run", n->plan->dev, "stopped by a signal");
		if (s->shared && !claimed_already(n, &s->put))
			err = make_claim(r, n, &s->put, &mt_plan_find(n->plan, &s->put)->record, e);
		else if (!s->shared && s->op != MT_SAME)
			err = make_own(r, n, s, e);
		else if (!s->shared && s->put.kind->settle) /* it may have stopped to work since */
			err = s->put.kind->settle(r->apply.host, &s->put, e);
		if (err)
			return mt_err_in(e, "%s", s->place ? s->place : "");
	}
	return 0;
}

static int take_undeclared(struct mt_run *r, struct mt_run_nic *n, struct mt_apply *w,
			   const struct mt_step *s, struct mt_err *e)
{
	size_t from = n->made.n;

	if (s->op == MT_CLAIM)
		return make_claim(r, n, &s->put, NULL, e);
	if (mt_step_revert(w, s, e))
		return -e->code;
	for (; from < n->made.n; from++)
		if (!mt_steps_add(&n->undone, &n->made.at[from]))
			return mt_fail(e, ENOMEM, "run", n->plan->dev, NULL);
	return 0;
}

static int take_all_undeclared(struct mt_run *r, struct mt_run_nic *n, struct mt_err *e)
{
	struct mt_apply w = r->apply;

	w.ahead = n->run;
	w.done = &n->made; /* before it is applied: a failing step is undone, too */
	for (int turn = 0; turn < MT_UNDO_ORDERS; turn++)
		for (size_t i = n->undeclared.n; i-- > 0;) {
			const struct mt_step *s = &n->undeclared.at[i];

			if (mt_step_undo_order(s) == turn && !mt_removed_after_commit(n, s) &&
			    take_undeclared(r, n, &w, s, e))
				return -e->code;
		}
	r->apply.left = w.left;
	return 0;
}

static int finish(struct mt_run *r, struct mt_run_nic *n, struct mt_err *e)
{
	for (size_t i = 0; i < n->made.n; i++) {
		const struct mt_step *s = &n->made.at[i];

		if (s->op == MT_ADD && !s->existed && s->put.kind->persist &&
		    s->put.kind->persist(r->apply.host, &s->put, e))
			return -e->code;
	}
	return 0;
}

static int open_run(struct mt_run *r, struct mt_run_nic *n, struct mt_err *e)
{
	struct mt_record header = n->header;
	char file[32];

	if (mt_lookup_add_nic(r->apply.state, &header, e) ||
	    mt_state_create(r->apply.state, mt_state_path("run", n->plan->dev, file), &n->run, e))
		return -e->code;
	if (n != r->leader)
		mt_record_put(&header, MT_HEADER_WITH, mt_name_from(r->leader->plan->dev));
	return mt_journal_append_header(n->run, &header, e);
}

/* The leader's file is the first of the run's, and the last: see is_decided() of recover.c. */
static int make_all(struct mt_run *r, struct mt_err *e)
{
	if (!r->leader)
		return 0;
	if (open_run(r, r->leader, e))
		return mt_run_err(r->leader, e);
	for (size_t i = 0; i < r->n; i++) {
		struct mt_run_nic *n = &r->nics[i];

		if ((n != r->leader && open_run(r, n, e)) || make_steps(r, n, e) ||
		    take_all_undeclared(r, n, e))
			return mt_run_err(n, e);
	}
	for (size_t i = 0; i < r->n; i++)
		if (finish(r, &r->nics[i], e))
			return mt_run_err(&r->nics[i], e);
	return 0;
}

static int revert_nic(struct mt_run *r, struct mt_run_nic *n, struct mt_err *e)
{
	char file[32];

	mt_state_discard(r->apply.state, mt_state_path("nic", n->plan->dev, file), &n->next);
	return mt_steps_revert(&r->apply, n->plan->dev, &n->made, NULL, e)
		?: mt_ports_restore(&r->apply, &n->made, &n->had.steps, e);
}

static int remove_run(struct mt_run *r, const struct mt_run_nic *n, struct mt_err *e)
{
	char file[32];

	return mt_state_remove(r->apply.state, mt_state_path("run", n->plan->dev, file), e);
}

static void note_failure(struct mt_run *r, const struct mt_err *undo, struct mt_err *e)
{
	char line[512];

	mt_log(r->apply.log, LOG_ERR, "could not be undone: %s",
	       mt_err_line(undo, line, sizeof line));
	e->blame = MT_BLAME_UNDO;
}

static void roll_back(struct mt_run *r, struct mt_err *e)
{
	struct mt_err undo = { 0 };
	bool force = r->apply.force, leader = false;

	r->apply.force = true; /* nobody else uses yet what this run made */
	for (size_t i = r->n; i-- > 0;) {
		struct mt_run_nic *n = &r->nics[i];
		int err;

		if (n->run < 0)
			continue;
		err = revert_nic(r, n, &undo);
		if (n == r->leader)
			leader = !err;
		else if (!err)
			err = remove_run(r, n, &undo);
		if (err)
			note_failure(r, &undo, e);
	}
	if (leader && remove_run(r, r->leader, &undo))
		note_failure(r, &undo, e);
	r->apply.force = force;
}

int mt_run_apply(struct mt_run *r, struct mt_err *e)
{
	bool decided = false;
	int err = make_all(r, e);

	if (!err)
		err = mt_commit(r, &decided, e);
	if (err && !decided)
		roll_back(r, e);
	return err;
}

/* The link of a run that was rolled back, and of the guest that had the device before. */
static void drop_links(struct mt_run *r, struct mt_run_nic *n)
{
	const struct mt_record *had = &n->had.header;
	struct mt_err ignored;
	char ours[240], theirs[240];

	mt_lookup_settle_nic(r->apply.state, &n->header, n->lock, &ignored);
	if (n->decided && had->kind &&
	    strcmp(mt_lookup_guest_of(&n->header, ours), mt_lookup_guest_of(had, theirs)))
		mt_lookup_drop_nic(r->apply.state, had, &ignored);
}

void mt_run_end(struct mt_run *r)
{
	char file[32];

	for (size_t i = 0; i < r->n; i++) {
		struct mt_run_nic *n = &r->nics[i];

		if (n->run >= 0)
			close(n->run);
		if (n->next >= 0)
			close(n->next);
		if (n->locked) {
			drop_links(r, n);
			mt_state_unlock(r->apply.state, mt_state_path("nic", n->plan->dev, file),
					n->lock);
		}
		n->run = n->next = n->lock = -1;
		n->locked = false;
	}
}
