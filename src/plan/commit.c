/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* commit.c - committing a run: its new journals, and the one line that decides */
#include "plan/commit.h"
#include "kernel/host.h"
#include "plan/in_use.h"

#include <errno.h>
#include <string.h>

static bool is_device(const struct mt_step *s)
{
	return s->op == MT_ADD && s->put.kind->flags & MT_KIND_DEVICE;
}

bool mt_removed_after_commit(const struct mt_run_nic *n, const struct mt_step *s)
{
	return is_device(s) || (mt_vanishes_with_device(&n->undeclared, s) && !mt_step_moves(s));
}

/* Removes from the new journal what is no longer declared, whether it was reverted or left to
 * others. @devices: also what is removed only after the commit. */
static void forget(struct mt_run_nic *n, bool devices)
{
	struct mt_steps *steps = &n->after.steps;

	for (size_t i = 0; i < n->undeclared.n; i++) {
		const struct mt_step *u = &n->undeclared.at[i];

		for (size_t k = 0; k < steps->n; k++) {
			struct mt_step *s = &steps->at[k];
			bool any = false;

			if (s->op != u->op || !mt_record_same_key(&s->put, &u->put) ||
			    !mt_ref_equal(&s->put.ref, &u->put.ref) ||
			    (!devices && mt_removed_after_commit(n, u)))
				continue;
			for (int f = s->put.kind->nkeys; f < s->put.kind->nfields; f++) {
				if (mt_record_has(&u->put, f)) {
					mt_record_put(&s->put, f, (struct mt_value){ 0 });
					if (s->was.kind)
						mt_record_put(&s->was, f, (struct mt_value){ 0 });
				}
				any |= s->op == MT_CHANGE && mt_record_has(&s->put, f);
			}
			if (!any)
				memmove(s, s + 1, (size_t)(steps->at + --steps->n - s) * sizeof *s);
			break;
		}
	}
}

static bool is_by_up(const struct mt_record *h)
{
	return !strcmp(mt_header_text(h, MT_HEADER_BY), "up");
}

/* A NIC that is connected again keeps when it was connected first, and by whom: what an event
 * connected is disconnected with its guest, what a person's `up` connected stays until `down`. The
 * journal of an event's NIC keeps the event's policy, too, when a person applies another one: that
 * is only logged. */
static void keep_origin(const struct mt_run *r, struct mt_record *h, const struct mt_record *had)
{
	const uint64_t ifindex = h->v[MT_HEADER_IFINDEX].u;
	const char *policy = mt_header_text(had, MT_HEADER_POLICY);

	if (!had->kind || !ifindex || had->v[MT_HEADER_IFINDEX].u != ifindex)
		return;
	mt_record_put(h, MT_HEADER_SINCE, had->v[MT_HEADER_SINCE]);
	if (r->take)
		return;
	if (r->person && !is_by_up(had) && strcmp(policy, mt_header_text(h, MT_HEADER_POLICY))) {
		mt_log(r->apply.log, LOG_NOTICE,
		       "%s: connected by the %s, by the policy %s; what %s says is applied, until "
		       "that one is asked again",
		       h->v[MT_HEADER_DEV].name, mt_header_text(had, MT_HEADER_BY), policy,
		       mt_header_text(h, MT_HEADER_POLICY));
		mt_record_put(h, MT_HEADER_POLICY, had->v[MT_HEADER_POLICY]);
		mt_record_put(h, MT_HEADER_CHECKSUM, had->v[MT_HEADER_CHECKSUM]);
	}
	mt_record_put(h, MT_HEADER_BY, had->v[MT_HEADER_BY]);
	if (!*mt_header_text(h, MT_HEADER_UUID) &&
	    !strcmp(mt_header_text(h, MT_HEADER_DOMAIN), mt_header_text(had, MT_HEADER_DOMAIN)))
		mt_record_put(h, MT_HEADER_UUID,
			      had->v[MT_HEADER_UUID]); /* XML from a file may lack it */
}

/* The device's own index, as this run's steps or else the kernel know it; 0: it is not there. */
static int find_ifindex(struct mt_run *r, const struct mt_run_nic *n, uint32_t *ifindex,
			struct mt_err *e)
{
	struct mt_device d;
	int err;

	*ifindex = 0;
	for (size_t i = 0; !*ifindex && i < n->made.n; i++)
		if (!strcmp(mt_record_device(&n->made.at[i].put), n->plan->dev))
			*ifindex = mt_ref_ifindex(&n->made.at[i].put.ref);
	if (*ifindex)
		return 0;
	err = mt_device_by_name(r->apply.host, n->plan->dev, &d, e);
	if (!err)
		*ifindex = d.ifindex;
	return err == -ENODEV ? 0 : err;
}

/* Writes the new journal beside the old one. */
static int write_journal(struct mt_run *r, struct mt_run_nic *n, struct mt_err *e)
{
	struct mt_steps *steps = &n->after.steps;
	uint32_t ifindex;
	char file[32];

	n->after = (struct mt_journal){ .header = n->header, .steps.pool = r->apply.pool };
	for (size_t i = 0; i < n->had.steps.n; i++)
		if (!mt_steps_add(steps, &n->had.steps.at[i]))
			return mt_fail(e, ENOMEM, "run", n->plan->dev, NULL);
	for (size_t i = 0; i < n->made.n; i++)
		if (mt_steps_fold(steps, &n->made.at[i]))
			return mt_fail(e, ENOMEM, "run", n->plan->dev, NULL);
	forget(n, false);
	if (find_ifindex(r, n, &ifindex, e))
		return -e->code;
	if (ifindex)
		mt_record_put(&n->after.header, MT_HEADER_IFINDEX, mt_uint(ifindex));
	keep_origin(r, &n->after.header, &n->had.header);
	for (size_t i = 0; i < steps->n; i++)
		if (is_device(&steps->at[i])) /* that step has the kind */
			mt_record_put(&n->after.header, MT_HEADER_KIND, (struct mt_value){ 0 });
	return mt_journal_write(r->apply.state, mt_state_path("nic", n->plan->dev, file), &n->after,
				&n->next, e);
}

/* Deletes the devices that are no longer declared, unless somebody uses them. */
static int take_devices(struct mt_run *r, struct mt_run_nic *n, struct mt_err *e)
{
	struct mt_apply w = r->apply;
	char why[160], file[32];
	bool any = false;

	w.done = &n->undone;
	for (size_t i = n->undeclared.n; i-- > 0;) {
		const struct mt_step *s = &n->undeclared.at[i];

		if (!is_device(s))
			continue;
		if (mt_device_in_use(&w, &n->had.steps, s, why, sizeof why, e) == 1) {
			mt_log(w.log, LOG_NOTICE,
			       "%s is no longer declared, and stays until down: %s", n->plan->dev,
			       why);
			continue;
		}
		if (mt_step_revert(&w, s, e))
			return -e->code;
		any = true;
	}
	if (!any)
		return 0;
	forget(n, true);
	return mt_journal_replace(r->apply.state, mt_state_path("nic", n->plan->dev, file),
				  &n->after, &n->lock, e);
}

static int put_journal(struct mt_run *r, struct mt_run_nic *n, struct mt_err *e)
{
	char file[32];

	if (mt_state_put(r->apply.state, mt_state_path("nic", n->plan->dev, file), &n->lock,
			 &n->next, e))
		return -e->code;
	n->decided = true;
	return mt_state_remove(r->apply.state, mt_state_path("run", n->plan->dev, file), e);
}

static int finish_one(struct mt_run *r, struct mt_run_nic *n, struct mt_err *e)
{
	if (!put_journal(r, n, e) && !take_devices(r, n, e))
		return 0;
	e->blame = MT_BLAME_UNDO;
	mt_run_err(n, e);
	return mt_err_in(e, "connected, but");
}

int mt_commit(struct mt_run *r, bool *decided, struct mt_err *e)
{
	*decided = false;
	for (size_t i = 0; i < r->n; i++)
		if (write_journal(r, &r->nics[i], e))
			return mt_run_err(&r->nics[i], e);
	if (r->leader && mt_journal_append_done(r->leader->run, e))
		return mt_run_err(r->leader, e);
	*decided = true;
	for (size_t i = r->n; i-- > 0;)
		if (&r->nics[i] != r->leader && finish_one(r, &r->nics[i], e))
			return -e->code;
	return r->leader ? finish_one(r, r->leader, e) : 0; /* last: it has the line that decides */
}
