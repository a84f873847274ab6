/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* reconcile.c - repair one NIC after the other */
#include "base/sh.h"
#include "engine/reconcile.h"
#include "engine/history.h"
#include "engine/leftovers.h"
#include "plan/recover.h"
#include "plan/take_down.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct repair {
	struct mt_engine *g;
	const struct mt_nic_status *status;
	bool dry, by_journal;
	struct mt_outcome *out;
	struct mt_outcome_nic *nic; /* of @out; for repairs without mt_connect() */
	struct mt_err *e;
};

const char *mt_repair_name(enum mt_repair r)
{
	static const char *const names[] = {
		[MT_REPAIR_NOTHING] = "there was nothing to do",
		[MT_REPAIR_KILLED] = "a killed run was undone",
		[MT_REPAIR_ORPHAN] = "its device is gone; it was disconnected",
		[MT_REPAIR_POLICY] = "its policy was asked again",
		[MT_REPAIR_JOURNAL] = "what its journal has was put again",
	};

	return names[r];
}

static int begin_outcome(struct repair *r)
{
	const struct mt_nic_status *l = r->status;

	r->out->dry = r->dry;
	r->out->name = l->guest;
	r->out->uuid = l->uuid;
	r->nic = mt_pool_alloc(&r->out->pool, sizeof *r->nic);
	if (!r->nic)
		return mt_fail(r->e, ENOMEM, "reconcile", l->dev, NULL);
	*r->nic = (struct mt_outcome_nic){ .index = (int)l->index,
					   .type = l->type,
					   .mac = l->mac,
					   .dev = l->dev,
					   .unmanaged = l->unmanaged };
	r->out->nics = r->nic;
	r->out->n = 1;
	return 0;
}

static struct mt_steps *new_steps(struct repair *r)
{
	struct mt_steps *s = mt_pool_alloc(&r->out->pool, sizeof *s);

	if (s)
		s->pool = &r->out->pool;
	else
		mt_fail(r->e, ENOMEM, "reconcile", r->status->dev, NULL);
	return s;
}

/* --- the repairs ------------------------------------------------------------------------------ */

static int take_back_killed(struct repair *r)
{
	struct mt_apply w = mt_engine_apply(r->g, &r->out->pool);
	struct mt_steps *undone = new_steps(r);
	struct mt_err ignored;
	char file[32];
	int lock, err;

	if (!undone ||
	    mt_state_lock(&r->g->state, mt_state_path("nic", r->status->dev, file), &lock, r->e))
		return -r->e->code;
	w.done = undone;
	err = mt_recover(&w, r->status->dev, &lock, r->e);
	r->nic->undone = undone;
	if (lseek(lock, 0, SEEK_END) == 0) /* an empty journal is no more than a lock */
		mt_state_remove(&r->g->state, file, &ignored);
	close(lock);
	return err;
}

/* For a dry run: the journal of the killed run has what it did. */
static int plan_killed(struct repair *r)
{
	struct mt_journal *run = mt_pool_alloc(&r->out->pool, sizeof *run);
	char file[32];

	if (!run)
		return mt_fail(r->e, ENOMEM, "reconcile", r->status->dev, NULL);
	if (mt_journal_load(&r->g->state, mt_state_path("run", r->status->dev, file), mt_kinds,
			    &r->out->pool, run, r->e))
		return -r->e->code;
	r->nic->undone = &run->steps;
	r->nic->note = "a killed run is to be undone";
	return 0;
}

static int plan_orphan(struct repair *r)
{
	r->nic->note = "its device and its guest are gone; it is to be disconnected";
	return 0;
}

static int finish_orphan(struct repair *r)
{
	struct mt_apply w = mt_engine_apply(r->g, &r->out->pool);
	struct mt_steps *undone = new_steps(r);
	const struct mt_record *h = &r->status->journal.header;
	int err;

	if (!undone)
		return -r->e->code;
	w.done = undone;
	r->nic->undone = undone;
	err = mt_disconnect(&w, r->status->dev, (uint32_t)h->v[MT_HEADER_IFINDEX].u, r->e);
	return err ?: mt_forget_unused(r->g, r->status->driver, r->status->guest, r->e);
}

/* The policy that connected the NIC, if it is not the default, and no other was named; or NULL. */
static const char *own_policy(const struct repair *r)
{
	const char *own = mt_header_text(&r->status->journal.header, MT_HEADER_POLICY);

	return r->g->o.policy_optional && *own && strcmp(own, r->g->o.policy) ? own : NULL;
}

/* Drop the guest's other NICs from the outcome. */
static void choose_nic(struct mt_outcome *out, unsigned index)
{
	for (size_t i = 0; i < out->n; i++)
		if (out->nics[i].index == (int)index) {
			out->nics += i;
			out->n = 1;
			return;
		}
}

static int ask_policy(struct repair *r, const struct mt_guest_record *m)
{
	const struct mt_nic_status *l = r->status;
	struct mt_event_params ask = { .request.want = MT_WANT_PLANS,
				       .by = mt_header_text(&l->journal.header, MT_HEADER_BY),
				       .request.managed = true,
				       .request.unmanaged = true,
				       .request.dev = l->dev,
				       .after_start = !l->unmanaged,
				       .again = true,
				       .person = true,
				       .dry = r->dry };
	const struct mt_engine_options was = r->g->o;
	const char *only[2] = { NULL }, *own = own_policy(r);
	char index[16];
	int err;

	snprintf(index, sizeof index, "%u", l->index);
	only[0] = index;
	ask.request.only = only;
	mt_params_from_record(&ask, m);
	if (own) {
		r->g->o.policy = own;
		r->g->o.policy_optional = false;
	}
	err = mt_connect(r->g, &ask, r->out, r->e);
	r->g->o.policy = was.policy;
	r->g->o.policy_optional = was.policy_optional;
	r->out->facts = m->answer.facts;
	r->out->facts_n = m->answer.facts_n;
	choose_nic(r->out, l->index);
	return err;
}

static int plan_of_journal(struct repair *r, struct mt_plan *plan)
{
	const struct mt_steps *steps = &r->status->journal.steps;

	plan->pool = &r->out->pool;
	snprintf(plan->dev, sizeof plan->dev, "%s", r->status->dev);
	for (size_t i = 0; i < steps->n; i++) {
		struct mt_declaration put = { .record = steps->at[i].put };

		/* by its name: the device may have been created again */
		put.record.ref = (struct mt_ref){ 0 };
		if (steps->at[i].op != MT_DELETE && mt_plan_add(plan, &put, r->e))
			return -r->e->code;
	}
	return 0;
}

static int put_back(struct repair *r)
{
	struct mt_plan *plan = mt_pool_alloc(&r->out->pool, sizeof *plan);
	struct mt_run_nic *nic = mt_pool_alloc(&r->out->pool, sizeof *nic);
	struct mt_run run = { .apply = mt_engine_apply(r->g, &r->out->pool),
			      .nics = nic,
			      .n = 1,
			      .stop = r->g->o.stop,
			      .dry = r->dry,
			      .again = true };
	int err;

	if (!plan || !nic)
		return mt_fail(r->e, ENOMEM, "reconcile", r->status->dev, NULL);
	if (plan_of_journal(r, plan))
		return -r->e->code;
	nic->plan = plan;
	nic->header = r->status->journal.header;
	err = mt_run_begin(&run, r->e);
	if (!err)
		err = mt_run_compute(&run, r->e);
	r->nic->steps = &nic->steps;
	r->nic->undone = r->dry ? &nic->undeclared : &nic->undone;
	if (!err && !r->dry)
		err = mt_run_apply(&run, r->e);
	mt_run_end(&run);
	return err;
}

/* --- which one -------------------------------------------------------------------------------- */

/* A NIC whose device was renamed cannot be repaired: policies and journals refer to the name. */
static int check_name(struct repair *r)
{
	const struct mt_nic_status *l = r->status;

	if (!l->here || !strcmp(l->device.name, l->dev))
		return 0;
	mt_fail(r->e, EBUSY, "", "", "it was renamed to %s: restore its name, or disconnect it",
		l->device.name);
	return -EBUSY;
}

static int connect_again(struct repair *r, enum mt_repair *what)
{
	const struct mt_nic_status *l = r->status;
	struct mt_guest_record m;
	char advice[MT_LINE_MAX];
	int err = r->by_journal ? -ENOENT
				: mt_recall(r->g, l->driver, l->guest, &r->out->pool, &m, r->e);

	if (err && err != -ENOENT)
		return err;
	if (!err && own_policy(r) && access(own_policy(r), F_OK) && errno == ENOENT)
		err = -ENOENT; /* a policy that was only tried out is deleted */
	*what = err ? MT_REPAIR_JOURNAL : MT_REPAIR_POLICY;
	if (check_name(r))
		return -r->e->code;
	if (!l->here && !l->unmanaged)
		return mt_fail(r->e, ENODEV, "", "",
			       "its device, which libvirt created, is gone: stop the guest, or %s",
			       mt_sh_advice(advice, sizeof advice, "moontap down @", l->dev));
	return err ? put_back(r) : ask_policy(r, &m);
}

static int repair_one(struct repair *r, enum mt_repair *what)
{
	const struct mt_nic_status *l = r->status;
	int err;

	*what = MT_REPAIR_NOTHING;
	if (begin_outcome(r))
		return -r->e->code;
	if (l->state == MT_NIC_KILLED) {
		*what = MT_REPAIR_KILLED;
		return r->dry ? plan_killed(r) : take_back_killed(r);
	}
	if (l->state == MT_NIC_UNREADABLE) {
		r->e->blame = MT_BLAME_UNDO;
		return mt_fail(r->e, EINVAL, "", "", "%s", l->drift[0]);
	}
	if (!l->journal.header.kind)
		return 0;
	if (l->state == MT_NIC_DONE || (l->state == MT_NIC_GONE && !l->remembered)) {
		*what = MT_REPAIR_ORPHAN;
		return r->dry ? plan_orphan(r) : finish_orphan(r);
	}
	err = connect_again(r, what);
	if (err != -EALREADY)
		return err;
	*what = MT_REPAIR_NOTHING; /* another event has disconnected it meanwhile */
	return 0;
}

static bool did_something(enum mt_repair what, const struct mt_outcome *out)
{
	const struct mt_steps *steps = out->n ? out->nics->steps : NULL;

	if (what == MT_REPAIR_KILLED || what == MT_REPAIR_ORPHAN)
		return true;
	for (size_t i = 0; steps && i < steps->n; i++)
		if (steps->at[i].op != MT_SAME)
			return true;
	return out->n && out->nics->undone && out->nics->undone->n;
}

/* --- all -------------------------------------------------------------------------------------- */

struct reconcile {
	struct mt_engine *g;
	bool dry, by_journal;
	void (*each)(void *data, const struct mt_reconciled *r);
	void *data;
	unsigned *left;
};

static void reconcile_one(struct reconcile *all, const struct mt_nic_status *status)
{
	struct mt_outcome out = { .name = "", .uuid = "" };
	struct mt_err e = { 0 };
	struct repair r = { .g = all->g,
			    .status = status,
			    .dry = all->dry,
			    .by_journal = all->by_journal,
			    .out = &out,
			    .e = &e };
	const char *const words[] = { status->dev, NULL };
	struct mt_history_run run = { .event = "reconcile",
				      .driver = status->driver,
				      .guest = status->guest,
				      .dev = *status->guest ? NULL : status->dev,
				      .argv = words };
	enum mt_repair what;
	int err;

	mt_history_begin(&run, all->g);
	err = repair_one(&r, &what);
	if (err && !*e.where)
		mt_err_in_nic(&e, (int)status->index, status->dev);
	if (!err && !did_something(what, &out))
		what = MT_REPAIR_NOTHING;
	mt_history_end(&run, all->g, NULL, (what || err) && !all->dry ? &out : NULL,
		       err ? &e : NULL);
	*all->left += err != 0;
	if (what || err)
		all->each(all->data,
			  &(struct mt_reconciled){ what, status, &out, err ? &e : NULL });
	mt_outcome_free(&out);
}

/* Killed runs first: only when they are undone, the NICs' own state shows. */
int mt_reconcile(struct mt_engine *g, const struct mt_nic_filter *guest, bool dry,
		 void (*each)(void *data, const struct mt_reconciled *r), void *data,
		 unsigned *left, struct mt_err *e)
{
	struct reconcile all = { g, dry, false, each, data, left };
	struct mt_nic_status *nics;
	size_t n;

	*left = 0;
	for (int killed = 1; killed >= 0; killed--) {
		struct mt_pool p = { 0 };
		int err = mt_nics_inspect(g, guest, &p, &nics, &n, e);

		for (size_t i = 0; !err && i < n; i++)
			if (killed == (nics[i].state == MT_NIC_KILLED))
				reconcile_one(&all, &nics[i]);
		mt_pool_free(&p);
		if (err)
			return err;
	}
	if (dry)
		return 0;
	return mt_forget_unused(g, NULL, NULL, e) ?: mt_leftovers_links(g, true, e);
}

static void keep_error(void *data, const struct mt_reconciled *r)
{
	if (r->error)
		*(struct mt_err *)data = *r->error;
}

int mt_reconcile_by_journal(struct mt_engine *g, const struct mt_nic_status *nic, struct mt_err *e)
{
	unsigned left = 0;
	struct reconcile all = { g, false, true, keep_error, e, &left };

	reconcile_one(&all, nic);
	return left ? -e->code : 0;
}
