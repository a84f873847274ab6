/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xml_schema.c - a document against a RELAX NG schema; reads the schema's files */
#include "domain/domain.h"
#include "domain/xml/xml.h"

#include <errno.h>
#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <stdio.h>
#include <string.h>

/* The first error is the cause; what follows are its consequences. */
struct complaint {
	const char *op, *name;
	struct mt_err *e;
};

static void complain(void *state, mt_xml_error *error)
{
	struct complaint *c = state;
	char subject[sizeof c->e->subject];

	if (c->e->code || error->level < XML_ERR_ERROR)
		return;
	snprintf(subject, sizeof subject, "%.*s:%d", (int)sizeof subject - 16, c->name,
		 error->line);
	mt_bad(c->e, c->op, subject, "%.*s", (int)strcspn(error->message, "\n"), error->message);
}

/* An <include> or <externalRef> may name a URL: root's process fetches none. From 2.15 on libxml2
 * cannot. */
static xmlRelaxNGPtr parse_local(xmlRelaxNGParserCtxtPtr parser)
{
#if LIBXML_VERSION < 21500
	xmlExternalEntityLoader theirs = xmlGetExternalEntityLoader();
	xmlRelaxNGPtr schema;

	xmlSetExternalEntityLoader(xmlNoNetExternalEntityLoader);
	schema = xmlRelaxNGParse(parser);
	xmlSetExternalEntityLoader(theirs);
	return schema;
#else
	return xmlRelaxNGParse(parser);
#endif
}

void *mt_xml_schema_open(const char *rng, struct mt_err *e)
{
	struct complaint c = { "schema", rng, e };
	xmlRelaxNGParserCtxtPtr parser = xmlRelaxNGNewParserCtxt(rng);
	xmlStructuredErrorFunc theirs = xmlStructuredError;
	void *their_state = xmlStructuredErrorContext;
	xmlRelaxNGPtr schema = NULL;

	e->code = 0;
	if (parser) {
		xmlRelaxNGSetParserStructuredErrors(parser, complain, &c);
		/* libxml2 reads the files by another parser: the global handler gets its errors. */
		xmlSetStructuredErrorFunc(&c, complain);
		schema = parse_local(parser);
		xmlSetStructuredErrorFunc(their_state, theirs);
		xmlRelaxNGFreeParserCtxt(parser);
	}
	if (!schema && !e->code)
		mt_bad(e, "schema", rng, "cannot be read");
	return schema;
}

void mt_xml_schema_close(void *schema)
{
	xmlRelaxNGFree(schema);
}

static void check(xmlRelaxNGPtr schema, const char *bytes, size_t n, const char *name,
		  struct mt_err *e)
{
	struct complaint c = { "xml", name, e };
	xmlRelaxNGValidCtxtPtr valid = xmlRelaxNGNewValidCtxt(schema);
	int options =
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC;
	xmlDocPtr doc = xmlReadMemory(bytes, n, name, NULL, options);

	if (valid && doc) {
		xmlRelaxNGSetValidStructuredErrors(valid, complain, &c);
		if (xmlRelaxNGValidateDoc(valid, doc) && !e->code)
			mt_bad(e, "xml", name, "refused by the schema");
	} else {
		mt_fail(e, ENOMEM, "xml", name, NULL);
	}
	xmlFreeDoc(doc);
	xmlRelaxNGFreeValidCtxt(valid);
}

int mt_xml_validate(void *schema, const char *bytes, size_t n, const char *name, struct mt_err *e)
{
	struct mt_pool p = { .limit = 256ul << 20 };
	struct mt_xml_text text;
	struct mt_element *root;
	/* Refuse a DTD, and what is too large or too deep, before libxml2 builds its own tree. */
	int r = mt_xml_parse(bytes, n, name, &p, &root, e);

	if (!r)
		r = mt_xml_sniff(bytes, n, name, &p, &text, e);
	if (!r) {
		e->code = 0;
		check(schema, text.bytes, text.n, name, e);
		r = -e->code;
	}
	mt_pool_free(&p);
	return r;
}
