/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* undo.c - journals replayed backwards: after a failure, after a kill, and to disconnect */
#include "plan/undo.h"
#include "plan/lookup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool made_device(const struct mt_step *s)
{
	return s->op == MT_ADD && s->made && s->put.kind->flags & MT_KIND_DEVICE;
}

bool mt_vanishes_with_device(const struct mt_steps *steps, const struct mt_step *s)
{
	for (size_t i = 0; i < steps->n; i++) {
		const struct mt_step *d = &steps->at[i];

		if (d != s && made_device(d) && mt_ref_equal(&d->put.ref, &s->put.ref))
			return true;
	}
	return false;
}

/* A port loses its settings when undo takes it out of the bridge that moontap put it into. */
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

/* Reverting a claim restores the claim before it, or none. */
static int one_back(struct mt_apply *w, const char *dev, const struct mt_step *s, struct mt_err *e)
{
	if (is_claim(s))
		return mt_shared_set(w, dev, &s->put, s->was.kind ? &s->was : NULL, NULL, e);
	return mt_step_revert(w, s, e);
}

int mt_step_undo_order(const struct mt_step *s)
{
	unsigned flags = s->put.kind->flags;

	if (s->op == MT_RELEASE)
		return 0;
	if (s->op == MT_CLAIM)
		return flags & MT_KIND_DEVICE ? 4 : 3;
	return flags & MT_KIND_LAST ? 2 : 1;
}

/* A device that is not deleted keeps what is on it: undo had skipped those steps, since they would
 * have vanished with the device. So keep them, too. @failed has room: see undo.h. */
static void keep_failed(const struct mt_steps *steps, const struct mt_step *s,
			struct mt_steps *failed)
{
	for (size_t i = steps->n; made_device(s) && i-- > 0;) {
		const struct mt_step *on = &steps->at[i];

		if (on != s && !is_claim(on) && mt_ref_equal(&on->put.ref, &s->put.ref))
			mt_steps_add(failed, on);
	}
	mt_steps_add(failed, s);
}

/* What a step that failed may still need: a claim, and an object of moontap's that goes only when
 * nothing is in it, which would be taken for somebody else's. */
static bool may_be_needed(const struct mt_step *s, int turn)
{
	return turn > 1 || (s->op == MT_ADD && s->put.kind->busy && !made_device(s));
}

/* Whether @s made the device whose name what could not be deleted has: the next device of that name
 * would be taken, so this one stays. */
static bool is_of_name_left(const struct mt_step *s, const struct mt_step *left)
{
	return left && made_device(s) &&
		!strcmp(mt_record_device(&left->put), mt_record_device(&s->put));
}

int mt_steps_revert(struct mt_apply *w, const char *dev, const struct mt_steps *steps,
		    struct mt_steps *failed, struct mt_err *e)
{
	const struct mt_step *left = NULL; /* the last that failed of a kind that is NAMED */
	struct mt_err one = { 0 };
	int first = 0;

	for (int turn = 0; turn < MT_UNDO_ORDERS; turn++) {
		for (size_t i = steps->n; i-- > 0;) {
			const struct mt_step *s = &steps->at[i];
			bool wait = first && (may_be_needed(s, turn) || is_of_name_left(s, left));

			if (mt_step_undo_order(s) != turn ||
			    (turn == 1 &&
			     (mt_vanishes_with_device(steps, s) ||
			      lost_on_leaving_parent(steps, s))) ||
			    (!wait && !one_back(w, dev, s, &one)))
				continue;
			if (first && !wait)
				mt_log_err(w->log, LOG_ERR, &one);
			else if (!first)
				*e = one, first = -one.code;
			if (s->put.kind->flags & MT_KIND_NAMED)
				left = s;
			if (failed)
				keep_failed(steps, s, failed);
		}
	}
	return first;
}

/* Sets the fields of a port again that are not as moontap had put them, and adds what it lost. */
static int port_restore(struct mt_apply *w, const struct mt_step *port, struct mt_err *e)
{
	const struct mt_kind *k = port->put.kind;
	struct mt_step s = *port;
	struct mt_record has, lost;
	bool any = false;
	int err = mt_step_locate(w, &s, e);

	if (!err)
		err = mt_record_get(w->host, &s.put, &has, w->pool, e);
	if (err == -ENOENT && s.op == MT_ADD)
		return k->put(w->host, MT_ADD, &s.put, e);
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
