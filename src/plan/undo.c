/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* undo.c - journals replayed backwards: after a failure, after a kill, and to disconnect */
#include "plan/undo.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

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

static bool is_claim(const struct mt_step *s)
{
	return s->op == MT_CLAIM || s->op == MT_RELEASE;
}

/* A claim goes back to what it was before: another one, or none. */
static int one_back(struct mt_work *w, const char *dev, const struct mt_step *s, struct mt_err *e)
{
	if (is_claim(s))
		return mt_shared_set(w, dev, &s->put, s->was.kind ? &s->was : NULL, NULL, e);
	return mt_take_back(w, s, e);
}

/* First what is the NIC's own: a bridge that it shares is free when its tap has left. */
int mt_take_all_back(struct mt_work *w, const char *dev, const struct mt_steps *steps,
		     struct mt_steps *failed, struct mt_err *e)
{
	struct mt_err one = { 0 };
	char line[512];
	int first = 0;

	for (int claims = 0; claims < 2; claims++)
		for (size_t i = steps->n; i-- > 0;) {
			const struct mt_step *s = &steps->at[i];

			if (is_claim(s) != claims || (!claims && goes_with_device(steps, s)) ||
			    !one_back(w, dev, s, &one))
				continue;
			if (first)
				mt_log(w->log, LOG_ERR, "%s", mt_err_line(&one, line, sizeof line));
			else
				*e = one, first = -one.code;
			if (failed && !mt_steps_add(failed, s))
				return mt_fail(e, ENOMEM, "undo", dev, NULL);
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
	err = mt_take_all_back(w, dev, &run.steps, NULL, e);
	if (!err)
		mt_state_remove(w->state, file);
	else
		e->blame = MT_BLAME_UNDO;
	return err;
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

static void reverse(struct mt_steps *s)
{
	for (size_t i = 0; i < s->n / 2; i++) {
		struct mt_step swap = s->at[i];

		s->at[i] = s->at[s->n - 1 - i];
		s->at[s->n - 1 - i] = swap;
	}
}

static int disconnect_locked(struct mt_work *w, const char *dev, uint32_t ifindex, int *lock,
			     struct mt_err *e)
{
	struct mt_journal j, rest;
	struct mt_err one;
	char file[32], line[512];
	int err;

	mt_state_path("nic", dev, file);
	if (mt_recover(w, dev, e) || mt_journal_load(w->state, file, w->kinds, w->pool, &j, e))
		return -e->code;
	/* connected anew while the lock was waited for: that one is not meant */
	if (ifindex && j.header.kind && j.header.v[MT_HEADER_IFINDEX].u != ifindex)
		return 0;
	if (in_use(w, &j.steps, e))
		return -e->code;
	rest = (struct mt_journal){ .header = j.header, .steps.pool = w->pool };
	err = mt_take_all_back(w, dev, &j.steps, &rest.steps, e);
	if (!err) {
		mt_state_remove(w->state, file);
		return 0;
	}
	e->blame = MT_BLAME_UNDO;
	reverse(&rest.steps); /* they failed from the last one on */
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
