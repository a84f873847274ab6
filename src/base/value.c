/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* value.c - values and their canonical text: parse(print(v)) == v */
#include "base/value.h"
#include "base/users.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool mt_name_reserved(const char *s)
{
	return !strcmp(s, "all") || !strcmp(s, "default");
}

/* The kernel takes 0xa0 for a blank, too (lib/ctype.c), and replaces %d by a number that it chooses
 * (net/core/dev.c __dev_alloc_name()). */
bool mt_name_valid(const char *s)
{
	size_t n = strlen(s);

	return n && n <= MT_NAME_MAX && strcmp(s, ".") && strcmp(s, "..") &&
		!s[strcspn(s, "/:% \t\n\v\f\r\xa0")];
}

struct mt_value mt_name_from(const char *s)
{
	struct mt_value v = { .state = MT_SET };

	snprintf(v.name, sizeof v.name, "%s", s);
	return v;
}

static uint64_t largest(const struct mt_field *f)
{
	return f->max ? f->max : f->size >= 8 ? UINT64_MAX : (1ull << 8 * f->size) - 1;
}

static bool parse_number(const char *s, uint64_t *u)
{
	char *end;

	errno = 0;
	*u = strtoull(s, &end, 10);
	return isdigit((unsigned char)*s) && !*end && !errno;
}

static bool parse_name(const struct mt_field *f, const char *s, struct mt_pool *p,
		       struct mt_value *v)
{
	(void)f, (void)p;
	if (!mt_name_valid(s))
		return false;
	strcpy(v->name, s);
	return true;
}

static bool parse_text(const struct mt_field *f, const char *s, struct mt_pool *p,
		       struct mt_value *v)
{
	size_t n = strlen(s);

	(void)f;
	if (!n || n > MT_TEXT_MAX)
		return false;
	v->text = p ? mt_pool_copy(p, s, n) : s;
	if (!v->text)
		errno = ENOMEM;
	return v->text;
}

static bool parse_uint(const struct mt_field *f, const char *s, struct mt_pool *p,
		       struct mt_value *v)
{
	(void)p;
	return parse_number(s, &v->u) && v->u >= f->min && v->u <= largest(f);
}

static bool parse_bool(const struct mt_field *f, const char *s, struct mt_pool *p,
		       struct mt_value *v)
{
	(void)f, (void)p;
	v->u = !strcmp(s, "true");
	return v->u || !strcmp(s, "false");
}

static bool parse_mac(const struct mt_field *f, const char *s, struct mt_pool *p,
		      struct mt_value *v)
{
	(void)f, (void)p;
	for (int i = 0; i < 6; i++, s += 3) {
		if (!isxdigit((unsigned char)s[0]) || !isxdigit((unsigned char)s[1]) ||
		    s[2] != (i < 5 ? ':' : 0))
			return false;
		v->b[i] = (uint8_t)strtoul(s, NULL, 16);
	}
	return true;
}

static bool parse_ip(const struct mt_field *f, const char *s, struct mt_pool *p, struct mt_value *v)
{
	(void)f, (void)p;
	v->family = strchr(s, ':') ? AF_INET6 : AF_INET;
	return inet_pton(v->family, s, v->b) == 1;
}

static bool parse_prefix(const struct mt_field *f, const char *s, struct mt_pool *p,
			 struct mt_value *v)
{
	char addr[INET6_ADDRSTRLEN];
	const char *slash = strchr(s, '/');
	size_t n = slash ? (size_t)(slash - s) : strlen(s);
	uint64_t plen;

	if (n >= sizeof addr)
		return false;
	memcpy(addr, s, n);
	addr[n] = 0;
	if (!parse_ip(f, addr, p, v))
		return false;
	v->plen = v->family == AF_INET6 ? 128 : 32;
	if (!slash)
		return true;
	if (!parse_number(slash + 1, &plen) || plen > v->plen)
		return false;
	v->plen = (uint8_t)plen;
	return true;
}

static bool parse_enum(const struct mt_field *f, const char *s, struct mt_pool *p,
		       struct mt_value *v)
{
	(void)p;
	for (const struct mt_enum_name *w = f->enum_names; w->name; w++)
		if (!strcmp(w->name, s)) {
			v->u = w->value;
			return true;
		}
	return false;
}

/* A uid of 2^32-1 means "nobody in particular" to the kernel: for drivers/net/tun.c it is unset. */
static bool parse_id(const char *s, uint64_t *u)
{
	return parse_number(s, u) && *u < UINT32_MAX;
}

/* A name that begins with a digit could be taken for a number: refused. */
static bool parse_user(const struct mt_field *f, const char *s, struct mt_pool *p,
		       struct mt_value *v)
{
	(void)f, (void)p;
	return parse_id(s, &v->u) || (*s && !isdigit((unsigned char)*s) && mt_user_id(s, &v->u));
}

static bool parse_group(const struct mt_field *f, const char *s, struct mt_pool *p,
			struct mt_value *v)
{
	(void)f, (void)p;
	return parse_id(s, &v->u) || (*s && !isdigit((unsigned char)*s) && mt_group_id(s, &v->u));
}

static bool parse_range(const struct mt_field *f, const char *s, struct mt_pool *p,
			struct mt_value *v)
{
	const char *end = mt_range_read(s, &v->range);

	(void)p;
	return end && !*end && v->range.first >= f->min && v->range.last <= largest(f);
}

static bool parse_vids(const struct mt_field *f, const char *s, struct mt_pool *p,
		       struct mt_value *v)
{
	char text[MT_VIDS_TEXT];

	(void)f;
	if (!mt_vids_canonical(s, text) || (!p && strcmp(s, text)))
		return false;
	v->text = p ? mt_pool_copy(p, text, strlen(text)) : s;
	if (!v->text)
		errno = ENOMEM;
	return v->text;
}

static const struct {
	bool (*parse)(const struct mt_field *, const char *, struct mt_pool *, struct mt_value *);
	const char *expects;
} types[] = {
	[MT_NAME] = { parse_name, "a device name of 1..15 bytes without blanks, '/', ':' or '%'" },
	[MT_LINK] = { parse_name, "a device name of 1..15 bytes without blanks, '/', ':' or '%'" },
	[MT_TEXT] = { parse_text, "a text of 1..255 bytes" },
	[MT_UINT] = { parse_uint, NULL },
	[MT_BOOL] = { parse_bool, "true or false" },
	[MT_MAC] = { parse_mac, "a MAC address such as 52:54:00:12:34:56" },
	[MT_IP] = { parse_ip, "an IPv4 or IPv6 address" },
	[MT_PREFIX] = { parse_prefix, "an address with its prefix length, such as 192.0.2.1/24" },
	[MT_ENUM] = { parse_enum, NULL },
	[MT_USER] = { parse_user, "a user of this host, by name or number" },
	[MT_GROUP] = { parse_group, "a group of this host, by name or number" },
	[MT_RANGE] = { parse_range, NULL },
	[MT_VIDS] = { parse_vids, "VLAN IDs of 1..4094, such as 20,30-40, in at most 767 bytes" },
};

const char *mt_value_expects(const struct mt_field *f, char *buf, size_t n)
{
	size_t len = 0;

	if (f->type == MT_UINT || f->type == MT_RANGE) {
		snprintf(buf, n, "%llu..%llu%s%s%s", (unsigned long long)f->min,
			 (unsigned long long)largest(f), f->unit ? " " : "", f->unit ? f->unit : "",
			 f->type == MT_RANGE ? ", or a range of these: FIRST-LAST" : "");
		return buf;
	}
	if (f->type != MT_ENUM) {
		snprintf(buf, n, "%s", types[f->type].expects);
		return buf;
	}
	snprintf(buf, n, "one of");
	for (const struct mt_enum_name *w = f->enum_names; w->name; w++) {
		len = strlen(buf);
		snprintf(buf + len, n - len, "%s %s", w == f->enum_names ? "" : ",", w->name);
	}
	return buf;
}

int mt_value_parse(const struct mt_field *f, const char *s, struct mt_pool *p, struct mt_value *v,
		   struct mt_err *e)
{
	char expects[256];

	*v = (struct mt_value){ .state = MT_UNSET };
	errno = 0;
	if (types[f->type].parse(f, s, p, v)) {
		v->state = MT_SET;
		return 0;
	}
	*v = (struct mt_value){ .state = MT_UNSET };
	if (mt_field_is_text(f) && errno == ENOMEM)
		return mt_fail(e, ENOMEM, "", f->name, NULL);
	return mt_bad(e, "", f->name, "'%.64s' is not %s", s,
		      mt_value_expects(f, expects, sizeof expects));
}

int mt_value_none(const struct mt_field *f, struct mt_value *v, struct mt_err *e)
{
	char expects[256];

	*v = (struct mt_value){ .state = f->flags & MT_FIELD_NONE ? MT_NONE : MT_UNSET };
	if (v->state == MT_NONE)
		return 0;
	return mt_bad(e, "", f->name, "it cannot be none, but %s",
		      mt_value_expects(f, expects, sizeof expects));
}

static void print_enum(const struct mt_field *f, const struct mt_value *v, char *buf)
{
	for (const struct mt_enum_name *w = f->enum_names; w->name; w++)
		if (w->value == v->u) {
			snprintf(buf, MT_VALUE_TEXT, "%s", w->name);
			return;
		}
	snprintf(buf, MT_VALUE_TEXT, "%llu", (unsigned long long)v->u);
}

const char *mt_value_print(const struct mt_field *f, const struct mt_value *v,
			   char buf[static MT_VALUE_TEXT])
{
	char ip[INET6_ADDRSTRLEN];

	buf[0] = 0;
	if (v->state != MT_SET)
		return v->state == MT_NONE ? strcpy(buf, "none") : buf;
	switch (f->type) {
	case MT_NAME:
	case MT_LINK:
		return strcpy(buf, v->name);
	case MT_TEXT:
	case MT_VIDS:
		return v->text;
	case MT_RANGE:
		snprintf(buf, MT_VALUE_TEXT, v->range.first < v->range.last ? "%u-%u" : "%u",
			 v->range.first, v->range.last);
		return buf;
	case MT_UINT:
	case MT_USER:
	case MT_GROUP:
		snprintf(buf, MT_VALUE_TEXT, "%llu", (unsigned long long)v->u);
		return buf;
	case MT_BOOL:
		return strcpy(buf, v->u ? "true" : "false");
	case MT_MAC:
		snprintf(buf, MT_VALUE_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", v->b[0], v->b[1],
			 v->b[2], v->b[3], v->b[4], v->b[5]);
		return buf;
	case MT_IP:
		return strcpy(buf, inet_ntop(v->family, v->b, ip, sizeof ip));
	case MT_PREFIX:
		snprintf(buf, MT_VALUE_TEXT, "%s/%u", inet_ntop(v->family, v->b, ip, sizeof ip),
			 v->plen);
		return buf;
	case MT_ENUM:
		print_enum(f, v, buf);
	}
	return buf;
}

bool mt_value_equal(const struct mt_field *f, const struct mt_value *a, const struct mt_value *b)
{
	if (a->state != b->state || a->state != MT_SET)
		return a->state == b->state;
	switch (f->type) {
	case MT_NAME:
	case MT_LINK:
		return !strcmp(a->name, b->name);
	case MT_TEXT:
	case MT_VIDS:
		return !strcmp(a->text, b->text);
	case MT_RANGE:
		return a->range.first == b->range.first && a->range.last == b->range.last;
	case MT_MAC:
		return !memcmp(a->b, b->b, 6);
	case MT_IP:
	case MT_PREFIX:
		return a->family == b->family && a->plen == b->plen &&
			!memcmp(a->b, b->b, a->family == AF_INET ? 4 : 16);
	default:
		return a->u == b->u;
	}
}

bool mt_value_is_link_local(const struct mt_value *v)
{
	return v->state == MT_SET && v->family == AF_INET6 && v->b[0] == 0xfe &&
		(v->b[1] & 0xc0) == 0x80;
}

bool mt_prefix_has_host_bits(const struct mt_value *prefix)
{
	for (int bit = prefix->plen; bit < (prefix->family == AF_INET ? 32 : 128); bit++)
		if (prefix->b[bit / 8] & 0x80 >> bit % 8)
			return true;
	return false;
}
