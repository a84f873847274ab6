/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ref.c - references compared, to text and from text */
#include "base/ref.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool mt_ref_equal(const struct mt_ref *a, const struct mt_ref *b)
{
	return a->realm == b->realm && a->id[0] == b->id[0] && a->id[1] == b->id[1];
}

const char *mt_ref_print(const struct mt_ref *ref, char buf[static MT_REF_TEXT])
{
	uint64_t a = ref->id[0], b = ref->id[1];

	if (ref->realm && ref->realm->uuid)
		snprintf(buf, MT_REF_TEXT, "%08" PRIx64 "-%04x-%04x-%04x-%012" PRIx64, a >> 32,
			 (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xffff), (unsigned)(b >> 48),
			 b & 0xffffffffffff);
	else
		snprintf(buf, MT_REF_TEXT, "%" PRIu64, a);
	return buf;
}

static bool parse_uuid(const char *s, uint64_t id[2])
{
	unsigned a, b, c, d;
	uint64_t e;
	int end = 0;

	if (sscanf(s, "%8x-%4x-%4x-%4x-%12" SCNx64 "%n", &a, &b, &c, &d, &e, &end) != 5 ||
	    end != MT_REF_TEXT - 1 || s[end])
		return false;
	id[0] = (uint64_t)a << 32 | b << 16 | c;
	id[1] = (uint64_t)d << 48 | e;
	return true;
}

static bool parse_number(const char *s, uint64_t *id)
{
	char *end;

	errno = 0;
	*id = strtoull(s, &end, 10);
	return *s >= '0' && *s <= '9' && !*end && !errno;
}

int mt_ref_parse(const struct mt_realm *realm, const char *s, struct mt_ref *ref, struct mt_err *e)
{
	*ref = (struct mt_ref){ 0 };
	if (!strcmp(s, "0"))
		return 0;
	if (!realm || !(realm->uuid ? parse_uuid(s, ref->id) : parse_number(s, ref->id)))
		return mt_bad(e, "step", s, "it refers to no object");
	ref->realm = realm;
	return 0;
}
