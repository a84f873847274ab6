/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* compute.c - what a run has to do: the plans' steps, and what they no longer declare */
#include "plan/run.h"
#include "base/boot_id.h"
#include "kernel/host.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct looking {
	struct mt_run *run;
	struct mt_run_nic *nic;
};

static int was_made(struct looking *l, const char *device, const struct mt_ref *ref,
		    struct mt_err *e)
{
	return mt_journal_made(&l->nic->had, ref)
		? 1
		: mt_shared_made(&l->run->apply, device, mt_ref_ifindex(ref), e);
}

static int view_made(void *data, const struct mt_record *has, struct mt_err *e)
{
	return was_made(data, mt_record_device(has), &has->ref, e);
}

static int is_theirs(void *data, const char *name, struct mt_err *e)
{
	struct looking *l = data;
	struct mt_device d;
	struct mt_ref ref;
	int err = mt_device_by_name(l->run->apply.host, name, &d, e), made;

	if (err)
		return err == -ENODEV ? 0 : err;
	ref = mt_ref_link(d.ifindex);
	made = was_made(l, name, &ref, e);
	return made < 0 ? made : !made;
}

static int view_was_put(void *data, const struct mt_record *key, int field, struct mt_err *e)
{
	struct looking *l = data;

	for (size_t i = 0; i < l->nic->had.steps.n; i++) {
		const struct mt_step *s = &l->nic->had.steps.at[i];

		if (s->op != MT_CLAIM && mt_record_same_key(&s->put, key) &&
		    mt_record_has(&s->put, field))
			return 1;
	}
	return mt_shared_has_put(&l->run->apply, key, field, e);
}

/* What the plan declares is not what is left of an earlier device of that name. */
static int compute_undeclared(struct mt_run *r, struct mt_run_nic *n, struct mt_err *e)
{
	for (size_t i = 0; i < n->had.steps.n; i++) {
		struct mt_step s = n->had.steps.at[i];
		const struct mt_declaration *w = mt_plan_find(n->plan, &s.put);
		bool any = !w || mt_step_outlives(&r->apply, &s);

		for (int f = s.put.kind->nkeys; w && f < s.put.kind->nfields; f++) {
			if (s.op != MT_CHANGE || !mt_record_has(&s.put, f))
				continue;
			if (mt_record_has(&w->record, f))
				mt_record_put(&s.put, f, (struct mt_value){ .state = MT_UNSET });
			else
				any = true;
		}
		if (any && !mt_steps_add(&n->undeclared, &s))
			return mt_fail(e, ENOMEM, "run", n->plan->dev, NULL);
	}
	return 0;
}

/* What a row was given, and is no longer declared: none. An add has no older value for it. */
static void clear_undeclared(const struct mt_run_nic *n, struct mt_record *r)
{
	for (size_t i = 0; mt_kind_is_row(r->kind) && i < n->had.steps.n; i++) {
		const struct mt_step *s = &n->had.steps.at[i];

		if (s->op != MT_ADD || !mt_record_same_key(&s->put, r))
			continue;
		for (int f = r->kind->nkeys; f < r->kind->nfields; f++) {
			const struct mt_field *field = &r->kind->fields[f];

			if (!mt_record_has(&s->put, f) || mt_record_has(r, f))
				continue;
			if (field->flags & MT_FIELD_NONE)
				mt_record_put(r, f, (struct mt_value){ .state = MT_NONE });
			else if (field->type == MT_BOOL)
				mt_record_put(r, f, mt_uint(0));
		}
	}
}

static int compute_wish(struct mt_run *r, struct mt_run_nic *n, struct mt_declaration *w,
			struct mt_err *e);

/* What a record is in is declared with it, and computed before it. */
static int compute_within(struct mt_run *r, struct mt_run_nic *n, const struct mt_declaration *w,
			  struct mt_err *e)
{
	struct mt_declaration d = { .place = w->place };

	if (!w->record.kind->within)
		return 0;
	d.record = w->record.kind->within(&w->record);
	if (mt_plan_find(n->plan, &d.record))
		return 0;
	return mt_plan_add(n->plan, &d, e)
		?: compute_wish(r, n, mt_plan_find(n->plan, &d.record), e);
}

int mt_run_vacate(const struct mt_run *r, const struct mt_run_nic *n, const struct mt_record *made,
		  bool really, struct mt_err *e)
{
	const char *name;
	int err = 0;

	for (int i = 0; (name = mt_record_makes(made, i)); i++)
		for (const struct mt_kind *const *k = r->apply.kinds; *k && !err; k++) {
			struct mt_record key = mt_named(*k, name);

			/* one that the plan declares is as it must be */
			if ((*k)->vacate && !mt_plan_find(n->plan, &key))
				err = (*k)->vacate(r->apply.host, name, really, e);
		}
	return err;
}

static int compute_wish(struct mt_run *r, struct mt_run_nic *n, struct mt_declaration *w,
			struct mt_err *e)
{
	bool shared = !mt_record_is_own(n->plan, &w->record);
	size_t from;

	if (shared && w->record.kind->flags & MT_KIND_OWN) {
		mt_bad(e, w->record.kind->name, mt_record_device(&w->record),
		       "it can be declared of the NIC's own device (%s) only, since it would take "
		       "away what others need",
		       n->plan->dev);
		return mt_err_in(e, "%s", w->place ? w->place : "");
	}
	if (mt_plan_resolve(n->plan, w, mt_view_will, &r->view, e))
		return mt_err_in(e, "%s", w->place ? w->place : "");
	clear_undeclared(n, &w->record);
	if (compute_within(r, n, w, e))
		return -e->code;
	if (shared && mt_shared_check(&r->apply, n->plan->dev, &w->record, e))
		return -e->code;
	from = n->steps.n;
	if (mt_difference(&r->view, &w->record, w->place, &n->steps, e))
		return mt_err_in(e, "%s", w->place ? w->place : "");
	for (size_t s = from; s < n->steps.n; s++) {
		n->steps.at[s].shared = shared;
		if (n->steps.at[s].op == MT_ADD &&
		    mt_run_vacate(r, n, &n->steps.at[s].put, false, e))
			return mt_err_in(e, "%s", w->place ? w->place : "");
	}
	return 0;
}

/* "UUID/MAC boot=8 digits": short enough for every place that may hold it. */
static int set_owner(struct mt_run_nic *n, struct mt_err *e)
{
	const char *uuid = mt_header_text(&n->header, MT_HEADER_UUID);
	char boot[MT_BOOT_ID_SIZE], text[MT_TEXT_MAX + 1];
	char *owner;

	snprintf(text, sizeof text, "%.64s/%.32s boot=%.8s", *uuid ? uuid : "-",
		 mt_header_text(&n->header, MT_HEADER_MAC), mt_boot_id(boot));
	owner = mt_pool_copy(n->plan->pool, text, strlen(text));
	return owner ? mt_plan_own(n->plan, owner, e)
		     : mt_fail(e, ENOMEM, "run", n->plan->dev, NULL);
}

/* By phase, as the steps will be applied: so a declaration may name a device declared after it. */
static int compute_one(struct mt_run *r, struct mt_run_nic *n, struct mt_err *e)
{
	struct looking looking = { r, n };

	r->view.made_by_us = view_made;
	r->view.was_put_by_us = view_was_put;
	r->view.data = &looking;
	r->view.own = n->plan->dev;
	if (r->mark &&
	    mt_plan_mark(n->plan, r->apply.kinds, r->mark, r->host, is_theirs, &looking, e))
		return -e->code;
	if (mt_plan_check_exclusions(n->plan, e) || set_owner(n, e))
		return -e->code;
	if (mt_plan_stack(n->plan))
		return mt_fail(e, ENOMEM, "run", n->plan->dev, NULL);
	for (int phase = 0; phase < MT_PHASES; phase++)
		for (size_t i = 0; i < n->plan->n; i++) {
			struct mt_declaration *w = n->plan->declarations[i];

			if (r->early && w->record.kind->flags & MT_KIND_LATE)
				continue;
			if (w->record.kind->phase == phase && compute_wish(r, n, w, e))
				return -e->code;
		}
	if (mt_steps_sort(&n->steps))
		return mt_fail(e, ENOMEM, "run", n->plan->dev, NULL);
	if (mt_run_enter_down(r, n, e))
		return -e->code;
	return compute_undeclared(r, n, e);
}

int mt_run_compute(struct mt_run *r, struct mt_err *e)
{
	int err = 0;

	r->view.host = r->apply.host;
	r->view.pool = r->apply.pool;
	mt_host_cache(r->apply.host);
	for (size_t i = 0; i < r->n && !err; i++)
		if (compute_one(r, &r->nics[i], e))
			err = mt_run_err(&r->nics[i], e);
	mt_host_uncache(r->apply.host);
	return err;
}
