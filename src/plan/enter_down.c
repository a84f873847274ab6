/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * enter_down.c - setting a device down while it enters its bridge
 *
 * libvirt sets a tap up before moontap sees it. In a bridge it would get frames of the bridge's
 * default VLAN until its own VLANs are set, and its guest would find them in the tap's queue.
 */
#include "plan/run.h"

#include <errno.h>
#include <string.h>

static bool must_be_down(const struct mt_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->declarations[i]->record.kind->flags & MT_KIND_BEFORE_UP)
			return true;
	return false;
}

/* The step that lets @dev enter a bridge; NULL: there is none. */
static const struct mt_step *entering(const struct mt_steps *steps, const char *dev)
{
	for (size_t i = 0; i < steps->n; i++) {
		const struct mt_step *s = &steps->at[i];

		for (int f = s->put.kind->nkeys; mt_step_moves(s) && f < s->put.kind->nfields; f++)
			if (s->put.kind->fields[f].flags & MT_FIELD_PARENT &&
			    s->put.v[f].state == MT_SET && !strcmp(mt_record_device(&s->put), dev))
				return s;
	}
	return NULL;
}

/* The field that says whether a device is up. */
static int up_of(const struct mt_kind *k)
{
	for (int f = k->nkeys; f < k->nfields; f++)
		if (k->fields[f].phase == MT_PHASE_UP)
			return f;
	return -1;
}

/* Whether the device is up now, and no step changes that. Return: 1, 0 or -errno. */
static int stays_up(struct mt_run *r, const struct mt_steps *steps, const struct mt_step *enter,
		    int up, struct mt_err *e)
{
	struct mt_record will;
	int err;

	for (size_t i = 0; i < steps->n; i++)
		if (steps->at[i].op != MT_SAME && mt_record_has(&steps->at[i].put, up) &&
		    mt_record_same_key(&steps->at[i].put, &enter->put))
			return 0;
	err = mt_view_will(&r->view, &enter->put, &will, e);
	if (err)
		return err == -ENOENT ? 0 : err;
	return will.v[up].state == MT_SET && will.v[up].u;
}

static struct mt_step set_up(const struct mt_step *enter, int up, bool value)
{
	struct mt_step s = { .op = MT_CHANGE,
			     .put = mt_record_key(&enter->put),
			     .was = mt_record_key(&enter->was),
			     .place = enter->place };

	mt_record_put(&s.put, up, (struct mt_value){ .state = MT_SET, .u = value });
	mt_record_put(&s.was, up, (struct mt_value){ .state = MT_SET, .u = !value });
	return s;
}

int mt_run_enter_down(struct mt_run *r, struct mt_run_nic *n, struct mt_err *e)
{
	const struct mt_step *enter =
		must_be_down(n->plan) ? entering(&n->steps, n->plan->dev) : NULL;
	int up = enter ? up_of(enter->put.kind) : -1, stays;
	struct mt_step raise, lower;
	size_t at;

	stays = up < 0 ? 0 : stays_up(r, &n->steps, enter, up, e);
	if (stays <= 0)
		return stays;
	lower = set_up(enter, up, false);
	raise = set_up(enter, up, true);
	if (!mt_steps_add(&n->steps, &raise) || mt_steps_sort(&n->steps))
		return mt_fail(e, ENOMEM, "run", n->plan->dev, NULL);
	at = (size_t)(entering(&n->steps, n->plan->dev) - n->steps.at);
	if (!mt_steps_add(&n->steps, &lower))
		return mt_fail(e, ENOMEM, "run", n->plan->dev, NULL);
	memmove(&n->steps.at[at + 1], &n->steps.at[at],
		(n->steps.n - 1 - at) * sizeof *n->steps.at);
	n->steps.at[at] = lower;
	return 0;
}
