/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* record_set.h - records found by their key, in constant time */
#ifndef MT_PLAN_RECORD_SET_H
#define MT_PLAN_RECORD_SET_H

#include "base/kind.h"

struct mt_record_set {
	struct mt_pool *pool;	 /* owns the slots; the records belong to whoever added them */
	struct mt_record **slot; /* zeroed: empty */
	size_t cap, n;
};

/** mt_record_set_find() - the record with @key's kind and keys; NULL: none */
struct mt_record *mt_record_set_find(const struct mt_record_set *x, const struct mt_record *key);

/** mt_record_set_add() - add a record whose key is not in yet. Return: 0 or -ENOMEM. */
int mt_record_set_add(struct mt_record_set *x, struct mt_record *r);

#endif
