/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml_sniff.c - what a document's first bytes say, before libxml2 believes them
 *
 * libxml2 asks iconv for every encoding that it has not built in, and iconv loads a converter from
 * a file: so only those are let through that are built in.
 */
#include "domain/domain.h"
#include "domain/xml.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static int bad(struct mt_err *e, const char *name, size_t line, const char *why)
{
	char subject[sizeof e->subject];

	snprintf(subject, sizeof subject, "%.*s:%zu", (int)sizeof subject - 24, name, line);
	return mt_bad(e, "xml", subject, "%s", why);
}

/* The value of encoding= in an XML declaration, which is ASCII in all that gets here. */
static size_t declared(const char *s, size_t n, const char **value)
{
	const char *end = memmem(s, n, "?>", 2), *at;
	size_t len;

	if (n < 5 || memcmp(s, "<?xml", 5) || !end)
		return 0;
	at = memmem(s, end - s, "encoding", 8);
	if (!at)
		return 0;
	at += 8;
	at += strspn(at, " \t\r\n");
	if (*at++ != '=')
		return 0;
	at += strspn(at, " \t\r\n");
	if (*at != '\'' && *at != '"')
		return 0;
	len = strcspn(at + 1, "'\"?");
	*value = at + 1;
	return len;
}

static int by_name(const char *s, size_t n, const char *name, enum mt_xml_encoding *encoding,
		   struct mt_err *e)
{
	static const struct {
		const char *name;
		enum mt_xml_encoding encoding;
	} known[] = {
		{ "UTF-8", MT_XML_UTF8 },
		{ "US-ASCII", MT_XML_LATIN1 },
		{ "ASCII", MT_XML_LATIN1 },
		{ "ISO-8859-1", MT_XML_LATIN1 },
	};
	const char *said = NULL;
	size_t len = declared(s, n, &said);

	*encoding = MT_XML_UTF8;
	if (!len)
		return 0;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (len == strlen(known[i].name) && !strncasecmp(said, known[i].name, len)) {
			*encoding = known[i].encoding;
			return 0;
		}
	return bad(e, name, 1, "<?xml encoding=?>: must be UTF-8, ISO-8859-1 or US-ASCII");
}

int mt_xml_sniff(const char *bytes, size_t n, const char *name, enum mt_xml_encoding *encoding,
		 struct mt_err *e)
{
	const unsigned char *b = (const unsigned char *)bytes;
	const char *nul;
	size_t line = 1;

	if (n > MT_DOMAIN_BYTES_MAX)
		return bad(e, name, 1, "larger than 8 MiB");
	if (!n)
		return bad(e, name, 1, "empty");
	if (n >= 4 && ((b[0] == 0xff && b[1] == 0xfe) || (b[0] == 0xfe && b[1] == 0xff)) &&
	    (b[2] || b[3])) {
		*encoding = MT_XML_UTF16;
		return 0;
	}
	nul = memchr(bytes, '\0', n);
	if (nul) {
		for (const char *s = bytes; s < nul; s++)
			line += *s == '\n';
		return bad(e, name, line, "NUL byte: must be UTF-8, or UTF-16 with its mark");
	}
	if (n >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3)) {
		bytes += 3;
		n -= 3;
	}
	if (n && *bytes != '<' && !strchr(" \t\r\n", *bytes))
		return bad(e, name, 1, "does not start with <");
	return by_name(bytes, n, name, encoding, e);
}
