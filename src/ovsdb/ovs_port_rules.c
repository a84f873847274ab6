/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovs_port_rules.c - what Open vSwitch would take, and do something else than was meant */
#include "ovsdb/ovs_port_rules.h"

#include <errno.h>

static bool is_set(const struct mt_record *r, int field)
{
	return r->v[field].state == MT_SET;
}

static int refuse(const struct mt_record *r, struct mt_err *e, const char *why)
{
	return mt_bad(e, "ovs_port", mt_record_device(r), "%s", why);
}

static bool is_tag_in_trunks(const struct mt_record *r)
{
	struct mt_vids set = { 0 };

	return is_set(r, OVS_TAG) && is_set(r, OVS_TRUNKS) &&
		mt_vids_read(r->v[OVS_TRUNKS].text, &set) &&
		mt_vids_has(&set, (uint32_t)r->v[OVS_TAG].u);
}

int mt_ovs_port_check(const struct mt_record *r, struct mt_err *e)
{
	if (is_tag_in_trunks(r))
		return refuse(
			r, e,
			"trunks has the tag, too: frames of that VLAN go by tag alone; take it "
			"out of trunks");
	return 0;
}

static uint64_t mode_of(const struct mt_record *r)
{
	if (is_set(r, OVS_VLAN_MODE))
		return r->v[OVS_VLAN_MODE].u;
	if (is_set(r, OVS_TRUNKS))
		return is_set(r, OVS_TAG) ? OVS_NATIVE_UNTAGGED : OVS_TRUNK;
	return is_set(r, OVS_TAG) ? OVS_ACCESS : 0;
}

/* ovs-vswitchd.conf.db(5), Port, vlan_mode and trunks: a trunk without trunks carries all VLANs. */
int mt_ovs_port_complete(struct mt_record *r, mt_will will, void *data, struct mt_err *e)
{
	uint64_t mode = mode_of(r);
	bool trunk = mode == OVS_TRUNK || mode == OVS_NATIVE_TAGGED || mode == OVS_NATIVE_UNTAGGED;

	(void)will, (void)data;
	if (is_tag_in_trunks(r))
		return mt_ovs_port_check(r, e);
	if (trunk && !is_set(r, OVS_TRUNKS))
		return refuse(
			r, e,
			"it would carry every VLAN: say trunks = \"1-4094\" if that is meant");
	if (!trunk && is_set(r, OVS_TRUNKS))
		return refuse(r, e, "trunks is for a trunk, and vlan_mode says something else");
	if (mode == OVS_TRUNK && is_set(r, OVS_TAG))
		return refuse(r, e,
			      "tag with trunks: say vlan_mode = \"native-untagged\", or "
			      "\"native-tagged\"");
	if ((mode == OVS_NATIVE_TAGGED || mode == OVS_NATIVE_UNTAGGED) && !is_set(r, OVS_TAG))
		return refuse(r, e, "a native port has a tag, the VLAN of frames without one");
	if (mode == OVS_DOT1Q_TUNNEL && !is_set(r, OVS_TAG))
		return refuse(r, e, "dot1q-tunnel has a tag: that of the outer VLAN");
	if (mode != OVS_DOT1Q_TUNNEL && (is_set(r, OVS_CVLANS) || is_set(r, OVS_QINQ_ETHTYPE)))
		return refuse(r, e, "cvlans and qinq_ethtype are for vlan_mode = \"dot1q-tunnel\"");
	if (is_set(r, OVS_INGRESS_BURST) && !is_set(r, OVS_INGRESS_RATE))
		return refuse(r, e, "ingress_burst is for ingress_rate");
	if (mode && !mt_record_has(r, OVS_VLAN_MODE))
		mt_record_put(r, OVS_VLAN_MODE, mt_uint(mode));
	return 0;
}
