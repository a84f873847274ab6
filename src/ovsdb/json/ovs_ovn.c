/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovs_ovn.c - why OVN did not install a logical port, as far as this host can tell */
#include "ovsdb/json/ovs_ovn.h"
#include "ovsdb/json/ovn_controller.h"
#include "ovsdb/ovs_fields.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ovn-controller(8): it looks at this bridge only. */
static void why_not(json_t *open, const struct mt_record *r, char *why, size_t n)
{
	const char *bridge = mt_ovs_key(open, "external_ids", "ovn-bridge");
	struct mt_ovn_chassis chassis = {
		.system_id = mt_ovs_key(open, "external_ids", "system-id"),
		.remote = mt_ovs_key(open, "external_ids", "ovn-remote"),
	};

	if (!*bridge)
		bridge = "br-int";
	if (!*chassis.remote)
		snprintf(why, n, ": this host is no OVN chassis: ovn-remote is not set");
	else if (r->v[OVS_BRIDGE].state == MT_SET && strcmp(r->v[OVS_BRIDGE].name, bridge))
		snprintf(why, n, ": ovn-controller looks at %.64s only", bridge);
	else
		mt_ovn_controller_why(&chassis, r->v[OVS_IFACE_ID].text, why, n);
}

int mt_ovs_not_installed(struct mt_ovsdb_link *l, const struct mt_record *r,
			 const struct mt_ovs_wait *wait, struct mt_err *e)
{
	struct mt_ovsdb_question q = {
		.ops = json_pack("[o]",
				 mt_ovs_select("Open_vSwitch", json_array(), "external_ids")),
		.reads = true,
	};
	char why[320];
	json_t *result;

	if (mt_ovsdb_transact(l, &q, &result, e))
		return -e->code;
	why_not(mt_ovs_row(result, 0), r, why, sizeof why);
	json_decref(result);
	return mt_fail(e, ETIMEDOUT, "", "",
		       "OVN did not install the logical port %.100s in %" PRId64 " s%s",
		       r->v[OVS_IFACE_ID].text, wait->installed_ms / 1000, why);
}
