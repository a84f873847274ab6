/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* take_down.c - disconnecting one NIC: its journal replayed backwards */
#include "plan/take_down.h"
#include "plan/in_use.h"
#include "plan/lookup.h"
#include "plan/recover.h"
#include "plan/undo.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static int in_use(struct mt_apply *w, const struct mt_steps *steps, struct mt_err *e)
{
	for (size_t i = 0; i < steps->n && !w->force; i++) {
		const struct mt_step *s = &steps->at[i];

		if (s->op == MT_ADD && s->put.kind->flags & MT_KIND_DEVICE &&
		    mt_device_check_unused(w, steps, s, e))
			return -e->code;
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

static int load_locked(struct mt_leaving *l, struct mt_err *e)
{
	struct mt_apply *w = &l->apply;
	struct mt_journal *j = &l->journal;
	char file[32];

	if (mt_recover(w, l->dev, &l->lock, e) ||
	    mt_journal_load(w->state, mt_state_path("nic", l->dev, file), w->kinds, w->pool, j, e))
		return -e->code;
	/* connected again while this process waited for the lock: not to be disconnected */
	l->another = l->ifindex && j->header.kind && j->header.v[MT_HEADER_IFINDEX].u != l->ifindex;
	if (l->another)
		j->steps.n = 0;
	if (mt_journal_prune(w, j, e)) {
		e->blame = MT_BLAME_UNDO;
		return -e->code;
	}
	return in_use(w, &j->steps, e);
}

int mt_disconnect_begin(struct mt_leaving *l, struct mt_err *e)
{
	char file[32];

	l->lock = -1;
	l->journal = (struct mt_journal){ 0 };
	l->another = l->has_run = l->keep_run = false;
	if (l->apply.state->dir < 0)
		return 0;
	mt_state_path("nic", l->dev, file);
	if (mt_state_lock(l->apply.state, file, &l->lock, e)) {
		e->blame = MT_BLAME_UNDO;
		return -e->code;
	}
	if (!load_locked(l, e))
		return 0;
	mt_state_unlock(l->apply.state, file, l->lock);
	l->lock = -1;
	return -e->code;
}

/* An empty journal is only a lock, which mt_state_unlock() deletes. */
static int drop_journal(struct mt_leaving *l, const char *file, struct mt_err *e)
{
	char run[32];

	return mt_state_empty(l->lock, file, e)
		?: (l->keep_run
			    ? mt_state_remove(l->apply.state, mt_state_path("run", l->dev, run), e)
			    : 0)
		?: mt_lookup_settle_nic(l->apply.state, &l->journal.header, l->lock, e);
}

static int undo_locked(struct mt_leaving *l, const char *file, struct mt_err *e)
{
	struct mt_apply *w = &l->apply;
	const struct mt_journal *j = &l->journal;
	struct mt_journal rest = { .header = j->header, .steps.pool = w->pool };
	struct mt_err one;
	int err;

	rest.steps.cap = j->steps.n + 1;
	rest.steps.at = mt_pool_alloc(w->pool, rest.steps.cap * sizeof *rest.steps.at);
	if (!rest.steps.at) /* a step that cannot be undone would be in no journal */
		return mt_fail(e, ENOMEM, "undo", l->dev, NULL);
	err = mt_steps_revert(w, l->dev, &j->steps, &rest.steps, e) ?: drop_journal(l, file, e);
	if (!err)
		return 0;
	e->blame = MT_BLAME_UNDO;
	reverse(&rest.steps); /* mt_steps_revert() goes from the last step on */
	if (mt_journal_replace(w->state, file, &rest, &l->lock, &one))
		mt_log_err(w->log, LOG_ERR, &one);
	return err;
}

int mt_disconnect_end(struct mt_leaving *l, struct mt_err *e)
{
	char file[32];
	int err = 0;

	if (l->lock < 0)
		return 0;
	mt_state_path("nic", l->dev, file);
	if (!l->another)
		err = undo_locked(l, file, e);
	mt_state_unlock(l->apply.state, file, l->lock);
	l->lock = -1;
	return err;
}

int mt_disconnect(struct mt_apply *w, const char *dev, uint32_t ifindex, struct mt_err *e)
{
	struct mt_leaving l = { .apply = *w, .dev = dev, .ifindex = ifindex };
	int err = mt_disconnect_begin(&l, e) ?: mt_disconnect_end(&l, e);

	w->left = l.apply.left;
	return err;
}
