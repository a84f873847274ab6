/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* shared.c - setting a NIC's claim on an object, and changing the object to fit all claims */
#include "plan/shared.h"
#include "kernel/host.h"
#include "plan/difference.h"
#include "plan/in_use.h"
#include "plan/shared_object.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int view_made(void *data, const struct mt_record *has, struct mt_err *e)
{
	struct mt_shared_object *o = data;

	return mt_journal_made(&o->journal, &has->ref)
		? 1
		: mt_shared_made(o->apply, mt_record_device(has), mt_ref_ifindex(&has->ref), e);
}

static int view_was_put(void *data, const struct mt_record *key, int field, struct mt_err *e)
{
	(void)e;
	return mt_shared_journal_has(data, key, field);
}

static int write_claim(struct mt_shared_object *o, const char *dev, const struct mt_record *claim,
		       struct mt_err *e)
{
	char path[MT_SHARED_PATH], line[MT_LINE_MAX];
	size_t n;
	int fd = -1, err;

	snprintf(path, sizeof path, "%s/by-%s", o->folder, dev);
	if (!claim) {
		mt_state_discard(o->apply->state, path, &fd);
		return mt_state_remove(o->apply->state, path, e);
	}
	n = mt_record_print(claim, 0, line, sizeof line - 1);
	line[n++] = '\n';
	err = mt_state_replace(o->apply->state, path, line, n, &fd, e);
	if (fd >= 0)
		close(fd);
	return err;
}

static bool has_changes(const struct mt_steps *steps)
{
	for (size_t i = 0; i < steps->n; i++)
		if (steps->at[i].op != MT_SAME)
			return true;
	return false;
}

/* What a run that failed, or was killed, has written down need not have come to pass. Now that the
 * kernel has what the claim says, so has the journal: else what moontap put is taken for somebody
 * else's when it is to go back. */
static int correct_journal(struct mt_shared_object *o, const struct mt_record *claim)
{
	struct mt_steps *steps = &o->journal.steps;
	const struct mt_kind *k = claim->kind;

	for (size_t i = steps->n; i-- > 0;) { /* a change may be dropped, now that it is none */
		struct mt_step *s = &steps->at[i], now = { .op = MT_CHANGE };
		bool any = false;

		if (!mt_record_same_key(&s->put, claim))
			continue;
		now.put = mt_record_key(&s->put);
		for (int f = k->nkeys; f < k->nfields; f++) {
			if (!mt_record_has(claim, f) || !mt_record_has(&s->put, f) ||
			    mt_shared_is_noted(claim, f) ||
			    mt_value_equal(&k->fields[f], &claim->v[f], &s->put.v[f]))
				continue;
			mt_record_put(&now.put, f, claim->v[f]);
			any = true;
		}
		if (any && mt_steps_fold(steps, &now))
			return -ENOMEM;
	}
	return 0;
}

/* Applies what the claim needs and the kernel lacks, computed under the object's lock. */
static int make_missing(struct mt_shared_object *o, const char *dev, const struct mt_record *claim,
			struct mt_steps *out, struct mt_err *e)
{
	struct mt_steps steps = { .pool = o->apply->pool };
	struct mt_view view = { .host = o->apply->host,
				.pool = o->apply->pool,
				.own = dev,
				.made_by_us = view_made,
				.was_put_by_us = view_was_put,
				.data = o };

	if (mt_difference(&view, claim, NULL, &steps, e) ||
	    (has_changes(&steps) && mt_steps_prune(o->apply, &o->journal.steps, e)))
		return -e->code;
	for (size_t i = 0; i < steps.n; i++) {
		struct mt_step *s = &steps.at[i];

		s->shared = true;
		if (s->op != MT_SAME && mt_step_apply(o->apply, s, o->lock, e))
			return -e->code;
		if (mt_steps_fold(&o->journal.steps, s) || (out && !mt_steps_add(out, s)))
			return mt_fail(e, ENOMEM, "shared", o->folder, NULL);
	}
	return correct_journal(o, claim) ? mt_fail(e, ENOMEM, "shared", o->folder, NULL) : 0;
}

static bool has_note(const struct mt_shared_object *o, int field)
{
	for (size_t i = 0; i < o->journal.steps.n; i++)
		if (mt_shared_is_noted(&o->journal.steps.at[i].put, field))
			return true;
	return false;
}

/* The first claim records in the journal what the kernel has, for as long as there are claims. What
 * was recorded of an earlier device of that name is pruned. The claim's own value is not used: the
 * evaluator read it earlier, and another event may have changed the kernel's since. */
static int take_notes(struct mt_shared_object *o, const struct mt_record *claim, struct mt_err *e)
{
	const struct mt_kind *k = claim->kind;
	struct mt_step s = { .op = MT_CHANGE };
	struct mt_record has;
	int err;

	for (int i = k->nkeys; i < k->nfields; i++) {
		if (!mt_shared_is_noted(claim, i))
			continue;
		if (!s.put.kind) {
			err = mt_steps_prune(o->apply, &o->journal.steps, e)
				?: mt_record_get(o->apply->host, claim, &has, o->apply->pool, e);
			if (err)
				return err == -ENOENT ? 0 : err;
			s.put = s.was = mt_record_key(&has);
		}
		if (!has_note(o, i))
			mt_record_put(&s.put, i, has.v[k->fields[i].notes]);
	}
	if (!s.put.kind || s.put.set == s.was.set)
		return 0;
	return mt_steps_fold(&o->journal.steps, &s) ? mt_fail(e, ENOMEM, "shared", o->folder, NULL)
						    : 0;
}

static bool is_claimed(const struct mt_shared_object *o, int field)
{
	for (size_t i = 0; i < o->nclaims; i++)
		if (field < 0 || mt_record_has(&o->claims[i], field))
			return true;
	return false;
}

/* The part of a journal's step that no claim needs any more; op MT_SAME: all of it is needed. */
static struct mt_step unclaimed(const struct mt_shared_object *o, const struct mt_step *s)
{
	struct mt_step part = *s;
	const struct mt_kind *k = s->put.kind;
	bool any = false;

	if (s->op != MT_CHANGE) {
		if (is_claimed(o, -1))
			part.op = MT_SAME;
		return part;
	}
	for (int i = k->nkeys; i < k->nfields; i++) {
		if (!mt_record_has(&s->put, i))
			continue;
		if (is_claimed(o, i))
			mt_record_put(&part.put, i, (struct mt_value){ .state = MT_UNSET });
		else
			any = true;
	}
	if (!any)
		part.op = MT_SAME;
	return part;
}

/* Deleting a device deletes what is on it. moontap's own addresses are removed before, so that one
 * which is left is somebody else's: it keeps the device. */
static int take_back(struct mt_apply *w, const struct mt_step *s, struct mt_err *e)
{
	const struct mt_steps none = { 0 };
	struct mt_step now = *s;
	char why[160];
	int has = 0;

	if (s->op == MT_ADD && s->put.kind->flags & MT_KIND_DEVICE && !w->force)
		has = mt_step_locate(w, &now, e)
			?: mt_device_has_address(w, &none, &now, why, sizeof why, e);
	if (has < 0 && has != -ENODEV)
		return has;
	if (has != 1)
		return mt_step_revert(w, &now, e);
	mt_step_leave(w, &now, why);
	return 0;
}

static int take_back_unclaimed(struct mt_shared_object *o, struct mt_err *e)
{
	struct mt_steps keep = { .pool = o->apply->pool };

	for (size_t i = o->journal.steps.n; i-- > 0;) {
		struct mt_step part = unclaimed(o, &o->journal.steps.at[i]);

		if (part.op != MT_SAME && take_back(o->apply, &part, e))
			return -e->code;
	}
	for (size_t i = 0; i < o->journal.steps.n; i++) {
		struct mt_step s = o->journal.steps.at[i];
		bool any = s.op != MT_CHANGE && is_claimed(o, -1);

		for (int f = s.put.kind->nkeys; s.op == MT_CHANGE && f < s.put.kind->nfields; f++) {
			if (mt_record_has(&s.put, f) && is_claimed(o, f)) {
				any = true;
				continue;
			}
			mt_record_put(&s.put, f, (struct mt_value){ .state = MT_UNSET });
			mt_record_put(&s.was, f, (struct mt_value){ .state = MT_UNSET });
		}
		if (any && !mt_steps_add(&keep, &s))
			return mt_fail(e, ENOMEM, "shared", o->folder, NULL);
	}
	o->journal.steps = keep;
	return 0;
}

static int lock_object(struct mt_shared_object *o, struct mt_err *e)
{
	char path[MT_SHARED_PATH];
	int err;

	snprintf(path, sizeof path, "%s/journal", o->folder);
	for (;;) {
		if (mt_state_folder(o->apply->state, o->folder, e))
			return -e->code;
		err = mt_state_lock(o->apply->state, path, &o->lock, e);
		if (err != -ENOENT)
			return err; /* -ENOENT: the folder is gone, with its last claim */
	}
}

/* The header has the network namespace: in another one mt_journal_load() refuses the journal. */
static int begin_journal(struct mt_shared_object *o, const char *dev, struct mt_err *e)
{
	struct mt_record *h = &o->journal.header;

	if (h->kind)
		return 0;
	h->kind = &mt_header_kind;
	mt_record_put(h, MT_HEADER_DEV, mt_name_from(dev));
	mt_record_put(h, MT_HEADER_NETNS, mt_uint(o->apply->state->netns));
	return mt_journal_append_header(o->lock, h, e);
}

/* The folder is removed with its last claim; a process that waits for the lock creates it again.
 * ENOTEMPTY: a killed run has begun a file there, which that NIC's next run removes. */
static int close_object(struct mt_shared_object *o, int err, struct mt_err *e)
{
	char path[MT_SHARED_PATH];
	int none = -1;

	snprintf(path, sizeof path, "%s/journal", o->folder);
	if (!err && !o->nclaims && !o->journal.steps.n) {
		mt_state_discard(o->apply->state, path, &none);
		err = mt_state_remove(o->apply->state, path, e);
		if (!err && unlinkat(o->apply->state->dir, o->folder, AT_REMOVEDIR) &&
		    errno != ENOTEMPTY)
			err = mt_fail(e, errno, "shared", o->folder, NULL);
	} else if (!err) {
		err = mt_journal_replace(o->apply->state, path, &o->journal, &o->lock, e);
	}
	close(o->lock);
	return err;
}

int mt_shared_set(struct mt_apply *w, const char *dev, const struct mt_record *key,
		  const struct mt_record *claim, struct mt_steps *steps, struct mt_err *e)
{
	struct mt_shared_object o = { .apply = w, .lock = -1 };
	int err;

	mt_shared_folder(key, o.folder, sizeof o.folder);
	if (lock_object(&o, e))
		return -e->code;
	err = mt_shared_load(&o, e);
	if (!err)
		err = begin_journal(&o, dev, e);
	if (!err)
		err = mt_shared_load_others(&o, dev, claim, e);
	if (!err)
		err = write_claim(&o, dev, claim, e);
	if (!err && claim) {
		o.claims[o.nclaims++] = *claim;
		err = take_notes(&o, claim, e);
		if (!err && !mt_record_only_notes(claim))
			err = make_missing(&o, dev, claim, steps, e);
	}
	if (!err)
		err = take_back_unclaimed(&o, e);
	return close_object(&o, err, e);
}
