/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* element.c - find elements as XPath does, and attributes as xmlGetProp() does */
#include "domain/element.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *mt_element_get(const struct mt_element *el, const char *name)
{
	for (const struct mt_attribute *a = el->attributes; a; a = a->next)
		if (*a->name == *name && !strcmp(a->name, name))
			return a->value;
	return NULL;
}

static struct mt_element *named(struct mt_element *el, const char *name)
{
	while (el && (*el->name != *name || el->ns || strcmp(el->name, name)))
		el = el->next;
	return el;
}

struct mt_element *mt_element_child(const struct mt_element *el, const char *name)
{
	return named(el->first, name);
}

struct mt_element *mt_element_again(const struct mt_element *el)
{
	return named(el->next, el->name);
}

int mt_element_bad(struct mt_err *e, const char *file, const struct mt_element *el, const char *fmt,
		   ...)
{
	char subject[sizeof e->subject], text[sizeof e->text];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	snprintf(subject, sizeof subject, "%.*s:%zu", (int)sizeof subject - 24, file, el->line);
	return mt_bad(e, "xml", subject, "%s", text);
}
