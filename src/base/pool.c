/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pool.c - a chain of blocks, each twice as large as the one before */
#include "base/pool.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifndef BLOCK_MIN
#define BLOCK_MIN 4096ul
#define BLOCK_MAX (1024ul * 1024)
#endif

struct mt_pool_block {
	struct mt_pool_block *before;
	size_t size, used;
	alignas(max_align_t) char bytes[];
};

static struct mt_pool_block *grow(struct mt_pool *p, size_t n)
{
	size_t size = p->last ? p->last->size * 2 : BLOCK_MIN;
	struct mt_pool_block *b;

	if (size > BLOCK_MAX)
		size = BLOCK_MAX;
	if (size < n)
		size = n;
	b = malloc(sizeof *b + size);
	if (!b)
		return NULL;
	*b = (struct mt_pool_block){ .before = p->last, .size = size };
	p->last = b;
	return b;
}

static char *take(struct mt_pool *p, size_t n, size_t align)
{
	struct mt_pool_block *b = p->last;
	size_t gap = b ? -b->used & (align - 1) : 0;
	char *got;

	if (n > SIZE_MAX / 4 || (p->limit && n + gap > p->limit - p->used))
		return NULL;
	if (!b || b->size - b->used < n + gap) {
		b = grow(p, n);
		gap = 0;
		if (!b)
			return NULL;
	}
	got = b->bytes + b->used + gap;
	b->used += n + gap;
	p->used += n + gap;
	return got;
}

/* Zeroes only what it hands out, so that unused pages of a block are never touched. */
void *mt_pool_alloc(struct mt_pool *p, size_t n)
{
	void *got = take(p, n, alignof(max_align_t));

	return got ? memset(got, 0, n) : NULL;
}

char *mt_pool_copy(struct mt_pool *p, const char *s, size_t n)
{
	char *c = take(p, n + 1, 1);

	if (!c)
		return NULL;
	memcpy(c, s, n);
	c[n] = 0;
	return c;
}

void *mt_pool_room(struct mt_pool *p, void *at, size_t n, size_t *cap, size_t size)
{
	size_t wider = *cap ? *cap * 2 : 8;
	void *room = at;

	if (n >= *cap) {
		room = take(p, wider * size, alignof(max_align_t));
		if (!room)
			return NULL;
		if (n)
			memcpy(room, at, n * size);
		*cap = wider;
	}
	memset((char *)room + n * size, 0, size);
	return room;
}

void mt_pool_free(struct mt_pool *p)
{
	struct mt_pool_block *b = p->last, *before;

	for (; b; b = before) {
		before = b->before;
		free(b);
	}
	p->last = NULL;
	p->used = 0;
}
