/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* veth.c - pairs of devices, what goes into the one comes out of the other */
#include "kernel/nl.h"

#include <linux/veth.h>

enum { NAME, PEER, NFIELDS };

static const struct mt_field fields[NFIELDS] = {
	[NAME] = { "name", MT_NAME, .flags = MT_FIELD_CUSTOM, .doc = "the device" },
	[PEER] = { "peer", MT_NAME, 0, MT_PHASE_MAKE, MT_REVERT_FIXED, MT_FIELD_CUSTOM,
		   .ip_arg = "peer name", .doc = "its other end, made and deleted with it" },
};

static int decode(struct mt_list *l, const struct mt_nl_device *d, struct mt_record *r)
{
	return mt_nl_decode_lower(l, d, r, PEER);
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);

	return mt_nl_list_devices(&l, "veth", decode);
}

static void put_peer(struct nlmsghdr *n, enum mt_op op, const struct mt_record *r)
{
	struct nlattr *peer;

	if (op != MT_ADD)
		return;
	peer = mnl_attr_nest_start(n, VETH_INFO_PEER);
	mnl_nlmsg_put_extra_header(n, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(n, IFLA_IFNAME, r->v[PEER].name);
	mnl_attr_nest_end(n, peer);
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	return mt_nl_put_device(h, op, r, "veth", put_peer, e);
}

/* The kernel would give a peer without a name one of its own choice. */
static int check(const struct mt_record *r, struct mt_err *e)
{
	if (mt_record_has(r, PEER))
		return 0;
	return mt_bad(e, "veth", r->v[NAME].name, "'peer' is missing");
}

const struct mt_kind mt_kind_veth = {
	MT_LINKS_KIND("veth", "a pair of devices, what goes into the one comes out of the other", 1,
		      1, MT_PHASE_MAKE, MT_KIND_DEVICE),
	.add = "ip link add dev %s type veth",
	.set = "ip link set dev %s type veth",
	.del = "ip link del dev %s",
	.check = check,
};
