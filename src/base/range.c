/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* range.c - ranges of numbers and sets of VLAN IDs as text */
#include "base/range.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const char *read_number(const char *s, uint32_t *u)
{
	char *end;
	unsigned long long n;

	if (!isdigit((unsigned char)*s))
		return NULL;
	errno = 0;
	n = strtoull(s, &end, 10);
	if (errno || n > UINT32_MAX)
		return NULL;
	*u = (uint32_t)n;
	return end;
}

const char *mt_range_read(const char *s, struct mt_range *r)
{
	s = read_number(s, &r->first);
	if (!s)
		return NULL;
	r->last = r->first;
	if (*s == '-')
		s = read_number(s + 1, &r->last);
	if (!s || r->last < r->first)
		return NULL;
	if (*s == ',')
		return s[1] ? s + 1 : NULL;
	return *s ? NULL : s;
}

static bool has_vid(const uint8_t *set, uint32_t vid)
{
	return set[vid / 8] >> vid % 8 & 1;
}

bool mt_vids_canonical(const char *s, char text[static MT_VIDS_TEXT])
{
	uint8_t set[(MT_VID_MAX + 2) / 8 + 1] = { 0 };
	struct mt_range r;
	size_t n = 0;

	do {
		s = mt_range_read(s, &r);
		if (!s || !r.first || r.last > MT_VID_MAX)
			return false;
		for (uint32_t vid = r.first; vid <= r.last; vid++)
			set[vid / 8] |= (uint8_t)(1u << vid % 8);
	} while (*s);
	for (uint32_t vid = 1; vid <= MT_VID_MAX && n < MT_VIDS_TEXT; vid++) {
		r.first = vid;
		if (!has_vid(set, vid))
			continue;
		while (has_vid(set, vid + 1))
			vid++;
		n += (size_t)snprintf(text + n, MT_VIDS_TEXT - n,
				      r.first < vid ? "%s%u-%u" : "%s%u", n ? "," : "", r.first,
				      vid);
	}
	return n < MT_VIDS_TEXT;
}
