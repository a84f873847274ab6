/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan.h - the records that a policy declared for one NIC: pure data, one record an object
 */
#ifndef MT_PLAN_PLAN_H
#define MT_PLAN_PLAN_H

#include "plan/record_set.h"
#include "plan/step.h"

struct mt_plan {
	struct mt_pool *pool;
	char dev[MT_NAME_MAX + 1];	      /* nic.dev */
	struct mt_declaration **declarations; /* as declared */
	size_t n, cap;
	struct mt_record_set index;
	struct mt_record_set made; /* struct mt_made: by name, the devices that adding them makes */
};

/* Kind of a key by which a device is found, whichever kind makes it. */
extern const struct mt_kind mt_any_device;

/** mt_named() - a key of a kind whose only field is a name */
struct mt_record mt_named(const struct mt_kind *k, const char *name);

/**
 * mt_plan_add() - add one declaration
 * @d:		checked and completed here; its texts are borrowed until the pool goes
 *
 * Declarations of one object are merged. A default gives way to a value, whichever comes first. Two
 * values for one field are the policy's error: @e names both places.
 * Return: 0, -EINVAL, -ENOMEM.
 */
int mt_plan_add(struct mt_plan *plan, const struct mt_declaration *d, struct mt_err *e);

/** mt_plan_check_defaults() - once all is added: fail if two defaults for one field differ and no
 * value decides between them
 *
 * Return: 0, or -EINVAL with both places.
 */
int mt_plan_check_defaults(const struct mt_plan *plan, struct mt_err *e);

/** mt_plan_resolve() - set the keys of a declaration that depend on the host, as mt_kind.resolve()
 * @d:		of @plan; mt_plan_find() then finds it by its new key
 *
 * Return: 0 or -errno with @e filled.
 */
int mt_plan_resolve(struct mt_plan *plan, struct mt_declaration *d, mt_will will, void *data,
		    struct mt_err *e);

/** mt_plan_find() - the merged declaration of @key's object; NULL: none */
struct mt_declaration *mt_plan_find(const struct mt_plan *plan, const struct mt_record *key);

/** mt_record_makes() - the @i-th device that adding @r makes (a veth makes two); NULL: no more */
const char *mt_record_makes(const struct mt_record *r, int i);

/** mt_plan_makes() - the kind of the first record that makes a device of this name; NULL: none */
const struct mt_kind *mt_plan_makes(const struct mt_plan *plan, const char *name);

/** mt_plan_stack() - put each device behind those that it is on, whichever the policy declares
 * first: they are made in this order. Return: 0 or -ENOMEM. */
int mt_plan_stack(struct mt_plan *plan);

/** mt_record_is_own() - on the NIC's own device, or of a kind that is of one NIC; everything else may
 * be another NIC's, too */
bool mt_record_is_own(const struct mt_plan *plan, const struct mt_record *r);

/**
 * mt_plan_mark() - declare for each device that a plan makes, unless the policy declares it: a mark
 * for people and tools that look for leftovers, and a MAC that is not random
 * @kinds:	the table with the facets that have such fields (MT_FIELD_MARK, MT_FIELD_IDENTITY)
 * @mark:	"moontap web", for the NIC's own; what others may share is marked "moontap"
 * @host:	a text that is this host's own, so that equal names on two hosts get two MACs
 * @others:	1: the device is somebody else's, and gets neither; 0; or -errno. NULL: none is
 *
 * Return: 0 or -errno with @e filled.
 */
int mt_plan_mark(struct mt_plan *plan, const struct mt_kind *const *kinds, const char *mark,
		 const char *host, int (*others)(void *data, const char *name, struct mt_err *e),
		 void *data, struct mt_err *e);

/** mt_plan_check_exclusions() - fail if a device has records of two kinds of which one excludes the
 * other. Return: 0, or -EINVAL with both places. */
int mt_plan_check_exclusions(const struct mt_plan *plan, struct mt_err *e);

/** mt_plan_own() - say in each record that has a field MT_FIELD_OWNER whose it is
 * @owner:	borrowed until the pool goes
 *
 * Return: 0; -EINVAL: the policy declares such a field. */
int mt_plan_own(struct mt_plan *plan, const char *owner, struct mt_err *e);

#endif
