/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * firewall_member.c - kind firewall_member: a guest's address is one of a group's
 *
 * It is an element of a set of the group (firewall_group.c), whose comment says the device that it is
 * for: by its number, since another device may have the name later.
 */
#include "kernel/firewall_group.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { DEV, GROUP, ADDRESS, FAMILY, NFIELDS };

static const struct mt_field fields[NFIELDS] = {
	[DEV] = { "dev", MT_LINK, .flags = MT_FIELD_CUSTOM, .doc = "the NIC's own device" },
	[GROUP] = { "group", MT_TEXT, .flags = MT_FIELD_CUSTOM, .right = &mt_rights[MT_RIGHT_GROUP],
		    .doc = "the group" },
	[ADDRESS] = { "address", MT_IP, .flags = MT_FIELD_CUSTOM,
		      .right = &mt_rights[MT_RIGHT_PREFIX], .doc = "the guest's" },
	[FAMILY] = { "family", MT_ENUM, 1, .flags = MT_FIELD_CUSTOM, .enum_names = mt_nft_families,
		     .doc = "as in firewall" },
};

static uint8_t table_of(const struct mt_record *r)
{
	return (uint8_t)r->v[FAMILY].u | MT_NFT_FIREWALL;
}

static const char *set_of(const struct mt_record *r, char buf[static MT_NFT_NAME])
{
	snprintf(buf, MT_NFT_NAME, "%s%s",
		 r->v[ADDRESS].family == AF_INET6 ? MT_GROUP_SET6 : MT_GROUP_SET4,
		 r->v[GROUP].text);
	return buf;
}

static struct mt_nft_element element(const struct mt_record *r, char set[static MT_NFT_NAME])
{
	struct mt_nft_element el = { .set = set_of(r, set) };

	mt_nft_key_ip(&el.key, &r->v[ADDRESS], false);
	return el;
}

/* The device in an element's comment; 0: none, it is somebody else's. */
static uint32_t device_of(const struct mt_nft_found *found)
{
	uint32_t ifindex;

	return sscanf(found->comment, MT_NFT_TABLE " %" SCNu32, &ifindex) == 1 ? ifindex : 0;
}

/* --- reading ---------------------------------------------------------------------------------- */

struct listing {
	struct mt_list *l;
	uint8_t family;
	const char *group;
	bool v6;
};

static int take(const struct mt_nft_found *found, void *data)
{
	struct listing *look = data;
	struct mt_list *l = look->l;
	uint32_t ifindex = device_of(found);
	struct mt_value address = { .state = MT_SET, .family = look->v6 ? AF_INET6 : AF_INET };
	struct mt_value dev = l->filter->v[DEV];
	struct mt_record r = { .kind = &mt_kind_firewall_member };

	if (!ifindex || (l->ifindex && ifindex != l->ifindex) ||
	    found->key.n != (look->v6 ? 16u : 4u))
		return 0;
	if (!l->ifindex && mt_list_link(l, ifindex, &dev))
		return -l->e->code;
	memcpy(address.b, found->key.bytes, found->key.n);
	r.ref = (struct mt_ref){ .realm = &mt_realm_elements, .id = { ifindex } };
	mt_record_put(&r, DEV, dev);
	mt_record_put(&r, GROUP, (struct mt_value){ .state = MT_SET, .text = look->group });
	mt_record_put(&r, ADDRESS, address);
	mt_record_put(&r, FAMILY, mt_uint(look->family));
	return mt_list_found(l, &r);
}

static int list_one(struct mt_list *l, uint8_t family)
{
	const struct mt_record *f = l->filter;
	struct listing look = { l, family, f->v[GROUP].text, f->v[ADDRESS].family == AF_INET6 };
	char set[MT_NFT_NAME];
	struct mt_nft_element el = element(f, set);
	struct mt_nft_found found;
	int err = mt_nft_get(l->h, family | MT_NFT_FIREWALL, &el, &found, l->e);

	if (!err)
		err = take(&found, &look);
	return err == -ENOENT || err > 0 ? 0 : mt_list_done(l, err);
}

static int take_set(const struct nlmsghdr *n, void *data)
{
	struct listing *look = data;
	const char *name;
	mt_nl_attrs tb;

	if (!mt_nl_parse(n, sizeof(struct nfgenmsg), tb))
		return 0;
	name = mt_nl_str(tb[NFTA_SET_NAME]);
	look->v6 = strncmp(name, MT_GROUP_SET6, strlen(MT_GROUP_SET6)) == 0;
	if (!look->v6 && strncmp(name, MT_GROUP_SET4, strlen(MT_GROUP_SET4)) != 0)
		return 0;
	look->group = name + strlen(MT_GROUP_SET4);
	return mt_nft_list(look->l->h, look->family | MT_NFT_FIREWALL, name, take, look,
			   look->l->e);
}

static int list_family(struct mt_list *l, uint8_t family)
{
	struct listing look = { l, family, NULL, false };
	int err;

	if (l->ifindex && mt_record_has(l->filter, GROUP) && mt_record_has(l->filter, ADDRESS))
		return list_one(l, family);
	err = mt_nft_ask(l->h, NFT_MSG_GETSET, NLM_F_DUMP, family | MT_NFT_FIREWALL, NFTA_SET_TABLE,
			 take_set, &look, l->e);
	return err == -ENOENT || err > 0 ? 0 : mt_list_done(l, err);
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
	char set[MT_NFT_NAME], comment[MT_NFT_COMMENT_MAX + 1];
	struct mt_nft_element el = element(r, set);
	uint32_t ifindex;
	int err = mt_nft_ifindex(h, r, &ifindex, e);

	snprintf(comment, sizeof comment, MT_NFT_TABLE " %" PRIu32, ifindex);
	el.comment = comment;
	if (!err)
		err = mt_nft_put(h, op, table_of(r), &el, e);
	return mt_nl_about(e, err, r, mt_nl_verb(op));
}

/* --- at plan time ----------------------------------------------------------------------------- */

static struct mt_record within(const struct mt_record *r)
{
	return mt_firewall_group(r->v[GROUP].text, r->v[FAMILY].u);
}

static int check(const struct mt_record *r, struct mt_err *e)
{
	return mt_firewall_group_check("firewall_member", mt_record_device(r), r->v[GROUP].text, e);
}

/* Another device's address. */
static int clash(struct mt_host *h, const struct mt_record *r, struct mt_err *e)
{
	char set[MT_NFT_NAME], subject[96], name[MT_NAME_MAX + 1];
	struct mt_nft_element el = element(r, set);
	struct mt_nft_found found;
	struct mt_err ignored;
	int err = mt_nft_get(h, table_of(r), &el, &found, e);

	if (err)
		return err == -ENOENT ? 0 : mt_nl_about(e, err, r, "list");
	if (mt_nl_ifname(h, device_of(&found), name, &ignored))
		snprintf(name, sizeof name, "somebody");
	return mt_fail(e, EEXIST, "firewall_member", mt_record_subject(r, subject, sizeof subject),
		       "%s has this address in the group already", name);
}

/* The comment's number is that which the device will have by then. */
static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	struct mt_sh s = { buf, n, 0 };
	char set[MT_NFT_NAME];

	mt_nft_sh_begin(&s, op, table_of(r), set_of(r, set));
	mt_sh_say(&s, " ");
	mt_sh_value(&s, r, ADDRESS);
	if (op != MT_DELETE) {
		mt_sh_say(&s, " comment '\"moontap '\"$(ip -o link show dev ");
		mt_sh_quote(&s, mt_record_device(r));
		mt_sh_say(&s, " | cut -d: -f1)\"'\"'");
	}
	mt_sh_say(&s, " }\n");
	return (int)s.len;
}

const struct mt_kind mt_kind_firewall_member = {
	.name = "firewall_member",
	.doc = "an address of a guest that is one of a group's: nftables",
	.fields = fields,
	.nfields = MT_NFIELDS(fields),
	.nkeys = NFIELDS,
	.required = 3,
	.device = DEV,
	.phase = MT_PHASE_GUARD,
	.flags = MT_KIND_EXCLUSIVE | MT_KIND_OWN | MT_KIND_OUTLIVES | MT_KIND_LAST |
		MT_KIND_RESTORED,
	.realm = &mt_realm_elements,
	.list = list,
	.put = put,
	.resolve = mt_nft_resolve,
	.within = within,
	.check = check,
	.clash = clash,
	.sh = sh,
};
