/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * firewall.c - kind firewall: who may begin to speak with a guest, and whom the guest may speak to
 *
 * An element of a map for each way leads the packets of a device to the rules that decide. What is
 * allowed is said by records of other kinds: firewall_allow.c, firewall_allow_group.c. The rules
 * know connections: what answers passes.
 */
#include "kernel/nft.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <string.h>

enum { DEV, FAMILY, INBOUND, OUTBOUND, NFIELDS };

enum { DENY = 1, ACCEPT };

static const struct mt_enum_name verdicts[] = { { "deny", DENY },
						{ "accept", ACCEPT },
						{ NULL, 0 } };

#define WAY(NAME, DOC)                                                                         \
	{                                                                                      \
		.name = NAME, .type = MT_ENUM, .size = 1, .phase = MT_PHASE_GUARD,             \
		.flags = MT_FIELD_CUSTOM | MT_FIELD_GUARDS, .enum_names = verdicts, .doc = DOC \
	}

static const struct mt_field fields[NFIELDS] = {
	[DEV] = { "dev", MT_LINK, .flags = MT_FIELD_CUSTOM, .doc = "the NIC's own device" },
	[FAMILY] = { "family", MT_ENUM, 1, .flags = MT_FIELD_CUSTOM, .enum_names = mt_nft_families,
		     .doc = "bridge, for a port of a bridge; inet, for a device that is routed; "
			    "unless given, what the device will be" },
	[INBOUND] = WAY("inbound",
			"what others begin with the guest: deny, unless given: only "
			"what allow_in allows"),
	[OUTBOUND] = WAY("outbound",
			 "what the guest begins: accept, unless given; deny: only what "
			 "allow_out allows"),
};

/* By the way, beginning with INBOUND. */
static const struct {
	const char *map, *dropped, *chains[ACCEPT + 1];
} ways[] = {
	{ "to_guest", "dropped_in", { [DENY] = "in_deny", [ACCEPT] = "in_accept" } },
	{ "from_guest", "dropped_out", { [DENY] = "out_deny", [ACCEPT] = "out_accept" } },
};

static void set_defaults(struct mt_record *r)
{
	if (!mt_record_has(r, INBOUND))
		mt_record_put(r, INBOUND, mt_uint(DENY));
	if (!mt_record_has(r, OUTBOUND))
		mt_record_put(r, OUTBOUND, mt_uint(ACCEPT));
}

static uint8_t table_of(const struct mt_record *r)
{
	return (uint8_t)r->v[FAMILY].u | MT_NFT_FIREWALL;
}

static struct mt_nft_element element(const char *set, uint32_t ifindex)
{
	struct mt_nft_element el = { .set = set };

	mt_nft_key_ifindex(&el.key, ifindex);
	return el;
}

/* --- reading ---------------------------------------------------------------------------------- */

struct looking {
	struct mt_list *l;
	uint8_t family;
	int way; /* whose map is listed */
};

static int get_way(struct looking *look, uint32_t ifindex, int field, struct mt_record *r)
{
	struct mt_nft_element el = element(ways[field - INBOUND].map, ifindex);
	struct mt_nft_found found;
	int err = mt_nft_get(look->l->h, look->family | MT_NFT_FIREWALL, &el, &found, look->l->e);

	for (unsigned i = DENY; !err && i <= ACCEPT; i++)
		if (!strcmp(found.jump, ways[field - INBOUND].chains[i]))
			mt_record_put(r, field, mt_uint(i));
	return err == -ENOENT ? 0 : err;
}

/* Either way alone is a firewall, too: somebody took the other one away. */
static int found(struct looking *look, uint32_t ifindex)
{
	struct mt_list *l = look->l;
	struct mt_record r = { .kind = &mt_kind_firewall };
	struct mt_value dev = l->filter->v[DEV];
	int err = get_way(look, ifindex, INBOUND, &r) ?: get_way(look, ifindex, OUTBOUND, &r);

	if (err || !r.set || (look->way && mt_record_has(&r, INBOUND)))
		return err;
	if (!l->ifindex && mt_list_link(l, ifindex, &dev))
		return -l->e->code;
	r.ref = (struct mt_ref){ .realm = &mt_realm_elements, .id = { ifindex } };
	mt_record_put(&r, DEV, dev);
	mt_record_put(&r, FAMILY, mt_uint(look->family));
	return mt_list_found(l, &r);
}

static int take(const struct mt_nft_found *f, void *data)
{
	uint32_t ifindex;

	if (f->key.n != sizeof ifindex)
		return 0;
	memcpy(&ifindex, f->key.bytes, sizeof ifindex);
	return found(data, ifindex);
}

static int list_family(struct mt_list *l, uint8_t family)
{
	struct looking look = { l, family, 0 };
	int err = 0;

	if (l->ifindex) {
		err = found(&look, l->ifindex);
		return err > 0 ? 0 : mt_list_done(l, err);
	}
	for (; !err && look.way < 2; look.way++)
		err = mt_list_done(l,
				   mt_nft_list(l->h, family | MT_NFT_FIREWALL, ways[look.way].map,
					       take, &look, l->e));
	return err;
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);

	return mt_nft_list_device(&l, list_family);
}

/* --- changing --------------------------------------------------------------------------------- */

static void add(struct mt_nft_batch *b, const struct mt_record *r, uint32_t ifindex)
{
	for (int i = INBOUND; i <= OUTBOUND; i++) {
		struct mt_nft_element el = element(ways[i - INBOUND].map, ifindex);

		el.jump = ways[i - INBOUND].chains[r->v[i].u];
		el.comment = "moontap";
		if (mt_record_has(r, i))
			mt_nft_add(b, &el, true);
	}
}

/* @what: the fields that have an element */
static void delete (struct mt_nft_batch *b, const struct mt_record *what, uint32_t ifindex)
{
	for (int i = INBOUND; i <= OUTBOUND; i++) {
		struct mt_nft_element el = element(ways[i - INBOUND].map, ifindex);

		if (mt_record_has(what, i))
			mt_nft_delete(b, &el);
	}
}

/* What it has, without the fields that a change does not name. */
static int get_changed(struct mt_host *h, const struct mt_record *r, struct mt_record *has,
		       struct mt_err *e)
{
	struct mt_pool pool = { 0 };
	int err = mt_record_get(h, r, has, &pool, e);

	for (int i = INBOUND; i <= OUTBOUND; i++)
		if (!mt_record_has(r, i))
			mt_record_put(has, i, (struct mt_value){ .state = MT_UNSET });
	mt_pool_free(&pool);
	return err == -ENOENT ? mt_fail(e, ENOENT, "", "", NULL) : err;
}

/* The packets that were dropped are counted in sets that the kernel fills. */
static int forget_dropped(struct mt_host *h, struct mt_nft_batch *b, uint32_t ifindex,
			  struct mt_err *e)
{
	int err = 0;

	for (int way = 0; !err && way < 2; way++) {
		struct mt_nft_element el = element(ways[way].dropped, ifindex);

		err = mt_nft_get(h, b->table, &el, NULL, e);
		if (!err)
			mt_nft_delete(b, &el);
		err = err == -ENOENT ? 0 : err;
	}
	return err;
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct mt_nft_batch b;
	struct mt_record has;
	uint32_t ifindex;
	int err = mt_nft_ifindex(h, r, &ifindex, e);

	mt_nft_begin(&b, table_of(r));
	if (!err && op == MT_CHANGE)
		err = get_changed(h, r, &has, e);
	if (!err && op != MT_ADD)
		delete (&b, op == MT_CHANGE ? &has : r, ifindex);
	if (!err && op != MT_DELETE)
		add(&b, r, ifindex);
	if (!err && op == MT_DELETE)
		err = forget_dropped(h, &b, ifindex, e);
	if (!err)
		err = mt_nft_commit(h, &b, e);
	return mt_nl_about(e, err, r, mt_nl_verb(op));
}

/* Those that were dropped are among those that came. */
static int counted(struct mt_host *h, const struct mt_record *r, char *text, size_t n,
		   struct mt_err *e)
{
	uint64_t counts[2][2] = { 0 };
	struct mt_nft_found f;
	uint32_t ifindex;
	int err = mt_nft_ifindex(h, r, &ifindex, e);

	*text = 0;
	for (int i = 0; !err && i < 4; i++) {
		struct mt_nft_element el =
			element(i % 2 ? ways[i / 2].dropped : ways[i / 2].map, ifindex);

		err = mt_nft_get(h, table_of(r), &el, &f, e);
		if (!err)
			counts[i / 2][i % 2] = f.packets;
		else if (err == -ENOENT && i % 2)
			err = 0;
	}
	if (err)
		return err == -ENOENT || err == -ENODEV ? 0 : err;
	snprintf(text, n,
		 "%" PRIu64 " to it, %" PRIu64 " of them dropped; %" PRIu64 " from it, %" PRIu64
		 " of them dropped",
		 counts[0][0], counts[0][1], counts[1][0], counts[1][1]);
	return 0;
}

/* --- at plan time ----------------------------------------------------------------------------- */

/* A VRF's packets come in by the VRF by the time that they are forwarded: drivers/net/vrf.c
 * vrf_ip_rcv(). */
static int check_vrf(const struct mt_record *r, mt_will will, void *data, struct mt_err *e)
{
	struct mt_record key = mt_nl_on(&mt_kind_link, "name", mt_record_device(r)), link;
	const struct mt_value *master = &link.v[mt_kind_field(&mt_kind_link, "master")];
	int err = r->v[FAMILY].u == NFPROTO_INET ? will(data, &key, &link, e) : -ENOENT;

	if (err)
		return err == -ENOENT ? 0 : err;
	return master->state == MT_SET ? mt_bad(e, "firewall", mt_record_device(r),
						"it is in the VRF %s: nftables sees what the guest "
						"begins come from the VRF",
						master->name)
				       : 0;
}

static int needs(struct mt_host *h, const struct mt_record *r, mt_will will, void *data,
		 struct mt_err *e)
{
	struct mt_record macvtap;
	int is = mt_nft_macvtap(r, will, data, &macvtap, e);

	(void)h;
	if (!is)
		return check_vrf(r, will, data, e);
	return is < 0 ? is
		      : mt_bad(e, "firewall", mt_record_device(r),
			       "it is a macvtap, whose frames leave by the device below it, unseen "
			       "by nftables");
}

static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	struct mt_sh s = { buf, n, 0 };

	for (int i = INBOUND; i <= OUTBOUND; i++) {
		if (!mt_record_has(r, i))
			continue;
		mt_nft_sh_begin(&s, op, table_of(r), ways[i - INBOUND].map);
		mt_nft_sh_name(&s, mt_record_device(r));
		if (op != MT_DELETE)
			mt_sh_say(&s, " comment moontap : jump %s",
				  ways[i - INBOUND].chains[r->v[i].u]);
		mt_sh_say(&s, " }");
	}
	mt_sh_say(&s, "\n");
	return (int)s.len;
}

const struct mt_kind mt_kind_firewall = {
	.name = "firewall",
	.doc = "who may begin to speak with a guest, and whom it may speak to: nftables",
	.fields = fields,
	.nfields = MT_NFIELDS(fields),
	.nkeys = 2,
	.required = 1,
	.device = DEV,
	.phase = MT_PHASE_GUARD,
	.flags = MT_KIND_OWN | MT_KIND_OUTLIVES | MT_KIND_BEFORE_UP | MT_KIND_WHOLE | MT_KIND_LAST |
		MT_KIND_RESTORED | MT_KIND_REPLACED,
	.realm = &mt_realm_elements,
	.list = list,
	.put = put,
	.set_defaults = set_defaults,
	.resolve = mt_nft_resolve,
	.within = mt_nft_within_firewall,
	.needs = needs,
	.counted = counted,
	.sh = sh,
};
