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

bool mt_vids_read(const char *s, struct mt_vids *set)
{
	struct mt_range r;

	do {
		s = mt_range_read(s, &r);
		if (!s || !r.first || r.last > MT_VID_MAX)
			return false;
		for (uint32_t vid = r.first; vid <= r.last; vid++)
			mt_vids_add(set, vid);
	} while (*s);
	return true;
}

bool mt_vids_print(const struct mt_vids *set, char text[static MT_VIDS_TEXT])
{
	size_t n = 0;

	text[0] = 0;
	for (uint32_t vid = 1; vid <= MT_VID_MAX && n < MT_VIDS_TEXT; vid++) {
		uint32_t first = vid;

		if (!mt_vids_has(set, vid))
			continue;
		while (mt_vids_has(set, vid + 1))
			vid++;
		n += (size_t)snprintf(text + n, MT_VIDS_TEXT - n, first < vid ? "%s%u-%u" : "%s%u",
				      n ? "," : "", first, vid);
	}
	return n < MT_VIDS_TEXT;
}

bool mt_vids_canonical(const char *s, char text[static MT_VIDS_TEXT])
{
	struct mt_vids set = { 0 };

	return mt_vids_read(s, &set) && mt_vids_print(&set, text);
}
