/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* facts.c - building a tree of facts, and finding one in it */
#include "domain/facts.h"

#include <string.h>

void mt_fact_append(struct mt_fact *in, struct mt_fact *f)
{
	f->next = NULL;
	if (in->in.last)
		in->in.last->next = f;
	else
		in->in.first = f;
	in->in.last = f;
	in->in.n++;
}

static struct mt_fact *add(struct mt_facts *b, struct mt_fact *in, const char *name,
			   enum mt_fact_type type)
{
	struct mt_fact *f = b->failed ? NULL : mt_pool_alloc(b->pool, sizeof *f);

	if (!f) {
		b->failed = true;
		return NULL;
	}
	f->name = name;
	f->type = type;
	if (in)
		mt_fact_append(in, f);
	return f;
}

struct mt_fact *mt_fact_object(struct mt_facts *b, struct mt_fact *in, const char *name)
{
	return add(b, in, name, MT_FACT_OBJECT);
}

struct mt_fact *mt_fact_array(struct mt_facts *b, struct mt_fact *in, const char *name)
{
	return add(b, in, name, MT_FACT_ARRAY);
}

struct mt_fact *mt_fact_string(struct mt_facts *b, struct mt_fact *in, const char *name,
			       const char *s)
{
	char *copy = b->failed ? NULL : mt_pool_copy(b->pool, s, strlen(s));

	if (copy)
		return mt_fact_string_here(b, in, name, copy);
	b->failed = true;
	return NULL;
}

struct mt_fact *mt_fact_string_here(struct mt_facts *b, struct mt_fact *in, const char *name,
				    const char *s)
{
	struct mt_fact *f = add(b, in, name, MT_FACT_STRING);

	if (f)
		f->string = s;
	return f;
}

struct mt_fact *mt_fact_integer(struct mt_facts *b, struct mt_fact *in, const char *name, int64_t i)
{
	struct mt_fact *f = add(b, in, name, MT_FACT_INTEGER);

	if (f)
		f->integer = i;
	return f;
}

struct mt_fact *mt_fact_boolean(struct mt_facts *b, struct mt_fact *in, const char *name, bool yes)
{
	struct mt_fact *f = add(b, in, name, MT_FACT_BOOLEAN);

	if (f)
		f->boolean = yes;
	return f;
}

static struct mt_fact *member(const struct mt_fact *object, const char *name, size_t n)
{
	if (!object || object->type != MT_FACT_OBJECT)
		return NULL;
	mt_fact_each (f, object)
		if (*f->name == *name && !strncmp(f->name, name, n) && !f->name[n])
			return f;
	return NULL;
}

struct mt_fact *mt_fact_get(const struct mt_fact *object, const char *name)
{
	return member(object, name, strlen(name));
}

struct mt_fact *mt_fact_at(const struct mt_fact *object, const char *path)
{
	size_t n = strcspn(path, ".");
	struct mt_fact *f = member(object, path, n);

	return f && path[n] ? mt_fact_at(f, path + n + 1) : f;
}

struct mt_fact *mt_fact_object_at(struct mt_facts *b, struct mt_fact *object, const char *path,
				  size_t n)
{
	const char *end = path + n;

	while (object && path < end) {
		const char *dot = memchr(path, '.', end - path);
		size_t len = (dot ? dot : end) - path;
		struct mt_fact *f = member(object, path, len);

		if (!f && !b->failed) {
			const char *name = mt_pool_copy(b->pool, path, len);

			b->failed = !name;
			f = mt_fact_object(b, object, name);
		}
		object = f;
		path += len + 1;
	}
	return object;
}

const char *mt_fact_text_at(const struct mt_fact *object, const char *path)
{
	const struct mt_fact *f = mt_fact_at(object, path);

	return f && f->type == MT_FACT_STRING ? f->string : NULL;
}

bool mt_fact_true_at(const struct mt_fact *object, const char *path)
{
	const struct mt_fact *f = mt_fact_at(object, path);

	return f && f->type == MT_FACT_BOOLEAN && f->boolean;
}
