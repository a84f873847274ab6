/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ovs_fields.h - the fields of kind ovs_port
 *
 * A field is a column of a Port row or of its Interface row, or one key of such a column's map: the
 * row of the field says which, as ovs-vsctl(8) spells it: "tag", "external_ids:iface-id".
 */
#ifndef MT_OVSDB_OVS_FIELDS_H
#define MT_OVSDB_OVS_FIELDS_H

#include "base/sh.h"

enum {
	OVS_DEV,
	OVS_BRIDGE,
	OVS_TAG,
	OVS_TRUNKS,
	OVS_VLAN_MODE,
	OVS_CVLANS,
	OVS_QINQ_ETHTYPE,
	OVS_PROTECTED,
	OVS_MTU_REQUEST,
	OVS_OFPORT_REQUEST,
	OVS_INGRESS_RATE,
	OVS_INGRESS_BURST,
	OVS_IFACE_ID,
	OVS_IFACE_ID_VER,
	OVS_ATTACHED_MAC,
	OVS_VM_ID,
	OVS_IFACE_STATUS,
	OVS_OWNER,
	OVS_WAIT,
	OVS_FIELDS
};

/* mt_field.attr: the table whose column it is. */
enum { OVS_NO_TABLE, OVS_PORT_TABLE, OVS_INTERFACE_TABLE };

enum {
	OVS_ACCESS = 1,
	OVS_TRUNK,
	OVS_NATIVE_TAGGED,
	OVS_NATIVE_UNTAGGED,
	OVS_DOT1Q_TUNNEL,
};

#define OVS_BOUND_SECONDS     5		/* until ovs-vswitchd has taken the device */
#define OVS_INSTALLED_SECONDS 10	/* until OVN has installed what belongs to an iface_id */
#define OVS_OWNER_KEY	      "moontap" /* of external_ids: whose port it is */

#endif
