/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * guard.c - kind guard: a guest speaks only as itself
 *
 * One element of the map `guard` leads the frames of a device to the rules of a level; elements of
 * other sets are what these rules allow it. A batch has them all. The map cannot be asked which MAC
 * a device has in the set `mac`, so the element's comment says it; what is not in its set counts as
 * absent.
 */
#include "kernel/guard_elements.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/if_link.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <string.h>

static const struct mt_enum_name levels[] = { { "mac", GUARD_LEVEL_MAC },
					      { "all", GUARD_LEVEL_ALL },
					      { NULL, 0 } };

#define ALLOWS(NAME, DOC)                                                          \
	{                                                                          \
		.name = NAME, .type = MT_BOOL, .size = 1, .phase = MT_PHASE_GUARD, \
		.flags = MT_FIELD_CUSTOM | MT_FIELD_GUARDS, .doc = DOC             \
	}

static const struct mt_field fields[GUARD_FIELDS] = {
	[GUARD_DEV] = { "dev", MT_LINK, .flags = MT_FIELD_CUSTOM, .doc = "the NIC's own device" },
	[GUARD_FAMILY] = { "family", MT_ENUM, 1, .flags = MT_FIELD_CUSTOM,
			   .enum_names = mt_nft_families,
			   .doc = "bridge, for a port of a bridge; inet, for a device that is "
				  "routed; unless given, what the device will be" },
	[GUARD_LEVEL] = { "level", MT_ENUM, 1, MT_PHASE_GUARD,
			  .flags = MT_FIELD_CUSTOM | MT_FIELD_GUARDS, .enum_names = levels,
			  .doc = "mac: its MAC is checked, and its VLANs; all, unless given: "
				 "also its "
				 "addresses, in IP, ARP and neighbour discovery, and that it is "
				 "neither "
				 "router nor DHCP server" },
	[GUARD_MAC] = { "mac", MT_MAC, 6, MT_PHASE_GUARD,
			.flags = MT_FIELD_CUSTOM | MT_FIELD_GUARDS, .doc = "the guest's" },
	[GUARD_DHCP_SERVER] = ALLOWS("dhcp_server", "whether it may be a DHCP server"),
	[GUARD_ROUTER] =
		ALLOWS("router", "whether it may send router advertisements and redirects"),
	[GUARD_VLANS] = { "vlans", MT_VIDS, 0, MT_PHASE_GUARD,
			  .flags = MT_FIELD_CUSTOM | MT_FIELD_NONE | MT_FIELD_GUARDS,
			  .right = &mt_rights[MT_RIGHT_VID],
			  .doc = "VLANs whose tags it may set; what is inside of such a frame is "
				 "not "
				 "looked at" },
};

enum { VLANS_TEXT = 80 }; /* bytes that fit into the comment */

static void set_defaults(struct mt_record *r)
{
	if (!mt_record_has(r, GUARD_LEVEL))
		mt_record_put(r, GUARD_LEVEL, mt_uint(GUARD_LEVEL_ALL));
	if (!mt_record_has(r, GUARD_DHCP_SERVER))
		mt_record_put(r, GUARD_DHCP_SERVER, mt_uint(0));
	if (!mt_record_has(r, GUARD_ROUTER))
		mt_record_put(r, GUARD_ROUTER, mt_uint(0));
	if (!mt_record_has(r, GUARD_VLANS))
		mt_record_put(r, GUARD_VLANS, (struct mt_value){ .state = MT_NONE });
}

/* --- reading ---------------------------------------------------------------------------------- */

struct looking {
	struct mt_list *l;
	uint8_t family;
};

static int get(const struct mt_nft_element *el, void *data)
{
	struct looking *look = data;

	return mt_nft_get(look->l->h, look->family, el, NULL, look->l->e);
}

/* Return: whether the elements of the fields of @r are all there: 0, -ENOENT or another -errno. */
static int check_there(struct looking *look, const struct mt_record *r, uint32_t ifindex)
{
	return mt_guard_for_others(r, ifindex, get, look);
}

/* Takes the fields that the element's comment says, as far as their elements are there. */
static int get_said(struct looking *look, const char *comment, uint32_t ifindex,
		    struct mt_record *r)
{
	char text[MT_NFT_COMMENT_MAX + 1], *at = text, *word, *value;
	struct mt_err ignored;
	int err;

	snprintf(text, sizeof text, "%s", comment);
	while ((word = strsep(&at, " "))) {
		struct mt_record one = { .kind = &mt_kind_guard };
		int field;

		value = strchr(word, '=');
		if (!value)
			continue;
		*value++ = 0;
		field = mt_kind_field(one.kind, word);
		if ((field != GUARD_MAC && field != GUARD_VLANS) ||
		    mt_value_parse(&fields[field], value, NULL, &one.v[field], &ignored))
			continue;
		err = check_there(look, &one, ifindex);
		if (err && err != -ENOENT)
			return err;
		if (field == GUARD_VLANS && !err) /* the text is the caller's */
			one.v[field].text = strstr(comment, "vlans=") + strlen("vlans=");
		if (!err)
			mt_record_put(r, field, one.v[field]);
	}
	return 0;
}

static int get_allowed(struct looking *look, uint32_t ifindex, struct mt_record *r)
{
	for (int i = GUARD_DHCP_SERVER; i <= GUARD_ROUTER; i++) {
		struct mt_nft_element el = mt_guard_alone(fields[i].name, ifindex);
		int err = get(&el, look);

		if (err && err != -ENOENT)
			return err;
		mt_record_put(r, i, mt_uint(!err));
	}
	return 0;
}

static int found(struct looking *look, const struct mt_nft_found *f, uint32_t ifindex)
{
	struct mt_list *l = look->l;
	struct mt_record r = { .kind = &mt_kind_guard };
	struct mt_value dev = l->filter->v[GUARD_DEV];

	if (!l->ifindex && mt_list_link(l, ifindex, &dev))
		return -l->e->code;
	r.ref = (struct mt_ref){ .realm = &mt_realm_elements, .id = { ifindex } };
	mt_record_put(&r, GUARD_DEV, dev);
	mt_record_put(&r, GUARD_FAMILY, mt_uint(look->family));
	mt_record_put(&r, GUARD_VLANS, (struct mt_value){ .state = MT_NONE });
	for (unsigned i = GUARD_LEVEL_MAC; i <= GUARD_LEVEL_ALL; i++)
		if (!strcmp(f->jump, mt_guard_chain(i)))
			mt_record_put(&r, GUARD_LEVEL, mt_uint(i));
	if (get_said(look, f->comment, ifindex, &r) || get_allowed(look, ifindex, &r))
		return -l->e->code;
	return mt_list_found(l, &r);
}

static int take(const struct mt_nft_found *f, void *data)
{
	uint32_t ifindex;

	if (f->key.n != sizeof ifindex)
		return 0;
	memcpy(&ifindex, f->key.bytes, sizeof ifindex);
	return found(data, f, ifindex);
}

static int list_family(struct mt_list *l, uint8_t family)
{
	struct looking look = { l, family };
	struct mt_nft_element el = mt_guard_alone("guard", l->ifindex);
	struct mt_nft_found f;
	int err;

	if (!l->ifindex)
		return mt_list_done(l, mt_nft_list(l->h, family, "guard", take, &look, l->e));
	err = mt_nft_get(l->h, family, &el, &f, l->e);
	if (!err)
		err = found(&look, &f, l->ifindex);
	return err == -ENOENT || err > 0 ? 0 : mt_list_done(l, err);
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);

	return mt_nft_list_device(&l, list_family);
}

/* --- changing --------------------------------------------------------------------------------- */

static int add_other(const struct mt_nft_element *el, void *data)
{
	mt_nft_add(data, el, false);
	return 0;
}

static int delete_other(const struct mt_nft_element *el, void *data)
{
	mt_nft_delete(data, el);
	return 0;
}

static void add(struct mt_nft_batch *b, const struct mt_record *r, uint32_t ifindex)
{
	struct mt_nft_element el = mt_guard_alone("guard", ifindex);
	char comment[MT_NFT_COMMENT_MAX + 1];

	mt_guard_for_others(r, ifindex, add_other, b);
	el.jump = mt_guard_chain(r->v[GUARD_LEVEL].u);
	el.comment = mt_guard_comment(r, comment);
	mt_nft_add(b, &el, true);
}

static void delete (struct mt_nft_batch *b, const struct mt_record *r, uint32_t ifindex)
{
	struct mt_nft_element el = mt_guard_alone("guard", ifindex);

	mt_nft_delete(b, &el);
	mt_guard_for_others(r, ifindex, delete_other, b);
}

/* What it is, with the fields of @r instead of what they were: both for a change in one batch. */
static int replace(struct mt_host *h, struct mt_nft_batch *b, const struct mt_record *r,
		   uint32_t ifindex, struct mt_err *e)
{
	struct mt_pool pool = { 0 };
	struct mt_record has, will;
	int err = mt_record_get(h, r, &has, &pool, e);

	if (!err) {
		will = has;
		for (int i = GUARD_LEVEL; i < GUARD_FIELDS; i++)
			if (mt_record_has(r, i))
				mt_record_put(&will, i, r->v[i]);
		delete (b, &has, ifindex);
		add(b, &will, ifindex);
	}
	mt_pool_free(&pool);
	return err == -ENOENT ? mt_fail(e, ENOENT, "", "", NULL) : err;
}

/* The packets that were dropped are counted in a set that the kernel fills. */
static int forget_dropped(struct mt_host *h, struct mt_nft_batch *b, uint32_t ifindex,
			  struct mt_err *e)
{
	struct mt_nft_element el = mt_guard_alone("dropped", ifindex);
	int err = mt_nft_get(h, b->table, &el, NULL, e);

	if (!err)
		mt_nft_delete(b, &el);
	return err == -ENOENT ? 0 : err;
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct mt_nft_batch b;
	uint32_t ifindex;
	int err = mt_nft_ifindex(h, r, &ifindex, e);

	mt_nft_begin(&b, (uint8_t)r->v[GUARD_FAMILY].u);
	if (!err && op == MT_ADD)
		add(&b, r, ifindex);
	else if (!err && op == MT_CHANGE)
		err = replace(h, &b, r, ifindex, e);
	else if (!err) {
		delete (&b, r, ifindex);
		err = forget_dropped(h, &b, ifindex, e);
	}
	if (!err)
		err = mt_nft_commit(h, &b, e);
	return mt_nl_about(e, err, r, mt_nl_verb(op));
}

/* Those that were dropped are among those that came. */
static int counted(struct mt_host *h, const struct mt_record *r, char *text, size_t n,
		   struct mt_err *e)
{
	uint8_t family = (uint8_t)r->v[GUARD_FAMILY].u;
	struct mt_nft_found sent, dropped = { 0 };
	struct mt_nft_element el;
	uint32_t ifindex;
	int err = mt_nft_ifindex(h, r, &ifindex, e);

	*text = 0;
	el = mt_guard_alone("guard", ifindex);
	err = err ?: mt_nft_get(h, family, &el, &sent, e);
	if (err)
		return err == -ENOENT || err == -ENODEV ? 0 : err;
	el = mt_guard_alone("dropped", ifindex);
	err = mt_nft_get(h, family, &el, &dropped, e);
	if (err && err != -ENOENT)
		return err;
	snprintf(text, n, "%" PRIu64 " sent, %" PRIu64 " of them dropped", sent.packets,
		 dropped.packets);
	return 0;
}

/* --- at plan time ----------------------------------------------------------------------------- */

static int check(const struct mt_record *r, struct mt_err *e)
{
	const char *dev = mt_record_device(r);

	if (!mt_record_has(r, GUARD_MAC))
		return mt_bad(e, "guard", dev, "'mac' is missing: the guest's, nic.mac");
	if (r->v[GUARD_MAC].b[0] & 1)
		return mt_bad(e, "guard", dev, "mac: it is a group's, and no guest's");
	if (r->v[GUARD_VLANS].state == MT_SET && strlen(r->v[GUARD_VLANS].text) > VLANS_TEXT)
		return mt_bad(e, "guard", dev, "vlans: too many ranges: at most %d bytes of text",
			      VLANS_TEXT);
	return 0;
}

/* The host answers for itself alone, and believes no router on a device that it routes for. */
static int check_family(const struct mt_record *r, struct mt_err *e)
{
	for (int i = GUARD_DHCP_SERVER; r->v[GUARD_FAMILY].u == NFPROTO_INET && i <= GUARD_VLANS;
	     i++)
		if (r->v[i].state == MT_SET && (fields[i].type != MT_BOOL || r->v[i].u))
			return mt_bad(e, "guard", mt_record_device(r),
				      "%s: it is for a port of a bridge, and the device is in none",
				      fields[i].name);
	return 0;
}

static int check_macvtap(const struct mt_record *r, mt_will will, void *data, struct mt_err *e)
{
	struct mt_record macvtap;
	int mode = mt_kind_field(&mt_kind_macvtap, "mode");
	int is = mt_nft_macvtap(r, will, data, &macvtap, e);

	return is <= 0 || macvtap.v[mode].u == MACVLAN_MODE_PASSTHRU
		? is < 0 ? is : 0
		: mt_bad(e, "guard", mt_record_device(r),
			 "it is a macvtap, whose frames leave by the device below it, unseen by "
			 "nftables: with mode passthru its own MAC is all it can send by");
}

static int needs(struct mt_host *h, const struct mt_record *r, mt_will will, void *data,
		 struct mt_err *e)
{
	(void)h;
	return check_family(r, e) ?: check_macvtap(r, will, data, e);
}

const struct mt_kind mt_kind_guard = {
	.name = "guard",
	.doc = "a guest's NIC speaks only as itself: nftables",
	.fields = fields,
	.nfields = MT_NFIELDS(fields),
	.nkeys = 2,
	.required = 1,
	.device = GUARD_DEV,
	.phase = MT_PHASE_GUARD,
	.flags = MT_KIND_OWN | MT_KIND_OUTLIVES | MT_KIND_BEFORE_UP | MT_KIND_WHOLE | MT_KIND_LAST |
		MT_KIND_RESTORED | MT_KIND_REPLACED,
	.realm = &mt_realm_elements,
	.excludes = "ovs_port",
	.excludes_why = "nftables does not see what a port of Open vSwitch sends: " MT_OVS_GUARDS,
	.list = list,
	.put = put,
	.set_defaults = set_defaults,
	.resolve = mt_nft_resolve,
	.within = mt_nft_within,
	.check = check,
	.needs = needs,
	.counted = counted,
	.sh = mt_guard_sh,
};
