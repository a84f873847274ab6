/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nft_record.c - what records have in common that are elements of nftables' sets for a device */
#include "kernel/nft.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <string.h>

/* --- which device ----------------------------------------------------------------------------- */

static int find_device(struct mt_host *h, struct mt_record *r, struct mt_err *e)
{
	uint32_t ifindex;

	if (mt_nl_ifindex(h, mt_record_device(r), &ifindex, e))
		return -e->code;
	r->ref = (struct mt_ref){ .realm = &mt_realm_elements, .id = { ifindex } };
	return 0;
}

/* An element is found by its number also when its device is gone, under the name that that had. */
static int locate_device(struct mt_host *h, struct mt_record *r, struct mt_err *e)
{
	char name[MT_NAME_MAX + 1];
	int err = mt_nl_ifname(h, (uint32_t)r->ref.id[0], name, e);

	if (!err)
		mt_record_put(r, r->kind->device, mt_name_from(name));
	return err == -ENODEV ? 0 : err;
}

const struct mt_realm mt_realm_elements = {
	.name = "elements",
	.by_device = true,
	.find = find_device,
	.locate = locate_device,
};

int mt_nft_ifindex(struct mt_host *h, const struct mt_record *r, uint32_t *ifindex,
		   struct mt_err *e)
{
	*ifindex = (uint32_t)r->ref.id[0];
	return mt_ref_is_set(&r->ref) ? 0 : mt_nl_ifindex(h, mt_record_device(r), ifindex, e);
}

int mt_nft_list_device(struct mt_list *l, int (*list)(struct mt_list *l, uint8_t family))
{
	int err = 0;

	if (mt_ref_is_set(&l->filter->ref))
		l->ifindex = (uint32_t)l->filter->ref.id[0];
	else
		err = mt_list_device(l);
	return err ? err < 0 ? err : 0 : mt_nft_list_families(l, list);
}

/* --- at plan time ----------------------------------------------------------------------------- */

static struct mt_record table_of(uint64_t number)
{
	struct mt_record table = { .kind = &mt_kind_nft };

	mt_record_put(&table, 0, mt_uint(number));
	table.kind->set_defaults(&table);
	return table;
}

struct mt_record mt_nft_within(const struct mt_record *r)
{
	return table_of(r->v[mt_kind_field(r->kind, "family")].u);
}

struct mt_record mt_nft_within_firewall(const struct mt_record *r)
{
	return table_of(r->v[mt_kind_field(r->kind, "family")].u | MT_NFT_FIREWALL);
}

struct mt_record mt_nft_within_inet(const struct mt_record *r)
{
	(void)r;
	return table_of(NFPROTO_INET);
}

/* Whether the master that a device will have is a bridge. Return: 1, 0 or -errno. */
static int is_bridge(const char *master, const struct mt_record *r, mt_will will, void *data,
		     struct mt_err *e)
{
	struct mt_record bridge = mt_nl_on(&mt_kind_bridge, "name", master), has;
	struct mt_record vrf = mt_nl_on(&mt_kind_vrf, "name", master);
	char subject[96];
	int err = will(data, &bridge, &has, e);

	if (!err)
		return 1;
	if (err == -ENOENT || err == -EEXIST)
		err = will(data, &vrf, &has, e);
	if (err == -ENOENT || err == -EEXIST)
		return mt_bad(
			e, r->kind->name, mt_record_subject(r, subject, sizeof subject),
			"%s is neither a bridge of Linux nor a VRF: nftables does not see what "
			"its ports send; if it is Open vSwitch's, " MT_OVS_GUARDS,
			master);
	return err;
}

int mt_nft_resolve(struct mt_record *r, mt_will will, void *data, struct mt_err *e)
{
	struct mt_record key = mt_nl_on(&mt_kind_link, "name", mt_record_device(r)), link;
	int family = mt_kind_field(r->kind, "family");
	const struct mt_value *master = &link.v[mt_kind_field(&mt_kind_link, "master")];
	int bridged, err;

	if (mt_record_has(r, family))
		return 0;
	err = will(data, &key, &link, e);
	if (err == -ENOENT)
		return mt_fail(e, ENODEV, r->kind->name, mt_record_device(r),
			       "there is no such device");
	if (err)
		return err;
	bridged = master->state == MT_SET ? is_bridge(master->name, r, will, data, e) : 0;
	if (bridged >= 0)
		mt_record_put(r, family, mt_uint(bridged ? NFPROTO_BRIDGE : NFPROTO_INET));
	return bridged < 0 ? bridged : 0;
}

int mt_nft_macvtap(const struct mt_record *r, mt_will will, void *data, struct mt_record *macvtap,
		   struct mt_err *e)
{
	struct mt_record key = mt_nl_on(&mt_kind_macvtap, "name", mt_record_device(r));
	int err = will(data, &key, macvtap, e);

	return err == -ENOENT || err == -EEXIST ? 0 : err ? err : 1;
}

/* --- commands --------------------------------------------------------------------------------- */

void mt_nft_sh_begin(struct mt_sh *s, enum mt_op op, uint8_t table, const char *set)
{
	char text[MT_NFT_TABLE_TEXT];

	mt_sh_say(s, "%s %s element %s %s {", s->len ? " \\;" : "nft",
		  op == MT_DELETE ? "delete" : "add", mt_nft_table_text(table, text), set);
}

/* Within quotes, since nft(8) has words of its own that a device can be called by. */
void mt_nft_sh_name(struct mt_sh *s, const char *name)
{
	char quoted[MT_NAME_MAX + 3];

	if (!strncmp(name, MT_SH_UNNAMED, strlen(MT_SH_UNNAMED))) {
		mt_sh_say(s, " \"\\\"%s\\\"\"", name);
		return;
	}
	snprintf(quoted, sizeof quoted, "\"%s\"", name);
	mt_sh_say(s, " ");
	mt_sh_quote(s, quoted);
}
