/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * guard_ip.c - kind guard_ip: the IP addresses that a guarded guest has
 *
 * A single address is an element of a set without ranges, a prefix one of a set with ranges. An IPv6
 * address is also in the set of those that the guest may say, by neighbour discovery, are its own.
 */
#include "kernel/nft.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { DEV, ADDRESS, FAMILY, NFIELDS };

static const struct mt_field fields[NFIELDS] = {
	[DEV] = { "dev", MT_LINK, .flags = MT_FIELD_CUSTOM, .doc = "the NIC's own device" },
	[ADDRESS] = { "address", MT_PREFIX, .flags = MT_FIELD_CUSTOM,
		      .right = &mt_rights[MT_RIGHT_PREFIX],
		      .doc = "that the guest has, or a prefix, any address of which it may have" },
	[FAMILY] = { "family", MT_ENUM, 1, .flags = MT_FIELD_CUSTOM, .enum_names = mt_nft_families,
		     .doc = "as in guard" },
};

/* In which sets an address is. The last one is of the family bridge only. */
static const struct {
	uint8_t ip;
	bool range;
	const char *sets[2];
} places[] = {
	{ AF_INET, false, { "host4" } },
	{ AF_INET, true, { "net4" } },
	{ AF_INET6, false, { "host6", "target" } },
	{ AF_INET6, true, { "net6", "target_net" } },
};

enum { PLACES = sizeof places / sizeof *places };

static int place_of(const struct mt_value *v)
{
	bool range = v->plen < (v->family == AF_INET ? 32 : 128);

	for (int i = 0; i < PLACES; i++)
		if (places[i].ip == v->family && places[i].range == range)
			return i;
	return 0;
}

/* Fills in the element that @v is in the @nth set of its place. Return: false: there is none. */
static bool element(struct mt_nft_element *el, int nth, uint32_t ifindex, const struct mt_value *v,
		    uint64_t family)
{
	int place = place_of(v);

	if (nth > (family == NFPROTO_BRIDGE) || !places[place].sets[nth])
		return false;
	*el = (struct mt_nft_element){ .set = places[place].sets[nth] };
	if (!places[place].range) {
		mt_nft_key_ifindex(&el->key, ifindex);
		mt_nft_key_ip(&el->key, v, false);
		return true;
	}
	mt_nft_key_ifindex_range(&el->key, ifindex);
	mt_nft_key_ip(&el->key, v, false);
	mt_nft_key_ifindex_range(&el->end, ifindex);
	mt_nft_key_ip(&el->end, v, true);
	return true;
}

/* --- reading ---------------------------------------------------------------------------------- */

static int list_one(struct mt_list *l, uint8_t family)
{
	const struct mt_record *f = l->filter;
	struct mt_record r = *f;
	struct mt_nft_element el;
	int err = 0;

	for (int i = 0; !err && element(&el, i, l->ifindex, &f->v[ADDRESS], family); i++)
		err = mt_nft_get(l->h, family, &el, NULL, l->e);
	if (err)
		return err == -ENOENT ? 0 : mt_list_done(l, err);
	r.ref = (struct mt_ref){ .realm = &mt_realm_elements, .id = { l->ifindex } };
	mt_record_put(&r, FAMILY, mt_uint(family));
	err = mt_list_found(l, &r);
	return err < 0 ? err : 0;
}

struct listing {
	struct mt_list *l;
	uint8_t family;
	int place;
};

static int take(const struct mt_nft_found *found, void *data)
{
	struct listing *look = data;
	struct mt_list *l = look->l;
	bool range = places[look->place].range;
	size_t size = places[look->place].ip == AF_INET ? 4 : 16;
	struct mt_value v = { .state = MT_SET, .family = places[look->place].ip }, dev;
	struct mt_record r = { .kind = &mt_kind_guard_ip };
	uint32_t ifindex;

	if (found->key.n != 4 + size || (range && found->end.n != 4 + size))
		return 0;
	memcpy(&ifindex, found->key.bytes, 4);
	if (range)
		ifindex = ntohl(ifindex);
	if (l->ifindex && ifindex != l->ifindex)
		return 0;
	memcpy(v.b, found->key.bytes + 4, size);
	v.plen = range ? mt_nft_prefix_length(&found->key, &found->end, 4, size)
		       : (uint8_t)(8 * size);
	dev = l->filter->v[DEV];
	if (!l->ifindex && mt_list_link(l, ifindex, &dev))
		return -l->e->code;
	r.ref = (struct mt_ref){ .realm = &mt_realm_elements, .id = { ifindex } };
	mt_record_put(&r, DEV, dev);
	mt_record_put(&r, ADDRESS, v);
	mt_record_put(&r, FAMILY, mt_uint(look->family));
	return mt_list_found(l, &r);
}

static int list_family(struct mt_list *l, uint8_t family)
{
	struct listing look = { l, family, 0 };
	int err = 0;

	if (l->ifindex && mt_record_has(l->filter, ADDRESS))
		return list_one(l, family);
	for (; !err && look.place < PLACES; look.place++)
		err = mt_list_done(l,
				   mt_nft_list(l->h, family, places[look.place].sets[0], take,
					       &look, l->e));
	return err;
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);

	return mt_nft_list_device(&l, list_family);
}

/* --- changing --------------------------------------------------------------------------------- */

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct mt_nft_element el;
	struct mt_nft_batch b;
	uint32_t ifindex;
	int err = mt_nft_ifindex(h, r, &ifindex, e);

	mt_nft_begin(&b, (uint8_t)r->v[FAMILY].u);
	for (int i = 0; !err && element(&el, i, ifindex, &r->v[ADDRESS], r->v[FAMILY].u); i++)
		if (op == MT_DELETE)
			mt_nft_delete(&b, &el);
		else
			mt_nft_add(&b, &el, true);
	if (!err)
		err = mt_nft_commit(h, &b, e);
	if (err == -ENOTEMPTY)
		err = mt_fail(e, ENOTEMPTY, "", "",
			      "it overlaps with another prefix of the device: declare only the "
			      "larger one");
	return mt_nl_about(e, err, r, mt_nl_verb(op));
}

/* --- at plan time ----------------------------------------------------------------------------- */

static int check(const struct mt_record *r, struct mt_err *e)
{
	char subject[96];

	return mt_prefix_has_host_bits(&r->v[ADDRESS])
		? mt_bad(e, "guard_ip", mt_record_subject(r, subject, sizeof subject),
			 "'address' has bits beyond its prefix of %u", r->v[ADDRESS].plen)
		: 0;
}

static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	const struct mt_value *v = &r->v[ADDRESS];
	int place = place_of(v);
	struct mt_sh s = { buf, n, 0 };

	for (int i = 0; i <= (r->v[FAMILY].u == NFPROTO_BRIDGE) && places[place].sets[i]; i++) {
		struct mt_nft_key last = { 0 };
		char text[MT_VALUE_TEXT];

		mt_nft_sh_begin(&s, op, (uint8_t)r->v[FAMILY].u, places[place].sets[i]);
		mt_nft_sh_name(&s, mt_record_device(r));
		if (!i) {
			const char *address = mt_value_print(&fields[ADDRESS], v, text);
			int alone = places[place].range ? (int)strlen(address)
							: (int)strcspn(address, "/");

			mt_sh_say(&s, " . %.*s }", alone, address);
			continue;
		}
		mt_sh_say(&s, " . 0x");
		for (size_t b = 0; b < 16; b++)
			mt_sh_say(&s, "%02x", v->b[b]);
		mt_nft_key_ip(&last, v, true);
		if (places[place].range)
			mt_sh_say(&s, "-0x");
		for (size_t b = 0; places[place].range && b < 16; b++)
			mt_sh_say(&s, "%02x", last.bytes[b]);
		mt_sh_say(&s, " }");
	}
	mt_sh_say(&s, "\n");
	return (int)s.len;
}

const struct mt_kind mt_kind_guard_ip = {
	.name = "guard_ip",
	.doc = "an IP address that a guarded guest has: nftables",
	.fields = fields,
	.nfields = MT_NFIELDS(fields),
	.nkeys = NFIELDS,
	.required = 2,
	.device = DEV,
	.phase = MT_PHASE_GUARD,
	.flags = MT_KIND_EXCLUSIVE | MT_KIND_OWN | MT_KIND_OUTLIVES | MT_KIND_LAST |
		MT_KIND_RESTORED,
	.realm = &mt_realm_elements,
	.list = list,
	.put = put,
	.resolve = mt_nft_resolve,
	.within = mt_nft_within,
	.check = check,
	.sh = sh,
};
