/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * attr_value.c - the text of an attribute, as libvirt reads it
 *
 * Sources: util/virstring.c virStrToLong_uip(), util/virmacaddr.c virMacAddrParse(),
 * util/viruuid.c virUUIDParse(), util/virfile.c virFileSanitizePath(), conf/domain_conf.c
 * virDomainNetSetModelString().
 */
#include "domain/interface.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

bool mt_number(const char *s, int base, uint64_t max, uint64_t *n)
{
	char *end;

	errno = 0;
	*n = strtoull(s, &end, base);
	return !errno && end != s && !*end && !memchr(s, '-', end - s) && *n <= max;
}

bool mt_uuid(const char *s, char out[37])
{
	char *to = out;

	s += strspn(s, " \t\n\f\r");
	for (int digits = 0; digits < 32;) {
		if (!(digits & 1) && (*s == '-' || *s == ' ')) {
			s++;
			continue;
		}
		if (!isxdigit((unsigned char)*s))
			return false;
		if (digits == 8 || digits == 12 || digits == 16 || digits == 20)
			*to++ = '-';
		*to++ = tolower((unsigned char)*s++);
		digits++;
	}
	*to = '\0';
	return !s[strspn(s, " \t\n\f\r")];
}

/* One or two digits each. libvirt stops at a blank or control byte after the sixth, and at bytes
 * above 127, since its char is signed on x86 (virMacAddrParse()). */
static bool mac(const char *s, unsigned char out[6])
{
	for (int i = 0; i < 6; i++) {
		char *end;

		if (!isxdigit((unsigned char)*s))
			return false;
		out[i] = strtoul(s, &end, 16);
		if (end - s > 2)
			return false;
		if (i == 5)
			return (signed char)*end <= ' ';
		if (*end != ':')
			return false;
		s = end + 1;
	}
	return false;
}

static int parse_mac(const char *s, struct mt_parsed *v, char *want, size_t n)
{
	unsigned char m[6];

	if (!mac(s, m)) {
		snprintf(want, n, "must be six hexadecimal numbers with : between");
		return -EINVAL;
	}
	if (m[0] & 1) {
		snprintf(want, n, "is a multicast address; must be unicast");
		return -EINVAL;
	}
	snprintf(v->room, sizeof v->room, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3],
		 m[4], m[5]);
	v->string = v->room;
	return 0;
}

static int parse_signed(const char *s, bool is64, struct mt_parsed *v, char *want, size_t n)
{
	char *end;
	long long i;

	errno = 0;
	i = strtoll(s, &end, is64 ? 0 : 10);
	if (errno || end == s || *end || (!is64 && i != (int)i)) {
		snprintf(want, n, "must be a number of %d bits", is64 ? 64 : 32);
		return -EINVAL;
	}
	snprintf(v->room, sizeof v->room, "%lld", i);
	v->string = v->room;
	return 0;
}

static int parse_unsigned(const struct mt_attr_row *row, const char *s, struct mt_parsed *v,
			  char *want, size_t n)
{
	uint64_t max = row->max ? row->max : UINT32_MAX;
	int base = row->base == MT_ANY_BASE ? 0 : row->base ? row->base : 10;

	v->is = MT_PARSED_NUMBER;
	if (mt_number(s, base, max, &v->number) && v->number >= row->min)
		return 0;
	snprintf(want, n, "must be a number, %" PRIu64 " to %" PRIu64, row->min, max);
	return -EINVAL;
}

static int parse_truth(const char *s, const char *yes, const char *no, struct mt_parsed *v,
		       char *want, size_t n)
{
	v->is = MT_PARSED_TRUTH;
	v->truth = !strcmp(s, yes);
	if (v->truth || !strcmp(s, no))
		return 0;
	snprintf(want, n, "must be %s or %s", yes, no);
	return -EINVAL;
}

/* "must be a, b or c" */
static void list(const char *const *names, char *want, size_t n)
{
	size_t used = snprintf(want, n, "must be ");

	for (size_t i = 0; names[i] && used < n; i++) {
		const char *before = !i ? "" : names[i + 1] ? ", " : " or ";

		used += snprintf(want + used, n - used, "%s%s", before, names[i]);
	}
}

static int parse_enum(const struct mt_attr_row *row, const char *s, struct mt_parsed *v, char *want,
		      size_t n)
{
	bool any = row->type == MT_ATTR_ENUM_ANY;

	v->number = UINT64_MAX;
	for (const char *const *name = row->names; *name; name++)
		if (any ? !strcasecmp(*name, s) : !strcmp(*name, s)) {
			v->string = *name;
			v->number = name - row->names;
			return 0;
		}
	v->string = s;
	if (any && !s[strspn(s, LETTERS)])
		return 0;
	if (any)
		snprintf(want, n, "must be letters, digits, _ and -");
	else
		list(row->names, want, n);
	return -EINVAL;
}

/* As virFileSanitizePath(): a run of slashes becomes one, a trailing one is removed; exactly two at
 * the start stay, and a URI stays as it is. */
static int parse_path(const char *s, struct mt_pool *pool, struct mt_parsed *v)
{
	const char *uri = strstr(s, "://");
	char *path = mt_pool_copy(pool, s, strlen(s)), *to = path;

	v->string = path;
	if (!path)
		return -ENOMEM;
	if (uri && strchr(s, '/') > uri)
		return 0;
	if (s[0] == '/' && s[1] == '/' && s[2] != '/') {
		to += 2;
		s += 2;
	}
	while (*s) {
		if (*s != '/') {
			*to++ = *s++;
			continue;
		}
		s += strspn(s, "/");
		if (*s || to == path)
			*to++ = '/';
	}
	*to = '\0';
	return 0;
}

int mt_scalar_parse(const struct mt_attr_row *row, const char *text, struct mt_pool *pool,
		    struct mt_parsed *v, char *want, size_t want_n)
{
	v->is = MT_PARSED_STRING;
	v->string = text;
	switch (row->type) {
	case MT_ATTR_TEXT:
		return 0;
	case MT_ATTR_ENUM:
	case MT_ATTR_ENUM_ANY:
		return parse_enum(row, text, v, want, want_n);
	case MT_ATTR_YES_NO:
		return parse_truth(text, "yes", "no", v, want, want_n);
	case MT_ATTR_ON_OFF:
		return parse_truth(text, "on", "off", v, want, want_n);
	case MT_ATTR_UINT:
		return parse_unsigned(row, text, v, want, want_n);
	case MT_ATTR_INT:
		return parse_signed(text, false, v, want, want_n);
	case MT_ATTR_INT64:
		return parse_signed(text, true, v, want, want_n);
	case MT_ATTR_MAC:
		return parse_mac(text, v, want, want_n);
	case MT_ATTR_PATH:
		return parse_path(text, pool, v);
	case MT_ATTR_UUID:
		v->string = v->room;
		if (mt_uuid(text, v->room))
			return 0;
		snprintf(want, want_n, "must be a UUID");
		return -EINVAL;
	}
	return -EINVAL;
}
