/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xml.h - what the files of the XML module share */
#ifndef MT_DOMAIN_XML_XML_H
#define MT_DOMAIN_XML_XML_H

#include "domain/element.h"

#include <libxml/xmlerror.h>
#include <libxml/xmlversion.h>

/* What an xmlStructuredErrorFunc is given: libxml2 2.12 made it const. */
#if LIBXML_VERSION >= 21200
typedef const xmlError mt_xml_error;
#else
typedef xmlError mt_xml_error;
#endif

/* What libxml2 gets to see. */
struct mt_xml_text {
	const char *bytes; /* UTF-8 */
	size_t n;
	bool converted; /* positions in bytes are not positions in the document */
};

/**
 * mt_xml_sniff() - convert a document to UTF-8, or refuse what libxml2 should not see
 * @p:		where the text goes, if it is not @bytes
 * @text:	out: borrows @bytes, or is kept as long as @p
 *
 * It decides by size, NUL bytes, the first bytes, and the name in <?xml encoding=?>.
 *
 * Return: 0; -EINVAL or -ENOMEM with @e filled.
 */
int mt_xml_sniff(const char *bytes, size_t n, const char *name, struct mt_pool *p,
		 struct mt_xml_text *text, struct mt_err *e);

/** mt_xml_parse() - a document as a tree of elements: struct mt_xml has it, too */
int mt_xml_parse(const char *bytes, size_t n, const char *name, struct mt_pool *p,
		 struct mt_element **root, struct mt_err *e);

/** mt_xml_schema_open(), _close(), mt_xml_validate() - see mt_domain_validate() */
void *mt_xml_schema_open(const char *rng, struct mt_err *e);
void mt_xml_schema_close(void *schema);
int mt_xml_validate(void *schema, const char *bytes, size_t n, const char *name, struct mt_err *e);

#endif
