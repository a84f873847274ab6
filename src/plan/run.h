/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * run.h - a transaction: the NICs of one event are connected all, or none is
 *
 * In order: lock the NICs' journals (sorted, so that two runs never wait for each other), finish
 * what a killed run left, compute all steps, make them, take back what the journals have and the
 * plans no longer say, make what was made outlive this process, write the journals. A failure takes
 * the run back from its last step, the failing one included.
 */
#ifndef MT_PLAN_RUN_H
#define MT_PLAN_RUN_H

#include "plan/undo.h"
#include "plan/difference.h"
#include "plan/plan.h"

#include <signal.h>

struct mt_run_nic {
	const struct mt_plan *plan;
	struct mt_record header; /* for its journal; kind set */
	/* the rest is the run's own */
	struct mt_steps steps;	    /* what the plan needs, sorted; op MT_SAME included */
	struct mt_steps undeclared; /* what the journal has and the plan no longer says */
	struct mt_steps undone;	    /* what was done about that */
	struct mt_steps made;	    /* what this run has made, in order, claims included */
	struct mt_journal had;	    /* its journal, as it was before */
	struct mt_journal after;    /* and as it will be */
	int lock, run, next; /* descriptors: of its journal, of its steps, of its journal to be;
			      * -1: none */
	bool locked;	     /* lock, run are open */
	bool decided;	     /* after is its journal now */
};

struct mt_run {
	struct mt_apply apply;
	struct mt_view view;
	struct mt_run_nic *nics;
	size_t n;
	const volatile sig_atomic_t *stop; /* not 0: stop between two steps; NULL: never */
	bool early;  /* the guest has yet to start: what is made late is left for then */
	bool dry;    /* look only: no lock, nothing written, nothing changed */
	bool take;   /* whoever connected it, it is this run's header's from now on */
	bool person; /* asks, and no event: with a policy of its own, perhaps */
	bool again;  /* only what is connected still, when its lock is had; else -EALREADY */
};

/**
 * mt_run_begin() - lock, recover, load the journals
 * @r:	work, nics[].plan, nics[].header filled
 *
 * Return: 0 or -errno; in either case mt_run_end() must follow.
 */
int mt_run_begin(struct mt_run *r, struct mt_err *e);

/** mt_run_compute() - fill steps and undeclared of each NIC; changes nothing
 * Return: 0 or -errno: what cannot be done. */
int mt_run_compute(struct mt_run *r, struct mt_err *e);

/**
 * mt_run_apply() - make it all, or nothing
 *
 * Return: 0; or -errno with @e saying what failed: everything is as it was before (what could not
 * be taken back is counted in work.left, and e->blame is then MT_BLAME_UNDO); -EINTR: stopped.
 */
int mt_run_apply(struct mt_run *r, struct mt_err *e);

/** mt_run_err() - say of which NIC an error is. Returns -@e->code. */
static inline int mt_run_err(const struct mt_run_nic *n, struct mt_err *e)
{
	return mt_err_in_nic(e, (int)n->header.v[MT_HEADER_INDEX].u, n->plan->dev);
}

/** mt_run_end() - let go of locks */
void mt_run_end(struct mt_run *r);

#endif
