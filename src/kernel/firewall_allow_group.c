/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * firewall_allow_group.c - kinds allow_in_group and allow_out_group: what a firewall allows a group
 *
 * Each is an element of a map: device, protocol and ports lead to the chain that looks whether the
 * other side's address is in the group (firewall_group.c). What a key leads to is one chain, so for
 * further groups at the same port there are further maps.
 */
#include "kernel/firewall_group.h"
#include "kernel/firewall_ports.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { DEV, PROTO, PORT, NTH, FAMILY, GROUP, NFIELDS };

static const struct mt_field fields[NFIELDS] = {
	[DEV] = { "dev", MT_LINK, .flags = MT_FIELD_CUSTOM, .doc = "the NIC's own device" },
	[PROTO] = { "proto", MT_ENUM, 2, .flags = MT_FIELD_CUSTOM,
		    .enum_names = mt_firewall_protocols, .doc = "by which protocol" },
	[PORT] = { "port", MT_RANGE, 2, .flags = MT_FIELD_CUSTOM, .max = 65535,
		   .doc = "to which port, or ports; of protocols without ports 0-65535" },
	[NTH] = { "nth", MT_UINT, 1, .flags = MT_FIELD_CUSTOM, .min = 1, .max = MT_GROUPS_AT_PORT,
		  .doc = "which of the groups at this port; 1, unless given" },
	[FAMILY] = { "family", MT_ENUM, 1, .flags = MT_FIELD_CUSTOM, .enum_names = mt_nft_families,
		     .doc = "as in firewall" },
	[GROUP] = { "group", MT_TEXT, 0, MT_PHASE_GUARD, .flags = MT_FIELD_CUSTOM,
		    .right = &mt_rights[MT_RIGHT_GROUP], .doc = "the group" },
};

static void set_defaults(struct mt_record *r)
{
	if (!mt_record_has(r, NTH))
		mt_record_put(r, NTH, mt_uint(1));
}

/* By whether it is outbound, and by NTH. */
static const char *const maps[2][MT_GROUPS_AT_PORT] = {
	{ "in_group1", "in_group2", "in_group3", "in_group4" },
	{ "out_group1", "out_group2", "out_group3", "out_group4" },
};

static bool is_outbound(const struct mt_kind *k)
{
	return k == &mt_kind_allow_out_group;
}

static const char *map_of(const struct mt_record *r)
{
	return maps[is_outbound(r->kind)][(r->v[NTH].u - 1) % MT_GROUPS_AT_PORT];
}

static uint8_t table_of(const struct mt_record *r)
{
	return (uint8_t)r->v[FAMILY].u | MT_NFT_FIREWALL;
}

static const char *chain_of(const struct mt_record *r, char buf[static MT_NFT_NAME])
{
	snprintf(buf, MT_NFT_NAME, "%s%s", is_outbound(r->kind) ? MT_NFT_TO : MT_NFT_FROM,
		 r->v[GROUP].state == MT_SET ? r->v[GROUP].text : "");
	return buf;
}

static struct mt_nft_element element(const struct mt_record *r, uint32_t ifindex)
{
	struct mt_nft_element el = { .set = map_of(r) };

	mt_firewall_key(&el, ifindex, r->v[PROTO].u, r->v[PORT].range);
	return el;
}

/* --- reading ---------------------------------------------------------------------------------- */

struct listing {
	struct mt_list *l;
	uint8_t family;
	unsigned nth;
};

/* The chain is its group's, after what begins its name. */
static int take(const struct mt_nft_found *found, void *data)
{
	struct listing *look = data;
	struct mt_list *l = look->l;
	const char *begins = is_outbound(l->filter->kind) ? MT_NFT_TO : MT_NFT_FROM;
	struct mt_record r = { .kind = l->filter->kind };
	struct mt_value proto, ports, dev = l->filter->v[DEV];
	uint32_t ifindex;

	if (!mt_firewall_read(found, &ifindex, &proto, &ports) ||
	    (l->ifindex && ifindex != l->ifindex) ||
	    strncmp(found->jump, begins, strlen(begins)) != 0)
		return 0;
	if (!l->ifindex && mt_list_link(l, ifindex, &dev))
		return -l->e->code;
	r.ref = (struct mt_ref){ .realm = &mt_realm_elements, .id = { ifindex } };
	mt_record_put(&r, DEV, dev);
	mt_record_put(&r, PROTO, proto);
	mt_record_put(&r, PORT, ports);
	mt_record_put(&r, NTH, mt_uint(look->nth));
	mt_record_put(&r, FAMILY, mt_uint(look->family));
	mt_record_put(&r, GROUP,
		      (struct mt_value){ .state = MT_SET, .text = found->jump + strlen(begins) });
	return mt_list_found(l, &r);
}

static int list_one(struct mt_list *l, uint8_t family)
{
	struct listing look = { l, family, (unsigned)l->filter->v[NTH].u };
	struct mt_nft_element el = element(l->filter, l->ifindex);
	struct mt_nft_found found;
	int err = mt_nft_get(l->h, family | MT_NFT_FIREWALL, &el, &found, l->e);

	if (!err)
		err = take(&found, &look);
	return err == -ENOENT || err > 0 ? 0 : mt_list_done(l, err);
}

static int list_family(struct mt_list *l, uint8_t family)
{
	const struct mt_record *f = l->filter;
	int err = 0;

	if (l->ifindex && mt_record_has(f, PROTO) && mt_record_has(f, PORT) &&
	    mt_record_has(f, NTH))
		return list_one(l, family);
	for (unsigned i = 0; !err && i < MT_GROUPS_AT_PORT; i++) {
		struct listing look = { l, family, i + 1 };

		err = mt_list_done(l,
				   mt_nft_list(l->h, family | MT_NFT_FIREWALL,
					       maps[is_outbound(f->kind)][i], take, &look, l->e));
	}
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
	char chain[MT_NFT_NAME];
	uint32_t ifindex;
	int err = mt_nft_ifindex(h, r, &ifindex, e);

	if (err)
		return mt_nl_about(e, err, r, mt_nl_verb(op));
	el = element(r, ifindex);
	mt_nft_begin(&b, table_of(r));
	if (op != MT_ADD)
		mt_nft_delete(&b, &el);
	el.jump = chain_of(r, chain);
	if (op != MT_DELETE)
		mt_nft_add(&b, &el, true);
	err = mt_nft_commit(h, &b, e);
	if (err == -ENOTEMPTY)
		err = mt_fail(e, ENOTEMPTY, "", "",
			      "its ports overlap with others' of the device: give it another nth");
	return mt_nl_about(e, err, r, mt_nl_verb(op));
}

/* --- at plan time ----------------------------------------------------------------------------- */

static struct mt_record within(const struct mt_record *r)
{
	return mt_firewall_group(r->v[GROUP].text, r->v[FAMILY].u);
}

static int check(const struct mt_record *r, struct mt_err *e)
{
	char subject[96];

	mt_record_subject(r, subject, sizeof subject);
	if (!mt_record_has(r, GROUP))
		return mt_bad(e, r->kind->name, subject, "'group' is missing");
	return mt_firewall_group_check(r->kind->name, subject, r->v[GROUP].text, e)
		?: mt_firewall_check(r, r->v[PROTO].u, r->v[PORT].range, e);
}

static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	struct mt_sh s = { buf, n, 0 };
	char chain[MT_NFT_NAME];

	mt_nft_sh_begin(&s, op, table_of(r), map_of(r));
	mt_firewall_sh(&s, op, r, r->v[PROTO].u, r->v[PORT].range);
	if (op != MT_DELETE)
		mt_sh_say(&s, " : jump %s", chain_of(r, chain));
	mt_sh_say(&s, " }\n");
	return (int)s.len;
}

#define KIND(NAME, DOC)                                                                     \
	{                                                                                   \
		.name = NAME, .doc = DOC, .fields = fields, .nfields = MT_NFIELDS(fields),  \
		.nkeys = 5, .required = 3, .device = DEV, .phase = MT_PHASE_GUARD,          \
		.flags = MT_KIND_OWN | MT_KIND_OUTLIVES | MT_KIND_LAST | MT_KIND_RESTORED | \
			MT_KIND_WHOLE | MT_KIND_REPLACED,                                   \
		.realm = &mt_realm_elements, .list = list, .put = put,                      \
		.set_defaults = set_defaults, .resolve = mt_nft_resolve, .within = within,  \
		.check = check, .sh = sh,                                                   \
	}

const struct mt_kind mt_kind_allow_in_group =
	KIND("allow_in_group", "a group whose members may begin to speak with a guest: nftables");
const struct mt_kind mt_kind_allow_out_group =
	KIND("allow_out_group", "a group whose members a guest may begin to speak with: nftables");
