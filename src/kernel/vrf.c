/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vrf.c - kind vrf: devices that have a routing table of their own for all that is in them
 *
 * The first VRF of a host makes a policy rule of the kernel's own, of priority 1000, which stays
 * when the last one is gone: drivers/net/vrf.c vrf_add_fib_rules().
 */
#include "kernel/nl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { NAME, TABLE, NFIELDS };

static const struct mt_field fields[NFIELDS] = {
	[NAME] = { "name", MT_NAME, .flags = MT_FIELD_CUSTOM, .doc = "the device" },
	[TABLE] = { "table", MT_UINT, 4, MT_PHASE_MAKE, MT_REVERT_FIXED, .attr = IFLA_VRF_TABLE,
		    .min = 1, .ip_arg = "table", .right = &mt_rights[MT_RIGHT_TABLE],
		    .doc = "the routing table of what is in it; none that others use" },
};

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);

	return mt_nl_list_devices(&l, "vrf", mt_nl_decode_data);
}

static int take_holder(const struct mt_record *has, void *data, struct mt_err *e)
{
	const struct mt_record *r = data;

	if (has->v[TABLE].u != r->v[TABLE].u || !strcmp(has->v[NAME].name, r->v[NAME].name))
		return 0;
	return mt_fail(e, EBUSY, "vrf", r->v[NAME].name, "the VRF %s has the table %u already",
		       has->v[NAME].name, (unsigned)r->v[TABLE].u);
}

/* The kernel takes a second VRF on one table, unless net.vrf.strict_mode is on. */
static int clash(struct mt_host *h, const struct mt_record *r, struct mt_err *e)
{
	return mt_nl_clash(h, &mt_kind_vrf, take_holder, r, e);
}

/* Again before an add: a plan may have two, and another guest's plan one more. */
static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	if (op == MT_ADD && clash(h, r, e))
		return -e->code;
	return mt_nl_put_device(h, op, r, "vrf", NULL, e);
}

/* The tables that a policy rule of the kernel's own leads all packets to: include/uapi/linux/
 * rtnetlink.h rt_class_t */
static int check(const struct mt_record *r, struct mt_err *e)
{
	uint64_t table = r->v[TABLE].u;

	if (!mt_record_has(r, TABLE))
		return mt_bad(e, "vrf", r->v[NAME].name, "'table' is missing");
	if (table < RT_TABLE_DEFAULT || table > RT_TABLE_LOCAL)
		return 0;
	return mt_bad(e, "vrf", r->v[NAME].name, "the table %u is the host's own (%s)",
		      (unsigned)table,
		      table == RT_TABLE_MAIN		? "main"
			      : table == RT_TABLE_LOCAL ? "local"
							: "default");
}

const struct mt_kind mt_kind_vrf = {
	MT_LINKS_KIND("vrf", "a device that has a routing table of its own for what is in it", 1, 1,
		      MT_PHASE_MAKE, MT_KIND_DEVICE),
	.add = "ip link add dev %s type vrf",
	.set = "ip link set dev %s type vrf",
	.del = "ip link del dev %s",
	.check = check,
	.clash = clash,
	.busy = mt_bridge_busy,
};
