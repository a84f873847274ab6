/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pool.h - memory that is freed all at once
 *
 * Everything that one event builds (facts, records, steps) lives in its pool: nobody frees a part,
 * and an error path has one thing to free.
 */
#ifndef MT_BASE_POOL_H
#define MT_BASE_POOL_H

#include <stddef.h>

struct mt_pool_block;
struct mt_pool {
	struct mt_pool_block *last; /* zeroed: empty */
	size_t used, limit;	    /* bytes handed out; 0: no limit */
};

/** mt_pool_alloc() - @n zeroed bytes, aligned for anything; NULL: no memory, or over the limit */
void *mt_pool_alloc(struct mt_pool *p, size_t n);

/** mt_pool_copy() - @n bytes of @s and a NUL; NULL: no memory */
char *mt_pool_copy(struct mt_pool *p, const char *s, size_t n);

/**
 * mt_pool_room() - room for one more element, zeroed, in an array in the pool; a full array doubles
 * @at:		the array, NULL at first
 * @n, @size:	how many elements it has, and the bytes of one
 * @cap:	in, out: how many elements it has room for; 0 at first
 *
 * Return: the array, moved or not; NULL: no memory, and @at is unchanged.
 */
void *mt_pool_room(struct mt_pool *p, void *at, size_t n, size_t *cap, size_t size);

/** mt_pool_free() - free everything; the pool is empty then, and may be used again */
void mt_pool_free(struct mt_pool *p);

#endif
