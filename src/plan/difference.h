/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * difference.h - the steps after which the kernel has what a plan declares
 *
 * All steps of an event are computed before the first one is applied, by this one function for plan
 * and for up. A view is the kernel as it will be once the steps computed so far are applied: a
 * facet of a device that an earlier step adds has no old value yet.
 */
#ifndef MT_PLAN_DIFFERENCE_H
#define MT_PLAN_DIFFERENCE_H

#include "plan/plan.h"
#include "plan/step.h"

struct mt_view {
	struct mt_host *host;
	struct mt_pool *pool;
	const char *own;	   /* the NIC's own device; NULL: it is not known */
	struct mt_record_set will; /* records as they will be */
	/* 1: moontap made the object, or the device that it is on, and may change it freely; 0; or
	 * -errno */
	int (*made_by_us)(void *data, const struct mt_record *has, struct mt_err *e);
	/* 1: moontap has put this field before, so that its original value is known; 0; or
	 * -errno */
	int (*was_put_by_us)(void *data, const struct mt_record *key, int field, struct mt_err *e);
	void *data;
};

/** mt_view_expect() - @r will exist, though no step of this run adds it: a tap of libvirt's
 * Return: 0 or -ENOMEM. */
int mt_view_expect(struct mt_view *v, const struct mt_record *r);

/** mt_view_will() - a mt_will: look up an object as it will be
 * @v:	struct mt_view */
int mt_view_will(void *v, const struct mt_record *key, struct mt_record *will, struct mt_err *e);

/**
 * mt_difference() - the steps for one record
 * @want:	checked, with its kind's defaults set
 * @place:	where it was declared, for the steps; borrowed; NULL: unknown
 * @steps:	out: steps are appended, one for each phase; one MT_SAME when nothing differs
 * @e:		out: what cannot be done, or could not be undone, and why
 *
 * Return: 0; -ENODEV: the facet's device is not there; -EEXIST: the object is there with values
 * that may not be changed; -ENOTSUP: undo could not restore it; or the kernel's error.
 */
int mt_difference(struct mt_view *v, const struct mt_record *want, const char *place,
		  struct mt_steps *steps, struct mt_err *e);

#endif
