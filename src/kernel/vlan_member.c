/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vlan_member.c - kind vlan_member: one VLAN of a port that several NICs share, such as an uplink,
 * or of a bridge itself
 *
 * A VLAN that is there already is never changed, and no PVID is ever set: the port's PVID would be
 * taken away from whoever uses it.
 */
#include "kernel/port_vlans.h"
#include "base/sh.h"

#include <errno.h>
#include <string.h>

enum { DEV, VID, UNTAGGED, SELF, NFIELDS };

static const struct mt_field fields[NFIELDS] = {
	[DEV] = { "dev", MT_LINK, .flags = MT_FIELD_CUSTOM,
		  .doc = "the device in the bridge, or the bridge" },
	[VID] = { "vid", MT_UINT, 2, .flags = MT_FIELD_CUSTOM, .min = 1, .max = MT_VID_MAX,
		  .ip_arg = "vid", .right = &mt_rights[MT_RIGHT_VID], .doc = "the VLAN" },
	[UNTAGGED] = { "untagged", MT_BOOL, 0, .flags = MT_FIELD_CUSTOM, .ip_arg = "untagged",
		       .doc = "its frames leave without their tag" },
	[SELF] = { "self", MT_BOOL, 0, .flags = MT_FIELD_CUSTOM, .ip_arg = "self",
		   .doc = "the device is the bridge: so the host itself is in the VLAN" },
};

static int found(struct mt_list *l, const struct mt_port_vlans *p)
{
	struct mt_record r = { .kind = &mt_kind_vlan_member, .ref = mt_ref_link(p->ifindex) };
	const struct mt_value *only = &l->filter->v[VID];
	struct mt_device d;
	int err = mt_device_by_index(l->h, p->ifindex, &d, l->e);

	if (err)
		return err == -ENODEV ? 0 : err;
	mt_record_put(&r, DEV, mt_name_from(d.name));
	mt_record_put(&r, SELF, mt_uint(!strcmp(d.kind, "bridge")));
	for (uint32_t vid = 1; vid <= MT_VID_MAX && !err; vid++) {
		if (!p->vlan[vid] || (only->state == MT_SET && only->u != vid))
			continue;
		mt_record_put(&r, VID, mt_uint(vid));
		mt_record_put(&r, UNTAGGED, mt_uint(!!(p->vlan[vid] & MT_VLAN_UNTAGGED)));
		err = mt_list_found(l, &r);
	}
	return err;
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);

	return mt_port_vlans_list(&l, found);
}

/* The kernel overwrites a VLAN that is there, and ignores the deletion of one that is not:
 * net/bridge/br_vlan.c nbp_vlan_add(). So look before an add. */
static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct mt_port_vlans_request q;
	struct mt_port_vlans has;
	uint32_t vid = (uint32_t)r->v[VID].u;

	if (mt_port_vlans_get(h, op, r, &has, e))
		return -e->code;
	if (op == MT_ADD && has.vlan[vid])
		return mt_nl_about(e, mt_fail(e, EEXIST, "", "", NULL), r, mt_nl_verb(op));
	mt_port_vlans_start(&q, op == MT_DELETE ? RTM_DELLINK : RTM_SETLINK, has.ifindex,
			    r->v[SELF].u);
	mt_port_vlans_range(&q, vid, vid, r->v[UNTAGGED].u ? MT_VLAN_UNTAGGED : 0);
	return mt_port_vlans_send(h, &q, op, r, e);
}

static int needs(struct mt_host *h, const struct mt_record *r, mt_will will, void *data,
		 struct mt_err *e)
{
	(void)h;
	return mt_port_vlans_needs(r, r->v[SELF].u, will, data, e);
}

static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	struct mt_sh s = { buf, n, 0 };

	mt_sh_command(&s, r, op == MT_DELETE ? "bridge vlan del dev %s" : "bridge vlan add dev %s");
	mt_sh_field(&s, r, VID);
	if (op != MT_DELETE)
		mt_sh_field(&s, r, UNTAGGED);
	mt_sh_field(&s, r, SELF);
	mt_sh_say(&s, "\n");
	return (int)s.len;
}

const struct mt_kind mt_kind_vlan_member = {
	MT_LINKS_KIND("vlan_member", "a VLAN of a port that NICs share, or of a bridge itself", 2,
		      2, MT_PHASE_PORT, MT_KIND_EXCLUSIVE),
	.device = DEV,
	.needs = needs,
	.sh = sh,
};
