/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml_sniff.c - convert a document to UTF-8, by its first bytes
 *
 * libxml2 gets UTF-8 only, and is told to ignore the declaration: which encodings it has built in
 * depends on how it was built, and for the others iconv would load a converter from a file.
 */
#include "domain/domain.h"
#include "domain/xml/xml.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum encoding { UTF8, ASCII, LATIN1, UTF16 };

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
	*value = at + 1;
	return strcspn(at + 1, "'\"?");
}

/* IANA's names, and the aliases that documents use. */
static int by_name(const char *s, size_t n, const char *name, enum encoding *encoding,
		   struct mt_err *e)
{
	static const struct {
		const char *name;
		enum encoding encoding;
	} known[] = {
		{ "UTF-8", UTF8 },  { "UTF8", UTF8 },	      { "US-ASCII", ASCII },
		{ "ASCII", ASCII }, { "ISO-8859-1", LATIN1 }, { "ISO-LATIN-1", LATIN1 },
	};
	const char *said = NULL;
	size_t len = declared(s, n, &said);

	*encoding = UTF8;
	if (!len)
		return 0;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (len == strlen(known[i].name) && !strncasecmp(said, known[i].name, len)) {
			*encoding = known[i].encoding;
			return 0;
		}
	return bad(e, name, 1,
		   "<?xml encoding=?>: must be UTF-8, ISO-8859-1 or US-ASCII; or UTF-16 with its "
		   "mark");
}

static char *put(char *to, uint32_t c)
{
	if (c < 0x80) {
		*to++ = (char)c;
		return to;
	}
	if (c < 0x800) {
		*to++ = (char)(0xc0 | c >> 6);
	} else if (c < 0x10000) {
		*to++ = (char)(0xe0 | c >> 12);
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
	} else {
		*to++ = (char)(0xf0 | c >> 18);
		*to++ = (char)(0x80 | (c >> 12 & 0x3f));
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
	}
	*to++ = (char)(0x80 | (c & 0x3f));
	return to;
}

/* A surrogate without its other half is converted alone: libxml2 refuses it as invalid UTF-8. */
static char *from_utf16(const unsigned char *b, size_t n, char *to)
{
	int high = b[0] == 0xff, low = !high; /* offsets in a unit, by the byte order mark */

	for (size_t i = 2; i + 1 < n; i += 2) {
		uint32_t c = (uint32_t)b[i + high] << 8 | b[i + low], d;

		if (c >= 0xd800 && c < 0xdc00 && i + 3 < n) {
			d = (uint32_t)b[i + 2 + high] << 8 | b[i + 2 + low];
			if (d >= 0xdc00 && d < 0xe000) {
				c = 0x10000 + ((c - 0xd800) << 10) + (d - 0xdc00);
				i += 2;
			}
		}
		to = put(to, c);
	}
	return to;
}

static char *from_latin1(const unsigned char *b, size_t n, char *to)
{
	for (size_t i = 0; i < n; i++)
		to = put(to, b[i]);
	return to;
}

static size_t line_of(const char *bytes, const char *at)
{
	size_t line = 1;

	for (const char *s = bytes; s < at; s++)
		line += *s == '\n';
	return line;
}

static const char *beyond_ascii(const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)bytes[i] > 127)
			return bytes + i;
	return NULL;
}

/* Twice the room is enough: two bytes of UTF-16 become three at most, one of Latin-1 two. */
static int convert(const char *bytes, size_t n, enum encoding from, struct mt_pool *p,
		   struct mt_xml_text *text)
{
	char *to = mt_pool_alloc(p, 2 * n + 1), *end;

	if (!to)
		return -ENOMEM;
	end = from == UTF16 ? from_utf16((const unsigned char *)bytes, n, to)
			    : from_latin1((const unsigned char *)bytes, n, to);
	*text = (struct mt_xml_text){ to, (size_t)(end - to), true };
	return 0;
}

/* The byte order mark decides; the declaration is ignored. */
static int sniff_utf16(const char *bytes, size_t n, const char *name, struct mt_pool *p,
		       struct mt_xml_text *text, struct mt_err *e)
{
	if (convert(bytes, n, UTF16, p, text))
		return mt_fail(e, ENOMEM, "xml", name, NULL);
	if (memchr(text->bytes, '\0', text->n))
		return bad(e, name, 1, "a character 0");
	return 0;
}

int mt_xml_sniff(const char *bytes, size_t n, const char *name, struct mt_pool *p,
		 struct mt_xml_text *text, struct mt_err *e)
{
	const unsigned char *b = (const unsigned char *)bytes;
	enum encoding encoding;
	const char *at;
	size_t mark = 0;

	*text = (struct mt_xml_text){ bytes, n, false };
	if (n > MT_DOMAIN_BYTES_MAX)
		return bad(e, name, 1, "larger than 8 MiB");
	if (!n)
		return bad(e, name, 1, "empty");
	if (n >= 4 && ((b[0] == 0xff && b[1] == 0xfe) || (b[0] == 0xfe && b[1] == 0xff)) &&
	    (b[2] || b[3]))
		return sniff_utf16(bytes, n, name, p, text, e);
	at = memchr(bytes, '\0', n);
	if (at)
		return bad(e, name, line_of(bytes, at),
			   "NUL byte: must be UTF-8, or UTF-16 with its mark");
	if (n >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3))
		mark = 3;
	if (n > mark && bytes[mark] != '<' && !strchr(" \t\r\n", bytes[mark]))
		return bad(e, name, 1, "does not start with <");
	if (by_name(bytes + mark, n - mark, name, &encoding, e))
		return -e->code;
	at = encoding == UTF8 || mark ? NULL : beyond_ascii(bytes, n);
	if (!at) /* what is ASCII is UTF-8 */
		return 0;
	if (encoding == ASCII)
		return bad(e, name, line_of(bytes, at), "a byte that is no US-ASCII");
	return convert(bytes, n, LATIN1, p, text) ? mt_fail(e, ENOMEM, "xml", name, NULL) : 0;
}
