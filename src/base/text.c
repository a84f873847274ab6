/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* text.c - which characters may be shown */
#include "base/text.h"

#include <stdint.h>
#include <string.h>

/* The character at @s and its length; 0 and 1: no UTF-8. RFC 3629, section 4 */
static uint32_t decode(const unsigned char *s, size_t *n)
{
	static const struct {
		unsigned char first, last, low, high; /* of the first byte, of the second */
		unsigned char n;
	} forms[] = {
		{ 0x01, 0x7f, 0x00, 0xff, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	uint32_t c;

	*n = 1;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (*s < forms[i].first || *s > forms[i].last)
			continue;
		if (forms[i].n == 1)
			return *s;
		if (s[1] < forms[i].low || s[1] > forms[i].high)
			return 0;
		c = *s & (0x7fu >> forms[i].n);
		for (int k = 1; k < forms[i].n; k++) {
			if ((s[k] & 0xc0) != 0x80)
				return 0;
			c = c << 6 | (s[k] & 0x3f);
		}
		*n = forms[i].n;
		return c;
	}
	return 0;
}

size_t mt_text_char(const char *s, bool *safe)
{
	/* Unicode's general categories Cc, Cf, Zl and Zp, as far as they are in use. */
	static const struct {
		uint32_t first, last;
	} unsafe[] = {
		{ 0x0000, 0x001f },   { 0x007f, 0x009f },   { 0x00ad, 0x00ad },
		{ 0x0600, 0x0605 },   { 0x061c, 0x061c },   { 0x06dd, 0x06dd },
		{ 0x070f, 0x070f },   { 0x0890, 0x0891 },   { 0x08e2, 0x08e2 },
		{ 0x180e, 0x180e },   { 0x200b, 0x200f },   { 0x2028, 0x202e },
		{ 0x2060, 0x206f },   { 0xfeff, 0xfeff },   { 0xfff0, 0xfffb },
		{ 0x110bd, 0x110bd }, { 0x110cd, 0x110cd }, { 0x13430, 0x1343f },
		{ 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
	};
	size_t n;
	uint32_t c = decode((const unsigned char *)s, &n);

	*safe = true;
	for (size_t i = 0; i < sizeof unsafe / sizeof *unsafe; i++)
		if (c >= unsafe[i].first && c <= unsafe[i].last)
			*safe = false;
	return n;
}

bool mt_text_is_safe(const char *s)
{
	bool safe = true;

	while (*s && safe)
		s += mt_text_char(s, &safe);
	return safe;
}

char *mt_text_clean(char *s)
{
	char *to = s;

	for (const char *at = s; *at;) {
		bool safe;
		size_t n = mt_text_char(at, &safe);

		if (safe) {
			memmove(to, at, n);
			to += n;
		} else {
			*to++ = strchr("\t\n\r", *at) ? ' ' : '?';
		}
		at += n;
	}
	*to = 0;
	return s;
}
