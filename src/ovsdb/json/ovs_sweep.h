/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovs_sweep.h - ports that moontap left in the database before this boot */
#ifndef MT_OVSDB_JSON_OVS_SWEEP_H
#define MT_OVSDB_JSON_OVS_SWEEP_H

#include "ovsdb/json/ovs_ops.h"

/** mt_ovs_sweep() - delete all of them, in one transaction; once for each connection
 *
 * Each would take any device of its name into its VLAN, and keeps its iface-id from others.
 * Return: 0 or -errno with @e filled. */
int mt_ovs_sweep(struct mt_ovsdb_link *l, struct mt_err *e);

#endif
