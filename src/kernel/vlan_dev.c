/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vlan_dev.c - kind vlan_dev: the frames of one VLAN on a device, as a device of their own */
#include "kernel/nl.h"

#include <asm/byteorder.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_vlan.h>
#include <string.h>

enum { NAME, LINK, ID, PROTOCOL, REORDER_HDR, GVRP, MVRP, LOOSE_BINDING, BRIDGE_BINDING, NFIELDS };

static const struct mt_enum_name protocols[] = {
	{ "802.1Q", __constant_htons(ETH_P_8021Q) },
	{ "802.1ad", __constant_htons(ETH_P_8021AD) },
	{ NULL },
};

#define FLAG(NAME, DOC)                                                                            \
	{                                                                                          \
		.name = NAME, .type = MT_BOOL, .phase = MT_PHASE_FIELDS, .flags = MT_FIELD_CUSTOM, \
		.ip_arg = NAME " on", .ip_none = NAME " off", .doc = DOC                           \
	}

static const struct mt_field fields[NFIELDS] = {
	[NAME] = { "name", MT_NAME, .flags = MT_FIELD_CUSTOM, .doc = "the device" },
	[LINK] = { "link", MT_LINK, 4, .revert = MT_REVERT_FIXED, .flags = MT_FIELD_CUSTOM,
		   .attr = IFLA_LINK, .ip_arg = "link",
		   .doc = "the device that it is on; needed to create it" },
	[ID] = { "id", MT_UINT, 2, .revert = MT_REVERT_FIXED, .attr = IFLA_VLAN_ID, .min = 1,
		 .max = MT_VID_MAX, .ip_arg = "id", .right = &mt_rights[MT_RIGHT_VID],
		 .doc = "the VLAN; needed to create it" },
	[PROTOCOL] = { "protocol", MT_ENUM, 2, .revert = MT_REVERT_FIXED,
		       .attr = IFLA_VLAN_PROTOCOL, .ip_arg = "protocol", .enum_names = protocols,
		       .doc = "of the tags; without it 802.1Q" },
	[REORDER_HDR] = FLAG("reorder_hdr", "whoever listens on it sees frames without their tag"),
	[GVRP] = FLAG("gvrp", "tell switches by GVRP that the VLAN is wanted here"),
	[MVRP] = FLAG("mvrp", "likewise, by MVRP"),
	[LOOSE_BINDING] =
		FLAG("loose_binding", "it stays up while the device that it is on is not"),
	[BRIDGE_BINDING] =
		FLAG("bridge_binding", "on a bridge: it is up while a port is that is in the VLAN"),
};

/* linux/if_vlan.h, by field */
static const uint32_t flags[NFIELDS] = {
	[REORDER_HDR] = VLAN_FLAG_REORDER_HDR,
	[GVRP] = VLAN_FLAG_GVRP,
	[MVRP] = VLAN_FLAG_MVRP,
	[LOOSE_BINDING] = VLAN_FLAG_LOOSE_BINDING,
	[BRIDGE_BINDING] = VLAN_FLAG_BRIDGE_BINDING,
};

static int decode(struct mt_list *l, const struct mt_nl_device *d, struct mt_record *r)
{
	const struct nlattr *a = d->data[IFLA_VLAN_FLAGS];
	struct ifla_vlan_flags has;
	int err = mt_nl_decode_data(l, d, r);

	if (err < 0)
		return err;
	if (a && mnl_attr_get_payload_len(a) == sizeof has) {
		memcpy(&has, mnl_attr_get_payload(a), sizeof has);
		for (int i = REORDER_HDR; i < NFIELDS; i++)
			mt_record_put(r, i, mt_uint(!!(has.flags & flags[i])));
	}
	return mt_nl_decode_lower(l, d, r, LINK);
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);

	return mt_nl_list_devices(&l, "vlan", decode);
}

static void put_flags(struct nlmsghdr *n, enum mt_op op, const struct mt_record *r)
{
	struct ifla_vlan_flags to = { 0 };

	(void)op;
	for (int i = REORDER_HDR; i < NFIELDS; i++) {
		if (!mt_record_has(r, i))
			continue;
		to.mask |= flags[i];
		to.flags |= r->v[i].u ? flags[i] : 0;
	}
	if (to.mask)
		mnl_attr_put(n, IFLA_VLAN_FLAGS, sizeof to, &to);
}

static void set_defaults(struct mt_record *r)
{
	if (!mt_record_has(r, PROTOCOL))
		mt_record_put(r, PROTOCOL, mt_uint(protocols[0].value));
}

static int needs(struct mt_host *h, const struct mt_record *r, mt_will will, void *data,
		 struct mt_err *e)
{
	const char *missing = !mt_record_has(r, LINK) ? "link"
		: !mt_record_has(r, ID)		      ? "id"
						      : NULL;
	struct mt_record has;
	int err = missing ? will(data, r, &has, e) : 0;

	(void)h;
	if (err != -ENOENT)
		return err;
	return mt_bad(e, "vlan_dev", r->v[NAME].name, "'%s' is missing", missing);
}

static int take_holder(const struct mt_record *has, void *data, struct mt_err *e)
{
	const struct mt_record *r = data;

	if (!strcmp(has->v[NAME].name, r->v[NAME].name) || has->v[LINK].state != MT_SET ||
	    strcmp(has->v[LINK].name, r->v[LINK].name) || has->v[ID].u != r->v[ID].u ||
	    has->v[PROTOCOL].u != r->v[PROTOCOL].u)
		return 0;
	return mt_fail(e, EEXIST, "vlan_dev", r->v[NAME].name,
		       "%s is VLAN %u on %s already: use that name; or, if it is a leftover: ip "
		       "link del dev %s",
		       has->v[NAME].name, (unsigned)has->v[ID].u, r->v[LINK].name,
		       has->v[NAME].name);
}

/* net/8021q/vlan.c vlan_check_real_dev() */
static int clash(struct mt_host *h, const struct mt_record *r, struct mt_err *e)
{
	return mt_nl_clash(h, r->kind, take_holder, r, e);
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct mt_err holder;
	int err = mt_nl_put_upper(h, op, r, "vlan", LINK, put_flags, e);

	if (err == -EEXIST && op == MT_ADD && clash(h, r, &holder) == -EEXIST)
		*e = holder;
	return err;
}

/* A switch knows the host by one MAC, whatever VLAN it is in. */
static bool lower_address(const struct mt_record *r)
{
	(void)r;
	return true;
}

static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	return mt_upper_sh(op, r, "vlan", LINK, buf, n);
}

const struct mt_kind mt_kind_vlan_dev = {
	MT_LINKS_KIND("vlan_dev", "the frames of one VLAN on a device, as a device of their own", 1,
		      1, MT_PHASE_MAKE, MT_KIND_DEVICE),
	.del = "ip link del dev %s",
	.set_defaults = set_defaults,
	.needs = needs,
	.clash = clash,
	.lower_address = lower_address,
	.busy = mt_upper_busy,
	.sh = sh,
};
