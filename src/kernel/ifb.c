/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ifb.c - kind ifb: devices that packets of others pass, so that a queue can slow them down */
#include "kernel/nl.h"

static const struct mt_field fields[] = {
	{ "name", MT_NAME, .flags = MT_FIELD_CUSTOM, .doc = "the device" },
};

static int decode(struct mt_list *l, const struct mt_nl_device *d, struct mt_record *r)
{
	(void)l, (void)d, (void)r; /* the name is all there is */
	return 1;
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);

	return mt_nl_list_devices(&l, "ifb", decode);
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	return mt_nl_put_device(h, op, r, "ifb", NULL, e);
}

/* Its driver lets nobody set one: drivers/net/ifb.c ifb_netdev_ops. Packets keep theirs. */
static bool no_address(const struct mt_record *r)
{
	(void)r;
	return true;
}

const struct mt_kind mt_kind_ifb = {
	MT_LINKS_KIND("ifb", "a device that others' packets pass, to be slowed down by its queue",
		      1, 1, MT_PHASE_MAKE, MT_KIND_DEVICE | MT_KIND_SERVES),
	.add = "ip link add dev %s type ifb",
	.del = "ip link del dev %s",
	.lower_address = no_address,
	.busy = mt_upper_busy,
};
