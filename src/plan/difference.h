/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * difference.h - what must be done so that the kernel has what a plan says
 *
 * All steps of an event are computed before the first is made, by this one function for plan and
 * for up. A view is the kernel as it will be once the steps computed so far are made: a facet of a
 * device that an earlier step makes has no old value yet.
 */
#ifndef MT_PLAN_DIFFERENCE_H
#define MT_PLAN_DIFFERENCE_H

#include "plan/plan.h"
#include "plan/step.h"

struct mt_view {
	struct mt_host *host;
	struct mt_pool *pool;
	struct mt_record_set will; /* records as they will be */
	/* 1 when moontap made the object, or the device that it is on: what nobody else had before
	 * can be changed freely; 0; or -errno */
	int (*made_by_us)(void *data, const struct mt_record *has, struct mt_err *e);
	/* 1 when moontap put this field of this object, so that its first value is known; 0; or
	 * -errno */
	int (*was_put_by_us)(void *data, const struct mt_record *key, int field, struct mt_err *e);
	void *data;
};

/** mt_view_expect() - something will be there that no step of this run makes: a tap of libvirt's
 * Return: 0 or -ENOMEM. */
int mt_view_expect(struct mt_view *v, const struct mt_record *r);

/**
 * mt_difference() - the steps for one record
 * @want:	complete
 * @place:	goes into the steps
 * @steps:	out: steps are appended, one a phase; one MT_SAME when nothing differs
 * @e:		out: what cannot be done, or could not be given back, and why
 *
 * Return: 0; -ENODEV: the facet's device is not there; -EEXIST: the object is there with values
 * that may not be changed; -ENOTSUP: it could not be given back; or the kernel's error.
 */
int mt_difference(struct mt_view *v, const struct mt_record *want, const char *place,
		  struct mt_steps *steps, struct mt_err *e);

#endif
