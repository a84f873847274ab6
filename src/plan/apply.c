/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* apply.c - applying one step, and reverting one */
#include "plan/apply.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The first field that the kernel shows otherwise than moontap put it; -1: there is none. */
static int first_difference(const struct mt_record *put, const struct mt_record *has)
{
	for (int i = put->kind->nkeys; i < put->kind->nfields; i++)
		if (mt_record_has(put, i) && !(put->kind->fields[i].flags & MT_FIELD_UNCOMPARED) &&
		    !mt_value_equal(&put->kind->fields[i], &put->v[i], &has->v[i]))
			return i;
	return -1;
}

static int refuse_difference(const struct mt_record *put, const struct mt_record *has, int field,
			     const char *what, int code, struct mt_err *e)
{
	const struct mt_field *f = &put->kind->fields[field];
	char subject[96], one[MT_VALUE_TEXT], want[MT_VALUE_TEXT];
	const char *is = mt_value_print(f, &has->v[field], one);

	return mt_fail(e, code, put->kind->name, mt_record_subject(put, subject, sizeof subject),
		       "%s: %s is %.100s, and %.100s was asked for", what, f->name,
		       *is ? is : "unset", mt_value_print(f, &put->v[field], want));
}

/* Somebody else added the object after the steps were computed: fine, if it is just as wanted. */
static int found_there(struct mt_apply *w, struct mt_step *s, int journal, struct mt_err *e)
{
	struct mt_err look = { 0 };
	struct mt_record has;
	int err, i;

	s->existed = true;
	if (mt_journal_append_made(journal, &(struct mt_ref){ 0 }, e))
		return -e->code;
	err = mt_record_get(w->host, &s->put, &has, w->pool, &look);
	if (err)
		return -EEXIST; /* with the kernel's error in @e */
	i = first_difference(&s->put, &has);
	return i < 0
		? 0
		: refuse_difference(&s->put, &has, i, "someone else made it just now", EEXIST, e);
}

static bool has_own_reference(const struct mt_kind *k)
{
	return k->flags & (MT_KIND_DEVICE | MT_KIND_OUTLIVES);
}

static int verify(struct mt_apply *w, struct mt_step *s, int journal, struct mt_err *e)
{
	const struct mt_kind *k = s->put.kind;
	struct mt_record has;
	char subject[96];
	int err = k->settle ? k->settle(w->host, &s->put, e) : 0, i;

	if (err)
		return err;
	err = mt_record_get(w->host, &s->put, &has, w->pool, e);
	if (err == -ENOENT)
		return mt_fail(e, ENOTSUP, k->name,
			       mt_record_subject(&s->put, subject, sizeof subject),
			       "the kernel reported success, but it does not exist");
	if (err)
		return err;
	if (s->op == MT_ADD && has_own_reference(k)) {
		s->put.ref = has.ref;
		s->made = true;
		if (mt_journal_append_made(journal, &has.ref, e))
			return -e->code;
	}
	i = first_difference(&s->put, &has);
	if (i >= 0 && k->flags & MT_KIND_FACET && has.v[i].state == MT_UNSET)
		return mt_kind_lacks(&s->put, i, e);
	return i < 0
		? 0
		: refuse_difference(&s->put, &has, i,
				    "the kernel reported success, but did not do it", ENOTSUP, e);
}

/* A step is on one object, not on a later one of the same name. */
static int find_reference(struct mt_apply *w, struct mt_step *s, struct mt_err *e)
{
	const struct mt_kind *k = s->put.kind;

	if (mt_ref_is_set(&s->put.ref) || !k->realm ||
	    (s->op == MT_ADD && has_own_reference(k) && !k->realm->by_device))
		return 0;
	return k->realm->find(w->host, &s->put, e);
}

/* Where EEXIST cannot tell, look for the object. Return: 0; -ENOENT: add it; or another -errno. */
static int find_first(struct mt_apply *w, const struct mt_step *s, struct mt_err *e)
{
	struct mt_record has;

	if (s->op != MT_ADD || !(s->put.kind->flags & MT_KIND_NOEXCL))
		return -ENOENT;
	return mt_record_get(w->host, &s->put, &has, w->pool, e);
}

/* On a device, or in a bridge, that did not exist when the steps were computed, the old values are
 * known only now. Undo needs them when a changed policy no longer declares the field. */
static int complete_was(struct mt_apply *w, struct mt_step *s, struct mt_err *e)
{
	const struct mt_kind *k = s->put.kind;
	struct mt_record has;
	bool any = false;
	int err;

	for (int i = k->nkeys; s->op == MT_CHANGE && i < k->nfields; i++)
		any |= mt_record_has(&s->put, i) && !mt_record_has(&s->was, i);
	if (!any)
		return 0;
	err = mt_record_get(w->host, &s->put, &has, w->pool, e);
	if (err)
		return err == -ENOENT ? 0 : err; /* put() has the better message */
	for (int i = k->nkeys; i < k->nfields; i++)
		if (mt_record_has(&s->put, i) && !mt_record_has(&s->was, i) &&
		    !(k->fields[i].flags & MT_FIELD_UNCOMPARED))
			mt_record_put(&s->was, i, has.v[i]);
	return 0;
}

int mt_step_apply(struct mt_apply *w, struct mt_step *s, int journal, struct mt_err *e)
{
	int err;

	if (find_reference(w, s, e) || complete_was(w, s, e))
		return -e->code;
	if (mt_journal_append(journal, s, e))
		return -e->code;
	err = find_first(w, s, e);
	if (err == -ENOENT)
		err = s->put.kind->put(w->host, s->op, &s->put, e);
	else if (!err)
		err = mt_fail(e, EEXIST, s->put.kind->name, mt_record_device(&s->put), NULL);
	if (err == -EEXIST && s->op == MT_ADD)
		return found_there(w, s, journal, e);
	if (err || s->op == MT_DELETE)
		return err;
	return verify(w, s, journal, e);
}

static void rename_device(struct mt_record *r, const char *name)
{
	if (r->kind && r->kind->device != MT_NO_DEVICE && mt_record_has(r, r->kind->device))
		mt_record_put(r, r->kind->device, mt_name_from(name));
}

int mt_step_locate(struct mt_apply *w, struct mt_step *s, struct mt_err *e)
{
	if (!mt_ref_is_set(&s->put.ref))
		return 0;
	if (s->put.ref.realm->locate(w->host, &s->put, e))
		return -e->code;
	if (*mt_record_device(&s->put))
		rename_device(&s->was, mt_record_device(&s->put));
	return 0;
}

static bool is_gone(int err)
{
	return err == -ENODEV || err == -ENOENT || err == -ESRCH || err == -EADDRNOTAVAIL;
}

bool mt_step_outlives(struct mt_apply *w, const struct mt_step *s)
{
	const struct mt_ref *ref = &s->put.ref;
	struct mt_device d;
	struct mt_err ignored;

	return mt_ref_is_set(ref) && ref->realm->by_device &&
		mt_device_by_index(w->host, (uint32_t)ref->id[0], &d, &ignored) == -ENODEV;
}

/* A run that was killed had no time to say so in the journal. While the device is there, that the
 * object is not is drift. */
static bool is_taken_back(struct mt_apply *w, const struct mt_step *s)
{
	struct mt_record has;
	struct mt_err ignored;

	return mt_step_outlives(w, s) &&
		is_gone(mt_record_get(w->host, &s->put, &has, w->pool, &ignored));
}

int mt_steps_prune(struct mt_apply *w, struct mt_steps *steps, struct mt_err *e)
{
	struct mt_steps keep = { .pool = w->pool };

	for (size_t i = 0; i < steps->n; i++) {
		struct mt_step s = steps->at[i];
		int err = mt_step_locate(w, &s, e);

		if (err == -ENODEV || (!err && is_taken_back(w, &s)))
			continue;
		if (err || !mt_steps_add(&keep, &s))
			return err ? err : mt_fail(e, ENOMEM, "journal", "", NULL);
	}
	*steps = keep;
	return 0;
}

/* An equal ifindex is no proof, since a new device's creator may choose it: compare the kind, too.
 * Return: 1, 0 or -errno. */
static int is_of_its_kind(struct mt_apply *w, const struct mt_journal *j, const struct mt_device *d,
			  struct mt_err *e)
{
	const char *kind = mt_header_text(&j->header, MT_HEADER_KIND);

	for (size_t i = 0; i < j->steps.n; i++) {
		struct mt_step s = j->steps.at[i];
		struct mt_record has;
		int err;

		if (s.op != MT_ADD || !(s.put.kind->flags & MT_KIND_DEVICE) ||
		    mt_ref_ifindex(&s.put.ref) != d->ifindex)
			continue;
		rename_device(&s.put, d->name);
		err = mt_record_get(w->host, &s.put, &has, w->pool, e);
		return err == -EEXIST ? 0 : err && err != -ENOENT && err != -ENODEV ? err : 1;
	}
	return !*kind || !strcmp(kind, d->kind);
}

int mt_journal_device(struct mt_apply *w, const struct mt_journal *j, struct mt_device *d,
		      struct mt_err *e)
{
	uint32_t ifindex = (uint32_t)j->header.v[MT_HEADER_IFINDEX].u;
	int err;

	if (!ifindex)
		return mt_device_by_name(w->host, j->header.v[MT_HEADER_DEV].name, d, e);
	err = mt_device_by_index(w->host, ifindex, d, e);
	if (err)
		return err;
	err = is_of_its_kind(w, j, d, e);
	return err == 1 ? 0 : err ? err : -ENODEV;
}

int mt_journal_prune(struct mt_apply *w, struct mt_journal *j, struct mt_err *e)
{
	uint32_t ifindex = (uint32_t)j->header.v[MT_HEADER_IFINDEX].u;
	struct mt_steps keep = { .pool = w->pool };
	struct mt_device d;
	int err;

	if (!j->header.kind || !j->steps.n)
		return 0;
	err = ifindex ? mt_journal_device(w, j, &d, e) : 0;
	if (err && err != -ENODEV)
		return err;
	for (size_t i = 0; err && i < j->steps.n; i++)
		if (mt_ref_ifindex(&j->steps.at[i].put.ref) != ifindex &&
		    !mt_steps_add(&keep, &j->steps.at[i]))
			return mt_fail(e, ENOMEM, "journal", "", NULL);
	if (err)
		j->steps = keep;
	return mt_steps_prune(w, &j->steps, e);
}

static void say_left(struct mt_apply *w, const struct mt_step *s, const struct mt_record *has,
		     uint32_t left)
{
	const struct mt_kind *k = s->put.kind;
	char subject[96], is[MT_VALUE_TEXT], put[MT_VALUE_TEXT];

	mt_record_subject(&s->put, subject, sizeof subject);
	w->left++;
	for (int i = k->nkeys; i < k->nfields; i++)
		if (left >> i & 1 && !mt_value_equal(&k->fields[i], &has->v[i], &s->put.v[i]))
			mt_log(w->log, LOG_NOTICE,
			       "left as it is: %s %s: %s is %s, and moontap had put %s: someone "
			       "else changed it",
			       k->name, subject, k->fields[i].name,
			       mt_value_print(&k->fields[i], &has->v[i], is),
			       mt_value_print(&k->fields[i], &s->put.v[i], put));
}

/* An object that goes though somebody else has changed it: a later device of its name would get it. */
static void say_changed(struct mt_apply *w, const struct mt_step *s, const struct mt_record *has)
{
	const struct mt_kind *k = s->put.kind;
	char subject[96], is[MT_VALUE_TEXT], put[MT_VALUE_TEXT];
	int i = first_difference(&s->put, has);

	if (i >= 0)
		mt_log(w->log, LOG_NOTICE, "deleted: %s %s, though %s was %s, and not %s", k->name,
		       mt_record_subject(&s->put, subject, sizeof subject), k->fields[i].name,
		       mt_value_print(&k->fields[i], &has->v[i], is),
		       mt_value_print(&k->fields[i], &s->put.v[i], put));
}

void mt_step_leave(struct mt_apply *w, const struct mt_step *s, const char *why)
{
	char subject[96];

	w->left++;
	mt_log(w->log, LOG_NOTICE, "left as it is: %s %s: %s", s->put.kind->name,
	       mt_record_subject(&s->put, subject, sizeof subject), why);
}

/* Whether an object that put() did not find is there all the same: one error is no proof. */
static bool is_still_there(struct mt_apply *w, const struct mt_record *r)
{
	struct mt_record has;
	struct mt_err ignored;

	return !mt_record_get(w->host, r, &has, w->pool, &ignored) &&
		(!mt_ref_is_set(&r->ref) || mt_ref_equal(&r->ref, &has.ref));
}

/* @put: as moontap put it: what @back has from the kernel lacks the name of a device that is gone. */
static int put_back(struct mt_apply *w, const struct mt_record *put, struct mt_step *back,
		    struct mt_err *e)
{
	const struct mt_kind *k = back->put.kind;
	char subject[96], why[160] = "";
	int err;

	mt_record_subject(&back->put, subject, sizeof subject);
	err = k->busy && !w->force && back->op != MT_ADD
		? k->busy(w->host, back->op, &back->put, why, sizeof why, e)
		: 0;
	if (err < 0)
		return is_gone(err) ? 0 : err;
	if (err) {
		mt_step_leave(w, back, why);
		return 0;
	}
	if (w->done && !mt_steps_add(w->done, back))
		return mt_fail(e, ENOMEM, k->name, subject, NULL);
	if (w->ahead && mt_journal_append(w->ahead, back, e))
		return -e->code;
	err = k->put(w->host, back->op, &back->put, e);
	if (err && !(back->op != MT_ADD && is_gone(err) && !is_still_there(w, put)))
		return err;
	return back->op == MT_ADD && k->persist ? k->persist(w->host, &back->put, e) : 0;
}

int mt_step_revert(struct mt_apply *w, const struct mt_step *step, struct mt_err *e)
{
	struct mt_step s = *step, back;
	struct mt_record has;
	uint32_t left;
	int err = mt_step_locate(w, &s, e);

	if (err == -ENODEV && s.op == MT_DELETE && mt_kind_is_row(s.put.kind)) {
		s.put.ref = (struct mt_ref){ 0 }; /* which this step deleted, and adds again */
		err = 0;
	}
	if (err)
		return err == -ENODEV ? 0 : err;
	err = mt_record_get(w->host, &s.put, &has, w->pool, e);
	if (err && !is_gone(err) && err != -EEXIST)
		return err;
	/* the name may be another object's by now; -EEXIST: one of another kind */
	if (!err && mt_ref_is_set(&s.put.ref) && mt_ref_is_set(&has.ref) &&
	    !mt_ref_equal(&has.ref, &s.put.ref))
		err = -ENOENT;
	mt_step_inverse(&s, err ? NULL : &has, &back, &left);
	if (back.op == MT_DELETE && s.put.kind->flags & MT_KIND_NAMED)
		say_changed(w, &s, &has);
	if (left)
		say_left(w, &s, &has, left);
	return back.op == MT_SAME ? 0 : put_back(w, &s.put, &back, e);
}
