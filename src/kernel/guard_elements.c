/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* guard_elements.c - the elements of kind guard, for the kernel and as commands */
#include "kernel/guard_elements.h"

#include <stdio.h>
#include <string.h>

const char *mt_guard_chain(uint64_t level)
{
	static const char *const chains[] = {
		[GUARD_LEVEL_MAC] = "guard_mac", [GUARD_LEVEL_ALL] = "guard_all"
	};

	return level < sizeof chains / sizeof *chains ? chains[level] : NULL;
}

struct mt_nft_element mt_guard_alone(const char *set, uint32_t ifindex)
{
	struct mt_nft_element el = { .set = set };

	mt_nft_key_ifindex(&el.key, ifindex);
	return el;
}

static struct mt_nft_element mac_element(uint32_t ifindex, const struct mt_value *mac)
{
	struct mt_nft_element el = mt_guard_alone("mac", ifindex);

	mt_nft_key_put(&el.key, mac->b, 6);
	return el;
}

static struct mt_nft_element vlans_element(uint32_t ifindex, struct mt_range range)
{
	struct mt_nft_element el = { .set = "vlans" };

	mt_nft_key_ifindex_range(&el.key, ifindex);
	mt_nft_key_u16(&el.key, (uint16_t)range.first);
	mt_nft_key_ifindex_range(&el.end, ifindex);
	mt_nft_key_u16(&el.end, (uint16_t)range.last);
	return el;
}

const char *mt_guard_comment(const struct mt_record *r, char comment[static MT_NFT_COMMENT_MAX + 1])
{
	char mac[MT_VALUE_TEXT];
	bool vlans = r->v[GUARD_VLANS].state == MT_SET;

	snprintf(comment, MT_NFT_COMMENT_MAX + 1, "moontap mac=%s%s%s",
		 mt_value_print(&r->kind->fields[GUARD_MAC], &r->v[GUARD_MAC], mac),
		 vlans ? " vlans=" : "", vlans ? r->v[GUARD_VLANS].text : "");
	return comment;
}

int mt_guard_for_others(const struct mt_record *r, uint32_t ifindex,
			int (*each)(const struct mt_nft_element *el, void *data), void *data)
{
	struct mt_nft_element el = mac_element(ifindex, &r->v[GUARD_MAC]);
	const char *vlans = r->v[GUARD_VLANS].state == MT_SET ? r->v[GUARD_VLANS].text : "";
	struct mt_range range;
	int done = r->v[GUARD_MAC].state == MT_SET ? each(&el, data) : 0;

	for (int i = GUARD_DHCP_SERVER; !done && i <= GUARD_ROUTER; i++) {
		el = mt_guard_alone(r->kind->fields[i].name, ifindex);
		done = r->v[i].u ? each(&el, data) : 0;
	}
	while (!done && *vlans && (vlans = mt_range_read(vlans, &range))) {
		el = vlans_element(ifindex, range);
		done = each(&el, data);
	}
	return done;
}

/* --- commands --------------------------------------------------------------------------------- */

static void sh_one(struct mt_sh *s, enum mt_op op, const struct mt_record *r, const char *set)
{
	mt_nft_sh_begin(s, op, (uint8_t)r->v[GUARD_FAMILY].u, set);
	mt_nft_sh_name(s, mt_record_device(r));
}

static void sh_others(struct mt_sh *s, enum mt_op op, const struct mt_record *r)
{
	const char *vlans = r->v[GUARD_VLANS].state == MT_SET ? r->v[GUARD_VLANS].text : "";
	struct mt_range range;

	sh_one(s, op, r, "mac");
	mt_sh_say(s, " . ");
	mt_sh_value(s, r, GUARD_MAC);
	mt_sh_say(s, " }");
	for (int i = GUARD_DHCP_SERVER; i <= GUARD_ROUTER; i++)
		if (r->v[i].u) {
			sh_one(s, op, r, r->kind->fields[i].name);
			mt_sh_say(s, " }");
		}
	while (*vlans && (vlans = mt_range_read(vlans, &range))) {
		sh_one(s, op, r, "vlans");
		mt_sh_say(s, " . %u-%u }", range.first, range.last);
	}
}

static void sh_guard(struct mt_sh *s, enum mt_op op, const struct mt_record *r)
{
	char comment[MT_NFT_COMMENT_MAX + 1];

	sh_one(s, op, r, "guard");
	if (op == MT_ADD)
		mt_sh_say(s, " comment '\"%s\"' : jump %s", mt_guard_comment(r, comment),
			  mt_guard_chain(r->v[GUARD_LEVEL].u));
	mt_sh_say(s, " }");
}

int mt_guard_sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	struct mt_sh s = { buf, n, 0 };

	if (op == MT_DELETE)
		sh_guard(&s, op, r);
	sh_others(&s, op, r);
	if (op != MT_DELETE)
		sh_guard(&s, MT_ADD, r);
	mt_sh_say(&s, "\n");
	return (int)s.len;
}
