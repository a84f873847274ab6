/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* right.c - the rights that there are, and whether a value is inside of one */
#include "base/right.h"

#include <string.h>

const struct mt_field mt_rights[MT_RIGHTS] = {
	[MT_RIGHT_LINK] = { .name = "link", .type = MT_LINK, .doc = "a device" },
	[MT_RIGHT_PREFIX] = { .name = "prefix",
			      .type = MT_PREFIX,
			      .doc = "addresses, routes, neighbours, policy rules, DHCP hosts and "
				     "leases inside it" },
	[MT_RIGHT_TABLE] = { .name = "table",
			     .type = MT_RANGE,
			     .size = 4,
			     .min = 1,
			     .doc = "a routing table, or a range of them, for routes and policy "
				    "rules" },
	[MT_RIGHT_VID] = { .name = "vid", .type = MT_VIDS, .doc = "VLANs" },
	[MT_RIGHT_PRIORITY] = { .name = "priority",
				.type = MT_RANGE,
				.size = 4,
				.min = 1,
				.doc = "the priority of a policy rule, or a range of them" },
	[MT_RIGHT_VNI] = { .name = "vni",
			   .type = MT_RANGE,
			   .size = 4,
			   .max = 0xffffff,
			   .doc = "a VXLAN's network, or a range of them" },
	/* no MT_RIGHT_PREFIX: a plan must not draw to itself what is sent to another host */
	[MT_RIGHT_PEER] = { .name = "peer",
			    .type = MT_PREFIX,
			    .doc = "hosts, or groups, that VXLANs send to, inside of a prefix" },
	[MT_RIGHT_PORTS] = { .name = "ports",
			     .type = MT_RANGE,
			     .size = 2,
			     .min = 1,
			     .max = 65535,
			     .doc = "a port that is forwarded to a guest, or a range of them" },
	[MT_RIGHT_PATH] = { .name = "path",
			    .type = MT_TEXT,
			    .doc = "a folder of DHCP hosts, or its dnsmasq's file with the process "
				   "ID; with * for any text" },
	[MT_RIGHT_POOL] = { .name = "pool",
			    .type = MT_TEXT,
			    .doc = "a pool of addresses; with * for any text" },
	[MT_RIGHT_IFACE_ID] = { .name = "iface_id",
				.type = MT_TEXT,
				.doc = "a logical switch port of OVN; with * for any text" },
	[MT_RIGHT_GROUP] = { .name = "group",
			     .type = MT_TEXT,
			     .doc = "a group that a guest is in, or that its firewall lets in; "
				    "with "
				    "* for any text" },
	[MT_RIGHT_ALTNAME] = { .name = "altname",
			       .type = MT_TEXT,
			       .doc = "a further name of a device, for who is not root; with * for "
				      "any text" },
};

/* The first valid value from @a on. The list comes from the process that runs the policy, which an
 * attacker may control by now: what does not parse is skipped. */
static const struct mt_allow *next_value(const struct mt_field *right, const struct mt_allow *a,
					 struct mt_value *v)
{
	struct mt_err ignored;

	for (; a; a = a->next)
		if (!strcmp(a->what, right->name) &&
		    !mt_value_parse(right, a->value, NULL, v, &ignored))
			return a;
	return NULL;
}

static bool is_inside(const struct mt_value *v, bool alone, const struct mt_value *prefix)
{
	int whole = prefix->plen / 8, bits = prefix->plen % 8;
	uint8_t mask = (uint8_t)(0xff00 >> bits);
	int length = alone ? 128 : v->plen;

	return v->family == prefix->family && length >= prefix->plen &&
		!memcmp(v->b, prefix->b, (size_t)whole) &&
		(!bits || !((v->b[whole] ^ prefix->b[whole]) & mask));
}

bool mt_pattern_fits(const char *pattern, const char *text)
{
	for (; *pattern != '*'; pattern++, text++)
		if (*pattern != *text || !*text)
			return *pattern == *text;
	do {
		if (mt_pattern_fits(pattern + 1, text))
			return true;
	} while (*text++);
	return false;
}

static bool covers_one(const struct mt_field *right, const struct mt_value *allowed,
		       const struct mt_field *f, const struct mt_value *v)
{
	switch (right->type) {
	case MT_LINK:
		return !strcmp(allowed->name, v->name);
	case MT_PREFIX:
		return is_inside(v, f->type == MT_IP, allowed);
	case MT_TEXT:
		return mt_pattern_fits(allowed->text, v->text);
	default:
		return false;
	}
}

/* Whether allowed ranges cover all of @r: looks each time for one with the first number left. */
static bool covers_range(const struct mt_field *right, const struct mt_allow *allowed,
			 struct mt_range r)
{
	uint64_t from = r.first;

	while (from <= r.last) {
		const struct mt_allow *a = allowed;
		struct mt_value v;

		while ((a = next_value(right, a, &v)) &&
		       (v.range.first > from || v.range.last < from))
			a = a->next;
		if (!a)
			return false;
		from = (uint64_t)v.range.last + 1;
	}
	return true;
}

static bool covers_number(const struct mt_field *right, const struct mt_allow *allowed,
			  const struct mt_field *f, const struct mt_value *v)
{
	if (f->type == MT_RANGE)
		return covers_range(right, allowed, v->range);
	return f->type == MT_UINT && v->u <= UINT32_MAX &&
		covers_range(right, allowed, (struct mt_range){ (uint32_t)v->u, (uint32_t)v->u });
}

static bool covers_vids(const struct mt_field *right, const struct mt_allow *allowed,
			const struct mt_field *f, const struct mt_value *v)
{
	struct mt_vids may = { 0 }, wanted = { 0 };
	struct mt_value value;

	for (; (allowed = next_value(right, allowed, &value)); allowed = allowed->next)
		mt_vids_read(value.text, &may);
	if (f->type == MT_UINT)
		return v->u <= MT_VID_MAX && mt_vids_has(&may, (uint32_t)v->u);
	if (f->type != MT_VIDS || !mt_vids_read(v->text, &wanted))
		return false;
	for (uint32_t vid = 1; vid <= MT_VID_MAX; vid++)
		if (mt_vids_has(&wanted, vid) && !mt_vids_has(&may, vid))
			return false;
	return true;
}

bool mt_right_covers(const struct mt_field *right, const struct mt_allow *allowed,
		     const struct mt_field *f, const struct mt_value *v)
{
	struct mt_value value;

	if (right->type == MT_RANGE)
		return covers_number(right, allowed, f, v);
	if (right->type == MT_VIDS)
		return covers_vids(right, allowed, f, v);
	for (; (allowed = next_value(right, allowed, &value)); allowed = allowed->next)
		if (covers_one(right, &value, f, v))
			return true;
	return false;
}
