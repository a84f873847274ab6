/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tag.h - where the attributes of one start tag are, in a document's bytes */
#ifndef MT_DOMAIN_TAG_H
#define MT_DOMAIN_TAG_H

#include "domain/element.h"

#include <stdbool.h>
#include <stddef.h>

/* Positions in the document. */
struct mt_tag_attribute {
	size_t before;	   /* where the white space before it starts */
	size_t value, end; /* the value, and its closing quote */
	bool found;
};

struct mt_tag {
	size_t name_end; /* after the element's name */
	size_t last_end; /* after the last attribute, or the name */
	size_t n;	 /* attributes, xmlns declarations among them */
	char quote;	 /* of the last attribute; ' when there is none */
	bool closed;	 /* ends with /> */
	struct mt_tag_attribute dev, managed;
};

/**
 * mt_tag_read() - find the attributes in the start tag of an element
 * @bytes:	a well-formed document in UTF-8
 *
 * Of several attributes of one name in different namespaces the first counts, as for
 * mt_element_get().
 *
 * Return: whether the tag is where @el says; false leaves @tag undefined.
 */
bool mt_tag_read(const char *bytes, size_t n, const struct mt_element *el, struct mt_tag *tag);

#endif
