/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json_read.h - jansson's parser, which fails when there is no memory
 *
 * jansson alone leaves bytes out of a string when an allocation fails, and goes on; or it says
 * "invalid token". At a number it sets errno to 0. So it gets one byte at a time, and errno tells.
 * For the modules that have jansson: nothing else includes it.
 */
#ifndef MT_BASE_JSON_READ_H
#define MT_BASE_JSON_READ_H

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>

struct mt_json_text {
	const char *at;
	size_t left;
	bool no_memory;
};

static inline size_t mt_json_feed(void *to, size_t room, void *data)
{
	struct mt_json_text *t = data;

	t->no_memory |= errno == ENOMEM;
	if (!t->left || !room)
		return 0;
	*(char *)to = *t->at++;
	t->left--;
	return 1;
}

/**
 * mt_json_read() - as json_loadb()
 *
 * Return: NULL with errno ENOMEM: there is no memory; NULL with another errno: @why says why. */
static inline json_t *mt_json_read(const char *text, size_t n, size_t flags, json_error_t *why)
{
	struct mt_json_text t = { .at = text, .left = n };
	json_t *j;

	errno = 0;
	j = json_load_callback(mt_json_feed, &t, flags, why);
	if (!t.no_memory && errno != ENOMEM)
		return j;
	json_decref(j);
	errno = ENOMEM;
	return NULL;
}

#endif
