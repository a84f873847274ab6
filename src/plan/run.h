/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * run.h - a transaction: all NICs of one event are connected, or none
 *
 * In order: lock the NICs' journals (sorted, so that two runs never wait for each other), recover
 * from a killed run, compute all steps, apply them, undo what the journals have and the plans no
 * longer declare, let new devices outlive this process, write the journals. A failure rolls the run
 * back from its last step, the failing one included.
 */
#ifndef MT_PLAN_RUN_H
#define MT_PLAN_RUN_H

#include "plan/undo.h"
#include "plan/difference.h"
#include "plan/plan.h"

#include <signal.h>

struct mt_run_nic {
	struct mt_plan *plan;	 /* mt_run_compute() marks what it makes */
	struct mt_record header; /* for its journal; kind set */
	/* the run fills in the rest */
	struct mt_steps steps;	    /* what the plan needs, sorted; op MT_SAME included */
	struct mt_steps undeclared; /* what the journal has and the plan no longer declares */
	struct mt_steps undone;	    /* the steps that reverted those */
	struct mt_steps made;	    /* what this run has applied, in order, with claims */
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
	struct mt_run_nic *leader; /* whose file below run/ has the line that commits all of them;
				    * set by mt_run_begin(); NULL: there is no NIC */
	const volatile sig_atomic_t *stop; /* not 0: stop between two steps; NULL: never */
	const char *mark, *host;	   /* of mt_plan_mark(); mark NULL: mark nothing */
	bool early;  /* the guest has yet to start: leave out kinds that are MT_KIND_LATE */
	bool dry;    /* compute only: no lock, nothing written, nothing changed */
	bool take;   /* this run's header replaces who connected the NIC, and by which policy */
	bool person; /* a person asks, not an event: perhaps with another policy */
	bool again;  /* only if the NIC is connected still, once it is locked; else -EALREADY */
};

/**
 * mt_run_begin() - lock, recover, load the journals
 * @r:	apply, nics[].plan, nics[].header filled
 *
 * Return: 0 or -errno; in either case mt_run_end() must follow.
 */
int mt_run_begin(struct mt_run *r, struct mt_err *e);

/** mt_run_compute() - fill steps and undeclared of each NIC; changes nothing
 * Return: 0 or -errno: what cannot be done. */
int mt_run_compute(struct mt_run *r, struct mt_err *e);

/**
 * mt_run_vacate() - refuse to make devices whose names belong to what is somebody else's, as
 * mt_kind.vacate() of all kinds that the plan does not declare for them
 * @made:	what makes them
 * @really:	delete what moontap left before this boot
 *
 * Return: 0 or -errno. */
int mt_run_vacate(const struct mt_run *r, const struct mt_run_nic *n, const struct mt_record *made,
		  bool really, struct mt_err *e);

/**
 * mt_run_enter_down() - let a NIC's device that is up enter its bridge while it is down, where the
 * plan declares something that must be set before it is up there (MT_KIND_BEFORE_UP)
 * @n:	its steps, sorted; two are added: down, before the device enters, and up
 *
 * Return: 0 or -errno.
 */
int mt_run_enter_down(struct mt_run *r, struct mt_run_nic *n, struct mt_err *e);

/**
 * mt_run_apply() - apply and commit all of it, or nothing
 *
 * Return: 0; -EINTR: *stop was set; or another -errno with @e saying what failed. The run is rolled
 * back then, unless e->blame is MT_BLAME_UNDO: it is committed but not finished, or the rollback
 * failed, too; the next command for the NIC goes on with it.
 */
int mt_run_apply(struct mt_run *r, struct mt_err *e);

/** mt_run_err() - add the NIC to an error's context. Returns -@e->code. */
static inline int mt_run_err(const struct mt_run_nic *n, struct mt_err *e)
{
	return mt_err_in_nic(e, (int)n->header.v[MT_HEADER_INDEX].u, n->plan->dev);
}

/** mt_run_end() - close descriptors, release locks */
void mt_run_end(struct mt_run *r);

#endif
