/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * element.h - an XML document as a tree of elements, and the module that makes it
 *
 * The module knows XML and nothing of domains; the rest of domain/ knows domains and nothing of
 * libxml2. The tree, its strings included, lives in the pool given to parse().
 */
#ifndef MT_DOMAIN_ELEMENT_H
#define MT_DOMAIN_ELEMENT_H

#include "base/err.h"
#include "base/pool.h"

#include <stdbool.h>
#include <stddef.h>

#define MT_XML_DEPTH_MAX 256
#define MT_XML_ABI	 1

struct mt_attribute {
	struct mt_attribute *next;
	const char *ns; /* the namespace's URI, or NULL */
	const char *name;
	const char *value;
};

struct mt_element {
	struct mt_element *parent, *next, *first, *last; /* children; no other nodes are kept */
	struct mt_attribute *attributes;
	const char *ns; /* the namespace's URI, or NULL */
	const char *name;
	const char *text; /* all character data below it; text_n bytes, not terminated */
	size_t text_n;
	size_t line;
	size_t start, open_end; /* offsets of its start tag: of <, and after >; 0, 0: not known */
	size_t end;		/* offset after its end tag */
};

#define mt_element_each(c, of) for (struct mt_element *c = (of)->first; c; c = c->next)

struct mt_xml {
	unsigned abi;

	/**
	 * parse() - bytes to elements
	 * @bytes, @n:	the document: UTF-8, US-ASCII, ISO-8859-1, or UTF-16 with a byte order mark
	 * @name:	for messages
	 * @p:		where the tree goes; its limit bounds it
	 * @root:	out; NULL on failure
	 * @e:		out: filled on failure
	 *
	 * Byte positions are known when the document is UTF-8 or has ASCII bytes only.
	 *
	 * Return: 0; -EINVAL: not well-formed, a DTD, too large, too deep, another encoding, or
	 * more than @p's limit; -ENOMEM.
	 */
	int (*parse)(const char *bytes, size_t n, const char *name, struct mt_pool *p,
		     struct mt_element **root, struct mt_err *e);

	/** schema_open(), schema_close(), validate() - see mt_domain_validate() */
	void *(*schema_open)(const char *rng, struct mt_err *e);
	void (*schema_close)(void *schema);
	int (*validate)(void *schema, const char *bytes, size_t n, const char *name,
			struct mt_err *e);
};

/* The one symbol that the module exports. */
extern const struct mt_xml mt_xml_module;

/* An attribute by its name in any namespace, as xmlGetProp() finds it; NULL: none. */
const char *mt_element_get(const struct mt_element *el, const char *name);

/* The first child of this name, without namespace, as XPath's ./name finds it; NULL: none. */
struct mt_element *mt_element_child(const struct mt_element *el, const char *name);

/* The next sibling of the same name and without namespace; NULL: none. */
struct mt_element *mt_element_again(const struct mt_element *el);

/* Fill an error about an element: the subject is "web.xml:12". Returns -EINVAL. */
int mt_element_bad(struct mt_err *e, const char *file, const struct mt_element *el, const char *fmt,
		   ...) __attribute__((format(printf, 4, 5)));

#endif
