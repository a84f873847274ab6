/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* record_set.c - an open-addressing table, at most half full */
#include "plan/record_set.h"
#include "base/hash.h"

#include <errno.h>
#include <string.h>

static uint64_t hash(const struct mt_record *r)
{
	uint64_t h = mt_hash(MT_HASH_START, r->kind->name, strlen(r->kind->name));
	char text[MT_VALUE_TEXT];

	for (int i = 0; i < r->kind->nkeys; i++) {
		const char *value = mt_value_print(&r->kind->fields[i], &r->v[i], text);

		h = mt_hash(mt_hash(h, "|", 1), value, strlen(value));
	}
	return h;
}

static struct mt_record **find_slot(const struct mt_record_set *x, const struct mt_record *key)
{
	size_t i = hash(key) & (x->cap - 1);

	while (x->slot[i] && !mt_record_same_key(x->slot[i], key))
		i = (i + 1) & (x->cap - 1);
	return &x->slot[i];
}

struct mt_record *mt_record_set_find(const struct mt_record_set *x, const struct mt_record *key)
{
	return x->cap ? *find_slot(x, key) : NULL;
}

static int grow(struct mt_record_set *x)
{
	struct mt_record_set bigger = { .pool = x->pool,
					.cap = x->cap ? x->cap * 2 : 16,
					.n = x->n };

	bigger.slot = mt_pool_alloc(x->pool, bigger.cap * sizeof *bigger.slot);
	if (!bigger.slot)
		return -ENOMEM;
	for (size_t i = 0; i < x->cap; i++)
		if (x->slot[i])
			*find_slot(&bigger, x->slot[i]) = x->slot[i];
	*x = bigger;
	return 0;
}

int mt_record_set_add(struct mt_record_set *x, struct mt_record *r)
{
	if (x->n * 2 >= x->cap && grow(x))
		return -ENOMEM;
	*find_slot(x, r) = r;
	x->n++;
	return 0;
}
