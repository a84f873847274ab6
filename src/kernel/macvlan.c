/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * macvlan.c - kinds macvlan and macvtap: a device with a MAC address of its own on another device,
 * for the host or a container, and the same with a file /dev/tapN, for a virtual machine
 */
#include "kernel/nl.h"
#include "base/sh.h"

#include <errno.h>
#include <linux/if_link.h>
#include <string.h>

enum { NAME, LINK, MODE, NOPROMISC, BCQUEUELEN, NFIELDS };

static const struct mt_enum_name modes[] = {
	{ "private", MACVLAN_MODE_PRIVATE },
	{ "vepa", MACVLAN_MODE_VEPA },
	{ "bridge", MACVLAN_MODE_BRIDGE },
	{ "passthru", MACVLAN_MODE_PASSTHRU },
	{ NULL },
};

static const struct mt_field fields[NFIELDS] = {
	[NAME] = { "name", MT_NAME, .flags = MT_FIELD_CUSTOM, .doc = "the device" },
	[LINK] = { "link", MT_LINK, 4, .revert = MT_REVERT_FIXED, .flags = MT_FIELD_CUSTOM,
		   .attr = IFLA_LINK, .ip_arg = "link",
		   .doc = "the device that it is on, which is in no bridge; needed to create it" },
	[MODE] = { "mode", MT_ENUM, 4, MT_PHASE_FIELDS, .attr = IFLA_MACVLAN_MODE, .ip_arg = "mode",
		   .enum_names = modes,
		   .doc = "needed to create it: whether those on one device reach each other: "
			  "private: no; vepa: by the "
			  "switch outside; bridge: directly; passthru: there is only this one, "
			  "which can neither become another nor the other way round" },
	[NOPROMISC] = { "nopromisc", MT_BOOL, 0, .revert = MT_REVERT_FIXED,
			.flags = MT_FIELD_CUSTOM, .ip_arg = "flag nopromisc",
			.doc = "of passthru: the device that it is on does not get all frames" },
	[BCQUEUELEN] = { "bcqueuelen", MT_UINT, 4, MT_PHASE_FIELDS,
			 .attr = IFLA_MACVLAN_BC_QUEUE_LEN, .unit = "packets",
			 .ip_arg = "bcqueuelen",
			 .doc = "broadcasts that wait; of those on one device the largest counts" },
};

static int decode(struct mt_list *l, const struct mt_nl_device *d, struct mt_record *r)
{
	uint64_t flags = mt_nl_uint(d->data[IFLA_MACVLAN_FLAGS]);
	int err = mt_nl_decode_data(l, d, r);

	mt_record_put(r, NOPROMISC, mt_uint(!!(flags & MACVLAN_FLAG_NOPROMISC)));
	return err < 0 ? err : mt_nl_decode_lower(l, d, r, LINK);
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);

	return mt_nl_list_devices(&l, filter->kind->name, decode);
}

static void put_flags(struct nlmsghdr *n, enum mt_op op, const struct mt_record *r)
{
	if (op == MT_ADD && r->v[NOPROMISC].u)
		mnl_attr_put_u16(n, IFLA_MACVLAN_FLAGS, MACVLAN_FLAG_NOPROMISC);
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	return mt_nl_put_upper(h, op, r, r->kind->name, LINK, put_flags, e);
}

static bool is_passthru(const struct mt_record *r)
{
	return r->v[MODE].state == MT_SET && r->v[MODE].u == MACVLAN_MODE_PASSTHRU;
}

/* Of one that is there only the mode may be declared. */
static int check_new(const struct mt_record *r, struct mt_err *e)
{
	const char *missing = !mt_record_has(r, LINK) ? "link"
		: !mt_record_has(r, MODE)	      ? "mode"
						      : NULL;

	if (missing)
		return mt_bad(e, r->kind->name, r->v[NAME].name, "'%s' is missing", missing);
	if (r->v[NOPROMISC].u && !is_passthru(r))
		return mt_bad(e, r->kind->name, r->v[NAME].name,
			      "'nopromisc' is for the mode passthru only");
	return 0;
}

/* drivers/net/macvlan.c macvlan_changelink() */
static int needs(struct mt_host *h, const struct mt_record *r, mt_will will, void *data,
		 struct mt_err *e)
{
	struct mt_record has;
	int err = will(data, r, &has, e);

	(void)h;
	if (err)
		return err == -ENOENT ? check_new(r, e) : err;
	if (!mt_record_has(r, MODE) || is_passthru(&has) == is_passthru(r))
		return 0;
	return mt_fail(e, EOPNOTSUPP, r->kind->name, r->v[NAME].name,
		       "mode: passthru is set when it is created, and the kernel changes no other "
		       "mode to it or from it; delete it first: ip link del dev %s",
		       r->v[NAME].name);
}

/* --- who else is on the device ---------------------------------------------------------------- */

static int take_neighbour(const struct mt_record *has, void *data, struct mt_err *e)
{
	const struct mt_record *r = data;
	const char *link = r->v[LINK].name, *name = has->v[NAME].name;

	if (has->v[LINK].state != MT_SET || strcmp(has->v[LINK].name, link) ||
	    !strcmp(name, r->v[NAME].name))
		return 0;
	if (is_passthru(has))
		return mt_fail(e, EBUSY, r->kind->name, r->v[NAME].name,
			       "link: %s has %s for itself, by the mode passthru", name, link);
	if (is_passthru(r))
		return mt_fail(e, EBUSY, r->kind->name, r->v[NAME].name,
			       "mode: passthru wants %s for itself, and %s is on it", link, name);
	return 0;
}

/* What comes in on a port of a bridge is the bridge's: the kernel says only EBUSY,
 * macvlan_port_create(). A VRF takes no frames away. */
static int check_master(struct mt_host *h, const struct mt_record *r, const struct mt_device *lower,
			struct mt_err *e)
{
	struct mt_device master;
	int err = *lower->master ? mt_device_by_name(h, lower->master, &master, e) : -ENODEV;

	if (err || !strcmp(master.kind, "vrf"))
		return err == -ENODEV ? 0 : err;
	return mt_fail(e, EBUSY, r->kind->name, r->v[NAME].name,
		       "link: %s is in %s, which takes all its frames", lower->name, master.name);
}

/* One on a macvlan is put on what that is on: macvlan_common_newlink(). */
static int check_lower(struct mt_host *h, const struct mt_record *r, struct mt_err *e)
{
	struct mt_device lower, lowest;
	int err = mt_device_by_name(h, r->v[LINK].name, &lower, e);

	if (err)
		return err == -ENODEV ? 0 : err;
	if (strcmp(lower.kind, "macvlan") && strcmp(lower.kind, "macvtap"))
		return check_master(h, r, &lower, e);
	err = mt_device_by_index(h, lower.peer, &lowest, e);
	return mt_fail(e, EINVAL, r->kind->name, r->v[NAME].name,
		       "link: %s is a %s itself: name the device that it is on%s%s", lower.name,
		       lower.kind, err ? "" : ", ", lowest.name);
}

static int clash(struct mt_host *h, const struct mt_record *r, struct mt_err *e)
{
	return mt_nl_clash(h, &mt_kind_macvlan, take_neighbour, r, e)
			?: mt_nl_clash(h, &mt_kind_macvtap, take_neighbour, r, e)
			?: check_lower(h, r, e);
}

static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	return mt_upper_sh(op, r, r->kind->name, LINK, buf, n);
}

#define KIND(NAME, DOC)                                                               \
	{                                                                             \
		MT_LINKS_KIND(NAME, DOC, 1, 1, MT_PHASE_MAKE, MT_KIND_DEVICE),        \
			.del = "ip link del dev %s", .needs = needs, .clash = clash,  \
			.lower_address = is_passthru, .busy = mt_upper_busy, .sh = sh \
	}

const struct mt_kind mt_kind_macvlan =
	KIND("macvlan", "a device with a MAC address of its own on another device");

const struct mt_kind mt_kind_macvtap =
	KIND("macvtap", "a macvlan that a virtual machine can open, as /dev/tapN");
