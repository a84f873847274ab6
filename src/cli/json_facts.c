/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json_facts.c - facts as JSON, written as they are walked
 *
 * A thousand NICs have so many that a tree of jansson's for them costs more than reading the XML.
 */
#include "cli/json.h"
#include "domain/facts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 4096

json_t *mt_json_text(const char *s)
{
	json_t *j = json_string(s);
	char copy[TEXT_MAX];
	size_t n = 0;

	if (j)
		return j;
	for (; *s && n < sizeof copy - 1; s++)
		copy[n++] = (unsigned char)*s < 128 ? *s : '?';
	copy[n] = 0;
	return json_string(copy);
}

struct buffer {
	char *at;
	size_t n, cap;
	bool failed;
};

static void put(struct buffer *b, const char *s, size_t n)
{
	if (b->n + n >= b->cap && !b->failed) {
		size_t cap = (b->n + n) * 2 + 4096;
		char *at = realloc(b->at, cap);

		b->failed = !at;
		b->at = at ? at : b->at;
		b->cap = at ? cap : b->cap;
	}
	if (b->failed)
		return;
	memcpy(b->at + b->n, s, n);
	b->n += n;
	b->at[b->n] = 0;
}

static int put_more(const char *s, size_t n, void *data)
{
	put(data, s, n);
	return 0;
}

/* Most words are plain; what has to be escaped jansson knows. */
static void put_string(struct buffer *b, const char *s)
{
	size_t n = 0;
	json_t *j;

	while ((unsigned char)s[n] >= ' ' && (unsigned char)s[n] < 127 && s[n] != '"' &&
	       s[n] != '\\')
		n++;
	if (!s[n]) {
		put(b, "\"", 1);
		put(b, s, n);
		put(b, "\"", 1);
		return;
	}
	j = mt_json_text(s);
	b->failed |= !j || json_dump_callback(j, put_more, b, JSON_ENCODE_ANY);
	json_decref(j);
}

static void put_line(struct buffer *b, int depth)
{
	static const char blanks[] = "                                ";

	put(b, "\n", 1);
	for (int n = 2 * depth; n > 0; n -= 32)
		put(b, blanks, n < 32 ? (size_t)n : 32);
}

static void put_fact(struct buffer *b, const struct mt_fact *f, int depth)
{
	const char *ends = f->type == MT_FACT_OBJECT ? "{}" : "[]";
	char number[24];

	switch (f->type) {
	case MT_FACT_STRING:
		return put_string(b, f->string);
	case MT_FACT_INTEGER:
		return put(b, number,
			   (size_t)snprintf(number, sizeof number, "%" PRId64, f->integer));
	case MT_FACT_BOOLEAN:
		return put(b, f->boolean ? "true" : "false", f->boolean ? 4 : 5);
	case MT_FACT_OBJECT:
	case MT_FACT_ARRAY:
		break;
	}
	put(b, ends, 1);
	mt_fact_each (in, f) {
		put_line(b, depth + 1);
		if (f->type == MT_FACT_OBJECT) {
			put_string(b, in->name);
			put(b, ": ", 2);
		}
		put_fact(b, in, depth + 1);
		if (in->next)
			put(b, ",", 1);
	}
	if (f->in.n)
		put_line(b, depth);
	put(b, ends + 1, 1);
}

char *mt_json_facts(const char *bytes, size_t n)
{
	struct mt_pool p = { 0 };
	struct buffer b = { 0 };
	struct mt_fact *root;
	struct mt_err e;

	b.failed = mt_fact_parse(bytes, n, &p, &root, &e);
	if (!b.failed)
		put_fact(&b, root, 0);
	mt_pool_free(&p);
	if (!b.failed)
		return b.at;
	free(b.at);
	return NULL;
}
