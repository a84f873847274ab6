/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* index.h - records found by their key, in constant time */
#ifndef MT_PLAN_INDEX_H
#define MT_PLAN_INDEX_H

#include "base/kind.h"

struct mt_index {
	struct mt_pool *pool;	 /* owns the slots; the records belong to whoever added them */
	struct mt_record **slot; /* zeroed: empty */
	size_t cap, n;
};

/** mt_index_find() - the record with @key's kind and keys; NULL: none */
struct mt_record *mt_index_find(const struct mt_index *x, const struct mt_record *key);

/** mt_index_add() - add a record whose key is not in yet. Return: 0 or -ENOMEM. */
int mt_index_add(struct mt_index *x, struct mt_record *r);

#endif
