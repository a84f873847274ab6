/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * step.h - one change to the kernel, with the values before and after; lists of such changes
 */
#ifndef MT_PLAN_STEP_H
#define MT_PLAN_STEP_H

#include "base/kind.h"

#define MT_LINE_MAX 4096 /* bytes of any line that moontap writes for itself */

struct mt_step {
	enum mt_op op;
	struct mt_record put; /* the keys, and what moontap puts; of a deletion: all that was there.
			       * put.ref: the object, or the device it is on; of an add whose object
			       * has a reference of its own: unset until it is applied */
	struct mt_record was; /* of a change: the same fields as they were; unset: there was no such
			       * value, since the device or its place in a bridge is new. Of a
			       * claim: the claim before it; kind NULL: there was none */
	const char *place;    /* where it was declared, "policy.lua:12"; NULL: not declared */
	bool shared;	      /* on an object that several NICs may need */
	bool made;	      /* of an add: the kernel added the object, which is put.ref */
	bool existed;	      /* of an add: EEXIST, so the object is not ours */
};

/* A record that a policy declared. The record is first: mt_plan_find() casts it to this. */
struct mt_declaration {
	struct mt_record record;
	const char *place;	     /* "policy.lua:12", of the first that declared the object */
	uint32_t defaults;	     /* bit i: field i gives way to another declaration's */
	struct mt_declaration *next; /* in an answer: of the NIC; in a plan: of the same object */
};

struct mt_steps {
	struct mt_pool *pool;
	struct mt_step *at;
	size_t n, cap;
};

/** mt_steps_add() - append a copy. Return: the copy; NULL: no memory. */
struct mt_step *mt_steps_add(struct mt_steps *s, const struct mt_step *step);

/** mt_step_print() - "~ 12 link name=vnet0 mtu=9000 | mtu=1500", without a newline; as snprintf */
size_t mt_step_print(const struct mt_step *s, char *buf, size_t n);

/**
 * mt_step_parse() - read what mt_step_print() wrote
 * @words:	the line, split; overwritten
 *
 * Return: 0, -EINVAL or -ENOMEM with @e filled.
 */
int mt_step_parse(const struct mt_kind *const *kinds, char **words, int n, struct mt_step *s,
		  struct mt_pool *p, struct mt_err *e);

/**
 * mt_step_inverse() - the step that undoes @s, given what the kernel has now
 * @has:	the object as it is; NULL: it is not there
 * @back:	out: op MT_SAME when nothing is to be done
 * @left:	out: bit i: field i is left as it is, neither what it was nor what moontap put
 */
void mt_step_inverse(const struct mt_step *s, const struct mt_record *has, struct mt_step *back,
		     uint32_t *left);

/**
 * mt_steps_fold() - compose a later step into a list of net differences
 *
 * What stays when the NIC is disconnected (MT_KIND_KEPT) is left out.
 * A field that is there keeps its first *was*; what ends as it began vanishes from the list.
 * Return: 0 or -ENOMEM.
 */
int mt_steps_fold(struct mt_steps *list, const struct mt_step *later);

/** mt_steps_sort() - by phase; within a phase the order stays. Return: 0 or -ENOMEM. */
int mt_steps_sort(struct mt_steps *s);

/** mt_step_readdresses() - whether it gives a device another MAC address (MT_FIELD_FORGETS) */
bool mt_step_readdresses(const struct mt_step *s);

/** mt_step_moves() - whether it gives a device another parent (MT_FIELD_PARENT) */
bool mt_step_moves(const struct mt_step *s);

/** mt_step_is_of_parent() - whether it changes or adds what the device loses with its parent
 * (MT_REVERT_WITH_MASTER) */
bool mt_step_is_of_parent(const struct mt_step *s);

#endif
