/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* undo.c - journals replayed backwards: after a failure, after a kill, and to disconnect */
#include "plan/undo.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* A claim that was made or given up goes back to what it was before. */
static int claim_back(struct mt_work *w, const char *dev, const struct mt_step *s, struct mt_err *e)
{
	return mt_shared_set(w, dev, &s->put, s->was.kind ? &s->was : NULL, NULL, e);
}

/* Backwards; the first error is kept, the others are logged: as much as can goes back. */
int mt_take_all_back(struct mt_work *w, const char *dev, const struct mt_steps *steps,
		     struct mt_err *e)
{
	struct mt_err one = { 0 };
	char line[512];
	int first = 0;

	for (size_t i = steps->n; i-- > 0;) {
		const struct mt_step *s = &steps->at[i];
		bool claim = s->op == MT_CLAIM || s->op == MT_RELEASE;

		if (!(claim ? claim_back(w, dev, s, &one) : mt_take_back(w, s, &one)))
			continue;
		if (!first) {
			*e = one;
			first = -one.code;
		} else {
			mt_log(w->log, LOG_ERR, "%s", mt_err_line(&one, line, sizeof line));
		}
	}
	return first;
}

int mt_recover(struct mt_work *w, const char *dev, struct mt_err *e)
{
	struct mt_journal run;
	char file[32];
	int err;

	err = mt_journal_load(w->state, mt_state_path("run", dev, file), w->kinds, w->pool, &run,
			      e);
	if (err || !run.header.kind) {
		if (!err) /* cut before its first line was whole: nothing was done yet */
			mt_state_remove(w->state, file);
		return err;
	}
	mt_log(w->log, LOG_NOTICE, "%s: an earlier run was killed; taking it back", dev);
	err = mt_take_all_back(w, dev, &run.steps, e);
	if (!err)
		mt_state_remove(w->state, file);
	else
		e->blame = MT_BLAME_UNDO;
	return err;
}

/* What is on a device that goes, goes with it. */
static bool goes_with_device(const struct mt_steps *steps, const struct mt_step *s)
{
	for (size_t i = 0; i < steps->n; i++) {
		const struct mt_step *d = &steps->at[i];

		if (d != s && d->op == MT_ADD && d->made && d->put.ifindex == s->put.ifindex)
			return true;
	}
	return false;
}

static int in_use(struct mt_work *w, const struct mt_steps *steps, struct mt_err *e)
{
	char why[160];

	for (size_t i = 0; i < steps->n && !w->force; i++) {
		struct mt_step s = steps->at[i];
		int err;

		if (s.op != MT_ADD || !(s.put.kind->flags & MT_KIND_DEVICE) || !s.put.kind->busy)
			continue;
		err = mt_step_locate(w, &s, e);
		if (!err)
			err = s.put.kind->busy(w->host, MT_DELETE, &s.put, why, sizeof why, e);
		if (err == 1)
			return mt_fail(e, EBUSY, "", "", "%s", why);
		if (err < 0 && err != -ENODEV && err != -ENOENT)
			return err;
	}
	return 0;
}

static int disconnect_locked(struct mt_work *w, const char *dev, uint32_t ifindex, int *lock,
			     struct mt_err *e)
{
	struct mt_journal j, rest;
	struct mt_err one;
	char file[32], line[512];
	int err = 0;

	mt_state_path("nic", dev, file);
	if (mt_recover(w, dev, e) || mt_journal_load(w->state, file, w->kinds, w->pool, &j, e) ||
	    in_use(w, &j.steps, e))
		return -e->code;
	/* connected anew while the lock was waited for: that one is not meant */
	if (ifindex && j.header.kind && j.header.v[MT_HEADER_IFINDEX].u != ifindex)
		return 0;
	rest = (struct mt_journal){ .header = j.header, .steps.pool = w->pool };
	for (size_t i = j.steps.n; i-- > 0;) {
		const struct mt_step *s = &j.steps.at[i];
		struct mt_step release = { .op = MT_RELEASE, .put = s->put };

		if (goes_with_device(&j.steps, s) && s->op != MT_CLAIM)
			continue;
		if (!(s->op == MT_CLAIM ? claim_back(w, dev, &release, &one)
					: mt_take_back(w, s, &one)))
			continue;
		if (err)
			mt_log(w->log, LOG_ERR, "%s", mt_err_line(&one, line, sizeof line));
		else
			*e = one, err = -one.code;
		if (!mt_steps_add(&rest.steps, s))
			return mt_fail(e, ENOMEM, "down", dev, NULL);
	}
	if (!err) {
		mt_state_remove(w->state, file);
		return 0;
	}
	for (size_t i = 0; i < rest.steps.n / 2; i++) { /* kept last first */
		struct mt_step swap = rest.steps.at[i];

		rest.steps.at[i] = rest.steps.at[rest.steps.n - 1 - i];
		rest.steps.at[rest.steps.n - 1 - i] = swap;
	}
	e->blame = MT_BLAME_UNDO;
	if (mt_journal_replace(w->state, file, &rest, lock, &one))
		mt_log(w->log, LOG_ERR, "%s", mt_err_line(&one, line, sizeof line));
	return err;
}

int mt_disconnect(struct mt_work *w, const char *dev, uint32_t ifindex, struct mt_err *e)
{
	char file[32];
	int lock, err;

	if (w->state->dir < 0)
		return 0;
	if (mt_state_lock(w->state, mt_state_path("nic", dev, file), &lock, e))
		return -e->code;
	err = disconnect_locked(w, dev, ifindex, &lock, e);
	close(lock);
	return err;
}
