/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* undo.c - journals replayed backwards: after a failure, after a kill, and to disconnect */
#include "plan/undo.h"
#include "plan/lookup.h"
#include "plan/recover.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What is on a device that goes, goes with it. */
bool mt_vanishes_with_device(const struct mt_steps *steps, const struct mt_step *s)
{
	for (size_t i = 0; i < steps->n; i++) {
		const struct mt_step *d = &steps->at[i];

		if (d != s && d->op == MT_ADD && d->made && mt_ref_equal(&d->put.ref, &s->put.ref))
			return true;
	}
	return false;
}

/* What a port is like goes with its place in the bridge that moontap put it into. */
static bool lost_on_leaving_parent(const struct mt_steps *steps, const struct mt_step *s)
{
	for (size_t i = 0; mt_step_is_of_parent(s) && i < steps->n; i++)
		if (mt_ref_equal(&steps->at[i].put.ref, &s->put.ref) &&
		    mt_step_moves(&steps->at[i]))
			return true;
	return false;
}

static bool is_claim(const struct mt_step *s)
{
	return s->op == MT_CLAIM || s->op == MT_RELEASE;
}

/* A claim goes back to what it was before: another one, or none. */
static int one_back(struct mt_apply *w, const char *dev, const struct mt_step *s, struct mt_err *e)
{
	if (is_claim(s))
		return mt_shared_set(w, dev, &s->put, s->was.kind ? &s->was : NULL, NULL, e);
	return mt_step_revert(w, s, e);
}

int mt_step_undo_order(const struct mt_step *s)
{
	bool device = s->put.kind->flags & MT_KIND_DEVICE;

	return s->op == MT_RELEASE ? 0 : s->op != MT_CLAIM ? 1 : device ? 3 : 2;
}

/* With a device that stays stays what is on it: that was left to go with the device. There is room:
 * see undo.h. */
static void keep_failed(const struct mt_steps *steps, const struct mt_step *s,
			struct mt_steps *failed)
{
	for (size_t i = steps->n; s->op == MT_ADD && s->made && i-- > 0;) {
		const struct mt_step *on = &steps->at[i];

		if (on != s && !is_claim(on) && mt_ref_equal(&on->put.ref, &s->put.ref))
			mt_steps_add(failed, on);
	}
	mt_steps_add(failed, s);
}

int mt_steps_revert(struct mt_apply *w, const char *dev, const struct mt_steps *steps,
		    struct mt_steps *failed, struct mt_err *e)
{
	struct mt_err one = { 0 };
	char line[512];
	int first = 0;

	for (int turn = 0; turn < MT_UNDO_ORDERS; turn++) {
		for (size_t i = steps->n; i-- > 0;) {
			const struct mt_step *s = &steps->at[i];
			bool wait = turn > 1 && first; /* claimed for as long as it is used */

			if (mt_step_undo_order(s) != turn ||
			    (turn == 1 &&
			     (mt_vanishes_with_device(steps, s) ||
			      lost_on_leaving_parent(steps, s))) ||
			    (!wait && !one_back(w, dev, s, &one)))
				continue;
			if (first && !wait)
				mt_log(w->log, LOG_ERR, "%s", mt_err_line(&one, line, sizeof line));
			else if (!first)
				*e = one, first = -one.code;
			if (failed)
				keep_failed(steps, s, failed);
		}
	}
	return first;
}

/* Its fields that are not as they were put. */
static int port_restore(struct mt_apply *w, const struct mt_step *port, struct mt_err *e)
{
	const struct mt_kind *k = port->put.kind;
	struct mt_step s = *port;
	struct mt_record has, lost;
	bool any = false;
	int err = mt_step_locate(w, &s, e);

	if (!err)
		err = mt_record_get(w->host, &s.put, &has, w->pool, e);
	if (err)
		return err == -ENODEV || err == -ENOENT ? 0 : err;
	lost = mt_record_key(&s.put);
	for (int i = k->nkeys; i < k->nfields; i++)
		if (mt_record_has(&s.put, i) &&
		    !mt_value_equal(&k->fields[i], &s.put.v[i], &has.v[i])) {
			mt_record_put(&lost, i, s.put.v[i]);
			any = true;
		}
	return any ? k->put(w->host, MT_CHANGE, &lost, e) : 0;
}

int mt_ports_restore(struct mt_apply *w, const struct mt_steps *back, const struct mt_steps *had,
		     struct mt_err *e)
{
	for (size_t i = 0; i < back->n; i++) {
		const struct mt_step *s = &back->at[i];

		if (!mt_step_moves(s))
			continue;
		for (size_t k = 0; k < had->n; k++) {
			const struct mt_step *port = &had->at[k];

			if (mt_step_is_of_parent(port) &&
			    mt_ref_equal(&port->put.ref, &s->put.ref) && port_restore(w, port, e))
				return -e->code;
		}
	}
	return 0;
}

struct guest_address {
	const struct mt_steps *ours;
	char *why;
	size_t n;
	bool found;
};

static int take_address(const struct mt_record *r, void *data, struct mt_err *e)
{
	struct guest_address *a = data;
	char text[MT_VALUE_TEXT];

	(void)e;
	for (size_t i = 0; i < a->ours->n; i++)
		if (a->ours->at[i].op == MT_ADD && mt_record_same_key(&a->ours->at[i].put, r))
			return 0;
	for (int f = 0; f < r->kind->nkeys; f++)
		if (f != r->kind->device)
			snprintf(a->why, a->n, "%s is on it, and not by moontap",
				 mt_value_print(&r->kind->fields[f], &r->v[f], text));
	a->found = true;
	return 1;
}

static int address_of_another(struct mt_apply *w, const struct mt_steps *steps,
			      const struct mt_step *device, char *why, size_t n, struct mt_err *e)
{
	struct guest_address a = { steps, why, n, false };
	int err = mt_device_addresses(w->host, mt_record_device(&device->put), take_address, &a, e);

	return err < 0 ? err : a.found;
}

static int is_busy(struct mt_apply *w, const struct mt_step *device, char *why, size_t n,
		   struct mt_err *e)
{
	const struct mt_kind *k = device->put.kind;

	return k->busy ? k->busy(w->host, MT_DELETE, &device->put, why, n, e) : 0;
}

int mt_device_in_use(struct mt_apply *w, const struct mt_steps *steps, const struct mt_step *device,
		     char *why, size_t n, struct mt_err *e)
{
	int err = is_busy(w, device, why, n, e);

	return err ? err : address_of_another(w, steps, device, why, n, e);
}

static int check_device(struct mt_apply *w, const struct mt_steps *steps,
			const struct mt_step *device, struct mt_err *e)
{
	const char *name = mt_record_device(&device->put);
	char why[160];
	int err = is_busy(w, device, why, sizeof why, e);

	if (err == 1)
		return mt_fail(e, EBUSY, "", "", "%s", why);
	if (!err)
		err = address_of_another(w, steps, device, why, sizeof why, e);
	if (err == 1 && w->evict) {
		mt_log(w->log, LOG_NOTICE, "%s goes although %s", name, why);
		return 0;
	}
	if (err == 1)
		mt_fail(e, EBUSY, "", "", "%s", why), err = -EBUSY;
	if (!err || err == -ENODEV || err == -ENOENT)
		return 0;
	e->blame = MT_BLAME_UNDO;
	return err;
}

static int in_use(struct mt_apply *w, const struct mt_steps *steps, struct mt_err *e)
{
	for (size_t i = 0; i < steps->n && !w->force; i++) {
		const struct mt_step *s = &steps->at[i];

		if (s->op == MT_ADD && s->put.kind->flags & MT_KIND_DEVICE &&
		    check_device(w, steps, s, e))
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
	/* connected anew while the lock was waited for: that one is not meant */
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

/* What is empty is a lock only, and goes with it. */
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
	char line[512];
	int err;

	rest.steps.cap = j->steps.n + 1;
	rest.steps.at = mt_pool_alloc(w->pool, rest.steps.cap * sizeof *rest.steps.at);
	if (!rest.steps.at) /* what fails would be in no journal any more */
		return mt_fail(e, ENOMEM, "undo", l->dev, NULL);
	err = mt_steps_revert(w, l->dev, &j->steps, &rest.steps, e) ?: drop_journal(l, file, e);
	if (!err)
		return 0;
	e->blame = MT_BLAME_UNDO;
	reverse(&rest.steps); /* they failed from the last one on */
	if (mt_journal_replace(w->state, file, &rest, &l->lock, &one))
		mt_log(w->log, LOG_ERR, "%s", mt_err_line(&one, line, sizeof line));
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
