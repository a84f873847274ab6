/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fdb_vlan.c - at plan time: whether a bridge's port is in the VLAN of an entry on it */
#include "kernel/port_vlans.h"

#include <errno.h>

/* The VLANs of a port, as the fields of kind vlan have them. A port that is new in its bridge, and
 * whose VLANs nobody declares, is in the bridge's default one: net/bridge/br_vlan.c
 * nbp_vlan_init() */
static int vlans_of(const char *port, const struct mt_record *bridge, mt_will will, void *data,
		    struct mt_record *vlans, struct mt_err *e)
{
	struct mt_record key = mt_nl_on(&mt_kind_vlan, "dev", port);
	int given = mt_kind_field(&mt_kind_bridge, "vlan_default_pvid");
	int pvid = mt_kind_field(&mt_kind_vlan, "pvid");
	int err = will(data, &key, vlans, e);

	if (err && err != -ENOENT)
		return err;
	if (!mt_record_has(vlans, pvid))
		mt_record_put(vlans, pvid,
			      mt_record_has(bridge, given) ? bridge->v[given] : mt_uint(1));
	return 0;
}

static bool is_in(const struct mt_record *vlans, uint32_t vlan)
{
	struct mt_vids set = { 0 };

	for (int i = vlans->kind->nkeys; i < vlans->kind->nfields; i++) {
		const struct mt_value *v = &vlans->v[i];

		if (v->state != MT_SET)
			continue;
		if (vlans->kind->fields[i].type == MT_VIDS)
			mt_vids_read(v->text, &set);
		else if (v->u <= MT_VID_MAX)
			mt_vids_add(&set, (uint32_t)v->u);
	}
	return mt_vids_has(&set, vlan);
}

/* Without a VLAN the kernel would add an entry for each VLAN of the port, and one beside them:
 * net/bridge/br_fdb.c br_fdb_add() */
static int no_pvid(const struct mt_record *r, const struct mt_record *bridge, struct mt_err *e)
{
	char subject[96];

	return mt_fail(e, EINVAL, r->kind->name, mt_record_subject(r, subject, sizeof subject),
		       "%s looks at VLANs, and %s has no pvid: name a VLAN of the port by 'vlan'",
		       mt_record_device(bridge), mt_record_device(r));
}

int mt_fdb_vlan(const struct mt_record *r, uint32_t vlan, mt_will will, void *data,
		struct mt_err *e)
{
	int pvid = mt_kind_field(&mt_kind_vlan, "pvid");
	struct mt_record bridge, vlans;
	char subject[96];

	if (mt_port_bridge(r, will, data, &bridge, e))
		return -e->code;
	if (!bridge.v[mt_kind_field(&mt_kind_bridge, "vlan_filtering")].u)
		return vlan ? mt_port_check_filtering(r, &bridge, e) : 0;
	if (vlans_of(mt_record_device(r), &bridge, will, data, &vlans, e))
		return -e->code;
	if (!vlan && vlans.v[pvid].state == MT_SET)
		vlan = (uint32_t)vlans.v[pvid].u;
	if (!vlan)
		return no_pvid(r, &bridge, e);
	if (is_in(&vlans, vlan))
		return (int)vlan;
	return mt_fail(e, EINVAL, r->kind->name, mt_record_subject(r, subject, sizeof subject),
		       "%s is not in VLAN %u: declare that it is, by 'tagged' of vlan",
		       mt_record_device(r), vlan);
}
