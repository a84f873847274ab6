/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * facts_text.c - a tree of facts as lines of text, and back
 *
 * The reader trusts nothing: what it reads was written by the process that parsed somebody's XML.
 */
#include "domain/facts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Metadata nests up to MT_XML_DEPTH_MAX (256) elements: an object and an array of children each. */
#define DEPTH_MAX 1024

struct out {
	char *buf;
	size_t n, used; /* used goes on counting when buf is full */
};

static void put(struct out *o, char c)
{
	if (o->used + 1 < o->n)
		o->buf[o->used] = c;
	o->used++;
}

static void put_text(struct out *o, const char *s, bool name)
{
	static const char hex[] = "0123456789abcdef";

	for (; *s; s++) {
		unsigned char c = *s;

		if (c >= 32 && c != 127 && c != '%' && !(name && c == '=')) {
			put(o, c);
			continue;
		}
		put(o, '%');
		put(o, hex[c >> 4]);
		put(o, hex[c & 15]);
	}
}

static void put_fact(struct out *o, const struct mt_fact *f)
{
	static const char marks[] = "$#?{[";
	char number[24];

	put(o, marks[f->type]);
	put_text(o, f->name, true);
	switch (f->type) {
	case MT_FACT_STRING:
		put(o, '=');
		put_text(o, f->string, false);
		break;
	case MT_FACT_INTEGER:
		snprintf(number, sizeof number, "=%lld", (long long)f->integer);
		put_text(o, number, false);
		break;
	case MT_FACT_BOOLEAN:
		put_text(o, f->boolean ? "=yes" : "=no", false);
		break;
	case MT_FACT_OBJECT:
	case MT_FACT_ARRAY:
		put(o, '\n');
		mt_fact_each (m, f)
			put_fact(o, m);
		put(o, f->type == MT_FACT_OBJECT ? '}' : ']');
		break;
	}
	put(o, '\n');
}

size_t mt_fact_print(const struct mt_fact *f, char *buf, size_t n)
{
	struct out o = { .buf = buf, .n = n };

	put_fact(&o, f);
	if (n)
		buf[o.used < n ? o.used : n - 1] = '\0';
	return o.used;
}

struct in {
	const char *at, *end;
	unsigned line;
	struct mt_facts build;
	struct mt_fact *open[DEPTH_MAX]; /* objects and arrays not closed yet, outermost first */
	size_t depth;
	struct mt_fact *root;
	struct mt_err *e;
};

static int bad(struct in *in, const char *why)
{
	char subject[32];

	snprintf(subject, sizeof subject, "line %u", in->line);
	return mt_bad(in->e, "facts", subject, "%s", why);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Return: a copy of @n bytes with their escapes resolved; NULL: a bad or missing escape, or no
 * memory (then build.failed is set). */
static char *unescape(struct in *in, const char *s, size_t n)
{
	char *to = mt_pool_copy(in->build.pool, s, n), *at = to;
	const char *end;

	if (!to) {
		in->build.failed = true;
		return NULL;
	}
	for (s = to, end = to + n; s < end;) {
		int high, low;

		if ((unsigned char)*s < 32 || *s == 127)
			return NULL;
		if (*s != '%') {
			*at++ = *s++;
			continue;
		}
		if (end - s < 3)
			return NULL;
		high = hex_digit(s[1]);
		low = hex_digit(s[2]);
		if (high < 0 || low < 0 || !(high | low))
			return NULL;
		*at++ = high << 4 | low;
		s += 3;
	}
	*at = '\0';
	return to;
}

static struct mt_fact *scalar(struct in *in, char mark, const char *name, const char *text)
{
	struct mt_fact *inside = in->depth ? in->open[in->depth - 1] : NULL;
	long long i;
	char *end;

	switch (mark) {
	case '$':
		return mt_fact_string_here(&in->build, inside, name, text);
	case '#':
		errno = 0;
		i = strtoll(text, &end, 10);
		if (errno || end == text || *end || (*text != '-' && hex_digit(*text) < 0))
			return NULL;
		return mt_fact_integer(&in->build, inside, name, i);
	default:
		if (strcmp(text, "yes") && strcmp(text, "no"))
			return NULL;
		return mt_fact_boolean(&in->build, inside, name, *text == 'y');
	}
}

static int open_fact(struct in *in, char mark, const char *name)
{
	struct mt_fact *inside = in->depth ? in->open[in->depth - 1] : NULL;
	struct mt_fact *f = mark == '{' ? mt_fact_object(&in->build, inside, name)
					: mt_fact_array(&in->build, inside, name);

	if (!f)
		return bad(in, "no memory");
	if (in->depth == DEPTH_MAX)
		return bad(in, "nested too deep");
	in->open[in->depth++] = f;
	if (!in->root)
		in->root = f;
	return 0;
}

static int close_fact(struct in *in, char mark, size_t n)
{
	enum mt_fact_type type = mark == '}' ? MT_FACT_OBJECT : MT_FACT_ARRAY;

	if (n || !in->depth || in->open[in->depth - 1]->type != type)
		return bad(in, "closes what is not open");
	in->depth--;
	return 0;
}

static int parse_line(struct in *in, const char *s, size_t n)
{
	char mark = *s++;
	const char *equals = memchr(s, '=', --n);
	char *name, *text = NULL;
	struct mt_fact *f;

	if (memchr(s, '\0', n))
		return bad(in, "NUL byte");
	if (mark == '}' || mark == ']')
		return close_fact(in, mark, n);
	if (!mark || !strchr("$#?{[", mark) || !!equals != !!strchr("$#?", mark))
		return bad(in, "not a fact");
	if (in->root && !in->depth)
		return bad(in, "a second tree");
	name = unescape(in, s, equals ? (size_t)(equals - s) : n);
	if (name && equals)
		text = unescape(in, equals + 1, s + n - equals - 1);
	if (!name || (equals && !text))
		return bad(in, in->build.failed ? "no memory" : "bad %XX, or a byte that needs it");
	if (!equals)
		return open_fact(in, mark, name);
	f = scalar(in, mark, name, text);
	if (!f)
		return bad(in, in->build.failed ? "no memory" : "not a value of its type");
	if (!in->root)
		in->root = f;
	return 0;
}

static int parse(struct in *in)
{
	while (in->at < in->end) {
		const char *nl = memchr(in->at, '\n', in->end - in->at);
		int r;

		in->line++;
		if (!nl || nl == in->at)
			return bad(in, nl ? "empty line" : "cut off");
		r = parse_line(in, in->at, nl - in->at);
		if (r)
			return r;
		in->at = nl + 1;
	}
	if (!in->root || in->depth)
		return bad(in, "cut off");
	return 0;
}

int mt_fact_parse(const char *text, size_t n, struct mt_pool *p, struct mt_fact **root,
		  struct mt_err *e)
{
	struct in in = { .at = text, .end = text + n, .build.pool = p, .e = e };
	int r = parse(&in);

	if (r && in.build.failed)
		r = mt_fail(e, ENOMEM, "facts", NULL, NULL);
	*root = r ? NULL : in.root;
	return r;
}
