/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml_parse.c - XML to elements, by libxml2's SAX
 *
 * Why SAX: no second tree beside ours, memory is bounded by the pool, a DTD is refused before it
 * is read, lines are counted beyond 65535, and the parser says where in the bytes it is.
 *
 * libxml2 opens no file here: not for a DTD, which is refused, nor for a converter, since it gets
 * UTF-8 only (xml_sniff.c).
 */
#include "domain/domain.h"
#include "domain/element.h"
#include "domain/xml/xml.h"

#include <errno.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define NAMES 256 /* a power of two */

struct reading {
	xmlParserCtxtPtr parser;
	const char *bytes, *name;
	size_t n;
	bool positions;
	struct mt_pool *pool;
	struct mt_element *root, *open;
	size_t depth;
	char *text; /* all character data so far; an element's is a slice of it */
	size_t text_n, text_size;
	/* libxml2 has each name in memory once: the pointer to it finds our copy. */
	struct {
		const xmlChar *of;
		const char *copy;
	} names[NAMES];
	bool stopped; /* an error ended the parsing, and e is filled */
	struct mt_err *e;
};

static void stop(struct reading *r, const char *why)
{
	char subject[sizeof r->e->subject];

	if (r->stopped)
		return;
	r->stopped = true;
	snprintf(subject, sizeof subject, "%.*s:%d", (int)sizeof subject - 16, r->name,
		 r->parser->input ? r->parser->input->line : 0);
	mt_bad(r->e, "xml", subject, "%s", why);
	xmlStopParser(r->parser);
}

static void *alloc(struct reading *r, size_t n)
{
	void *got = r->stopped ? NULL : mt_pool_alloc(r->pool, n);

	if (!got)
		stop(r, "too large: more memory than a domain may take");
	return got;
}

static const char *copy(struct reading *r, const xmlChar *s, size_t n)
{
	char *c = alloc(r, n + 1);

	return c ? memcpy(c, s, n) : NULL;
}

static const char *name_copy(struct reading *r, const xmlChar *s)
{
	size_t slot = ((uintptr_t)s >> 2 ^ (uintptr_t)s >> 10) & (NAMES - 1);

	if (!s)
		return NULL;
	if (r->names[slot].of != s) {
		r->names[slot].of = s;
		r->names[slot].copy = copy(r, s, strlen((const char *)s));
	}
	return r->names[slot].copy;
}

/* A prefix that was never declared is part of the name, as in libxml2's own tree. */
static const char *full_name(struct reading *r, const xmlChar *prefix, const xmlChar *uri,
			     const xmlChar *local)
{
	size_t n;
	char *c;

	if (!prefix || uri)
		return name_copy(r, local);
	n = strlen((const char *)prefix) + strlen((const char *)local) + 2;
	c = alloc(r, n);
	if (c)
		snprintf(c, n, "%s:%s", prefix, local);
	return c;
}

static void add_attributes(struct reading *r, struct mt_element *el, int n, const xmlChar **a)
{
	struct mt_attribute **to = &el->attributes;

	for (; n > 0; n--, a += 5) { /* local name, prefix, URI, value, its end */
		struct mt_attribute *attr = alloc(r, sizeof *attr);

		if (!attr)
			return;
		attr->name = full_name(r, a[1], a[2], a[0]);
		attr->ns = name_copy(r, a[2]);
		attr->value = copy(r, a[3], a[4] - a[3]);
		if (r->stopped)
			return;
		*to = attr;
		to = &attr->next;
	}
}

static size_t position(const struct reading *r)
{
	return r->parser->input->consumed + (r->parser->input->cur - r->parser->input->base);
}

/* In a start tag's callback the parser is before the tag's > or />; a tag has no < inside. */
static void place(struct reading *r, struct mt_element *el)
{
	size_t at = position(r);

	if (at >= r->n) /* not known to happen; the element then cannot be rewritten */
		return;
	el->open_end = at + (r->bytes[at] == '/' ? 2 : 1);
	while (at && r->bytes[at] != '<')
		at--;
	el->start = at;
}

static void on_start(void *state, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
		     int nns, const xmlChar **ns, int nattributes, int ndefaulted,
		     const xmlChar **attributes)
{
	struct reading *r = state;
	struct mt_element *el;

	(void)nns, (void)ns, (void)ndefaulted;
	if (r->stopped)
		return;
	if (r->depth == MT_XML_DEPTH_MAX) {
		stop(r, "elements nested deeper than 256");
		return;
	}
	el = alloc(r, sizeof *el);
	if (!el)
		return;
	el->name = full_name(r, prefix, uri, name);
	el->ns = name_copy(r, uri);
	el->line = r->parser->input->line;
	el->text = r->text + r->text_n;
	if (r->positions)
		place(r, el);
	add_attributes(r, el, nattributes, attributes);
	if (r->stopped)
		return;
	el->parent = r->open;
	if (!r->open)
		r->root = el;
	else if (r->open->last)
		r->open->last->next = el;
	else
		r->open->first = el;
	if (r->open)
		r->open->last = el;
	r->open = el;
	r->depth++;
}

static void on_end(void *state, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct reading *r = state;
	struct mt_element *el = r->open;

	(void)name, (void)prefix, (void)uri;
	if (r->stopped || !el)
		return;
	if (r->positions)
		el->end = position(r);
	el->text_n = r->text + r->text_n - el->text;
	r->open = el->parent;
	r->depth--;
}

static void on_text(void *state, const xmlChar *s, int n)
{
	struct reading *r = state;

	if (r->stopped || !r->open || n <= 0)
		return;
	if ((size_t)n > r->text_size - r->text_n) {
		stop(r, "more text than the document has bytes");
		return;
	}
	memcpy(r->text + r->text_n, s, n);
	r->text_n += n;
}

static void on_doctype(void *state, const xmlChar *name, const xmlChar *external,
		       const xmlChar *system)
{
	(void)name, (void)external, (void)system;
	stop(state, "<!DOCTYPE>: a domain has no document type, entities neither");
}

static void on_error(void *state, mt_xml_error *error)
{
	struct reading *r = state;
	char subject[sizeof r->e->subject];

	if (r->stopped || error->level < XML_ERR_FATAL)
		return;
	r->stopped = true;
	snprintf(subject, sizeof subject, "%.*s:%d", (int)sizeof subject - 16, r->name,
		 error->line || !r->parser->input ? error->line : r->parser->input->line);
	mt_bad(r->e, "xml", subject, "not well-formed: %.*s",
	       (int)strcspn(error->message ? error->message : "?", "\n"),
	       error->message ? error->message : "?");
}

static void listen(struct reading *r)
{
	xmlSAXHandler *sax = r->parser->sax;

	memset(sax, 0, sizeof *sax);
	sax->initialized = XML_SAX2_MAGIC;
	sax->startElementNs = on_start;
	sax->endElementNs = on_end;
	sax->characters = sax->ignorableWhitespace = sax->cdataBlock = on_text;
	sax->internalSubset = on_doctype;
	sax->serror = on_error;
	r->parser->userData = r;
}

static int parse_text(struct reading *r)
{
	int options =
		XML_PARSE_NONET | XML_PARSE_NOWARNING | XML_PARSE_COMPACT | XML_PARSE_IGNORE_ENC;
	xmlStructuredErrorFunc theirs = xmlStructuredError;
	void *their_state = xmlStructuredErrorContext;

	r->text_size = r->n;
	r->text = mt_pool_alloc(r->pool, r->text_size);
	r->parser = r->text ? xmlCreateMemoryParserCtxt(r->bytes, r->n) : NULL;
	if (!r->parser)
		return mt_fail(r->e, ENOMEM, "xml", r->name, NULL);
	xmlCtxtUseOptions(r->parser, options);
	listen(r);
	/* libxml2 reports a failed conversion to the global handler only, which would print it. */
	xmlSetStructuredErrorFunc(r, on_error);
	xmlParseDocument(r->parser);
	xmlSetStructuredErrorFunc(their_state, theirs);
	if (!r->stopped && (!r->parser->wellFormed || !r->root))
		stop(r, "not well-formed");
	xmlFreeParserCtxt(r->parser);
	return r->stopped ? -r->e->code : 0;
}

int mt_xml_parse(const char *bytes, size_t n, const char *name, struct mt_pool *p,
		 struct mt_element **root, struct mt_err *e)
{
	struct reading r = { .name = name, .pool = p, .e = e };
	struct mt_xml_text text;
	int failed;

	*root = NULL;
	failed = mt_xml_sniff(bytes, n, name, p, &text, e);
	if (failed)
		return failed;
	r.bytes = text.bytes;
	r.n = text.n;
	r.positions = !text.converted;
	failed = parse_text(&r);
	if (!failed)
		*root = r.root;
	return failed;
}
