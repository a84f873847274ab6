/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tag.c - the attributes of one start tag, in a document's bytes
 *
 * libxml2 has found the tag to be well-formed: all that is left is names, blanks, = and quotes.
 * Positions are still checked at each step: a wrong one must end in a refusal.
 */
#include "domain/tag.h"

#include <string.h>

static size_t blanks(const char *bytes, size_t at, size_t end)
{
	while (at < end && strchr(" \t\r\n", bytes[at]))
		at++;
	return at;
}

static size_t name(const char *bytes, size_t at, size_t end)
{
	while (at < end && !strchr(" \t\r\n=/>", bytes[at]))
		at++;
	return at;
}

/* Whether an attribute's name, without a prefix, is @what; an xmlns declaration's never is. */
static bool called(const char *bytes, size_t from, size_t to, const char *what)
{
	const char *colon = memchr(bytes + from, ':', to - from);

	if (to - from >= 5 && !memcmp(bytes + from, "xmlns", 5))
		return false;
	if (colon)
		from = colon + 1 - bytes;
	return to - from == strlen(what) && !memcmp(bytes + from, what, to - from);
}

/* One attribute at @at, which is no blank. Return: the position after it; 0: there is none. */
static size_t attribute(const char *bytes, size_t before, size_t at, size_t end, struct mt_tag *tag)
{
	struct mt_tag_attribute a = { .before = before, .found = true };
	size_t to = name(bytes, at, end), quote = blanks(bytes, to, end);
	const char *close;

	if (to == at || quote == end || bytes[quote] != '=')
		return 0;
	quote = blanks(bytes, quote + 1, end);
	if (quote == end || (bytes[quote] != '\'' && bytes[quote] != '"'))
		return 0;
	close = memchr(bytes + quote + 1, bytes[quote], end - quote - 1);
	if (!close)
		return 0;
	a.value = quote + 1;
	a.end = close - bytes;
	if (called(bytes, at, to, "dev") && !tag->dev.found)
		tag->dev = a;
	if (called(bytes, at, to, "managed") && !tag->managed.found)
		tag->managed = a;
	tag->quote = bytes[quote];
	tag->n++;
	return a.end + 1;
}

bool mt_tag_read(const char *bytes, size_t n, const struct mt_element *el, struct mt_tag *tag)
{
	size_t end = el->open_end, at = el->start;

	memset(tag, 0, sizeof *tag);
	tag->quote = '\'';
	if (end < 3 || end > n || at >= end || bytes[at] != '<' || bytes[end - 1] != '>')
		return false;
	at = tag->name_end = tag->last_end = name(bytes, at + 1, end);
	for (;;) {
		size_t before = at;

		at = blanks(bytes, at, end);
		if (at < end && (bytes[at] == '>' || bytes[at] == '/'))
			break;
		at = at < end ? attribute(bytes, before, at, end, tag) : 0;
		if (!at)
			return false;
		tag->last_end = at;
	}
	tag->closed = bytes[at] == '/';
	return at + (tag->closed ? 2 : 1) == end;
}
