/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovs_port_rules.h - rules about several fields of kind ovs_port */
#ifndef MT_OVSDB_OVS_PORT_RULES_H
#define MT_OVSDB_OVS_PORT_RULES_H

#include "ovsdb/ovs_fields.h"

/** mt_ovs_port_check() - check() of the kind: what no declaration can say, whatever others say */
int mt_ovs_port_check(const struct mt_record *r, struct mt_err *e);

/** mt_ovs_port_complete() - resolve() of the kind: the VLAN mode that follows from tag and trunks,
 * once all declarations of a port are one. Return: 0 or -EINVAL with @e filled. */
int mt_ovs_port_complete(struct mt_record *r, mt_will will, void *data, struct mt_err *e);

#endif
