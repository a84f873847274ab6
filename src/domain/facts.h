/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * facts.h - what a document says, as a tree of strings, integers, booleans, objects and arrays
 *
 * The tree is all that the rest of moontap sees of a domain's XML: it is what a policy gets, what
 * crosses the pipe from the unprivileged evaluator as text, and what is remembered in a file.
 * Everything lives in one pool; members keep the order in which they were added.
 */
#ifndef MT_DOMAIN_FACTS_H
#define MT_DOMAIN_FACTS_H

#include "base/err.h"
#include "base/pool.h"

#include <stdbool.h>
#include <stdint.h>

enum mt_fact_type {
	MT_FACT_STRING,
	MT_FACT_INTEGER,
	MT_FACT_BOOLEAN,
	MT_FACT_OBJECT,
	MT_FACT_ARRAY,
};

struct mt_fact {
	struct mt_fact *next; /* the next one in the same object or array */
	const char *name;     /* "" in an array and at the root */
	enum mt_fact_type type;
	union {
		const char *string;
		int64_t integer;
		bool boolean;
		struct {
			struct mt_fact *first, *last;
			size_t n;
		} in; /* of an object or array */
	};
};

/* The builder of a tree. Its user checks .failed once, at the end. */
struct mt_facts {
	struct mt_pool *pool;
	bool failed;  /* no memory, or the pool's limit: nothing is added any more */
	bool no_rule; /* what is wrong is wrong by no libvirt's rules: it is moontap's metadata */
};

/* Walk the members of an object or array. */
#define mt_fact_each(f, of) for (struct mt_fact *f = (of)->in.first; f; f = f->next)

/**
 * mt_fact_object() - add an empty object
 * @b:		the builder
 * @in:		the object or array that it becomes the last member of; NULL: a root
 * @name:	its name in an object; "" in an array; kept as long as the pool
 *
 * mt_fact_array(), mt_fact_string() (which copies the string), mt_fact_string_here() (which borrows
 * it as long as the pool lives), mt_fact_integer() and mt_fact_boolean() are alike. None checks
 * whether the object has a member of that name already.
 *
 * Return: the fact, or NULL, with @b->failed set; a failed builder adds nothing, whatever @in is.
 */
struct mt_fact *mt_fact_object(struct mt_facts *b, struct mt_fact *in, const char *name);
struct mt_fact *mt_fact_array(struct mt_facts *b, struct mt_fact *in, const char *name);
struct mt_fact *mt_fact_string(struct mt_facts *b, struct mt_fact *in, const char *name,
			       const char *s);
struct mt_fact *mt_fact_string_here(struct mt_facts *b, struct mt_fact *in, const char *name,
				    const char *s);
struct mt_fact *mt_fact_integer(struct mt_facts *b, struct mt_fact *in, const char *name,
				int64_t i);
struct mt_fact *mt_fact_boolean(struct mt_facts *b, struct mt_fact *in, const char *name, bool yes);

/**
 * mt_fact_object_at() - the object at a path of @n bytes, "driver.host", created where absent
 *
 * Return: the object, @object itself for an empty path; or NULL, with @b->failed set.
 */
struct mt_fact *mt_fact_object_at(struct mt_facts *b, struct mt_fact *object, const char *path,
				  size_t n);

/** mt_fact_append() - add a fact without a parent to @in, as its last member */
void mt_fact_append(struct mt_fact *in, struct mt_fact *f);

/** mt_fact_get() - the member @name of an object; NULL: none, or @object is NULL or no object */
struct mt_fact *mt_fact_get(const struct mt_fact *object, const char *name);

/** mt_fact_at() - the same for a path, "target.dev" */
struct mt_fact *mt_fact_at(const struct mt_fact *object, const char *path);

/** mt_fact_text_at() - the string at a path; NULL: none there */
const char *mt_fact_text_at(const struct mt_fact *object, const char *path);

/** mt_fact_true_at() - whether the boolean at a path is there and true */
bool mt_fact_true_at(const struct mt_fact *object, const char *path);

/**
 * mt_fact_print() - a tree as text, for a pipe or a file
 * @f:		the root
 * @buf:	gets at most @n bytes, a NUL among them; may be NULL when @n is 0
 *
 * One line a fact: `$name=text`, `#name=42`, `?name=yes`, `{name` … `}`, `[name` … `]`; in names
 * and texts %, control bytes and (in names) = are %XX.
 *
 * Return: the bytes that the whole text has, without the NUL: more than @n - 1 when cut.
 */
size_t mt_fact_print(const struct mt_fact *f, char *buf, size_t n);

/**
 * mt_fact_parse() - the tree that mt_fact_print() wrote
 * @text, @n:	the text, whole: one tree and nothing after it
 * @p:		where the tree goes; its limit bounds it
 * @root:	out; NULL on failure
 * @e:		out: filled on failure, the subject names the line
 *
 * Return: 0, -EINVAL for a text that mt_fact_print() does not write, or -ENOMEM.
 */
int mt_fact_parse(const char *text, size_t n, struct mt_pool *p, struct mt_fact **root,
		  struct mt_err *e);

#endif
