/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovs_bridges.h - errors about bridges and iface-ids */
#ifndef MT_OVSDB_JSON_OVS_BRIDGES_H
#define MT_OVSDB_JSON_OVS_BRIDGES_H

#include "ovsdb/json/ovs_ops.h"

/** mt_ovs_select_bridges() - an operation that selects their names */
json_t *mt_ovs_select_bridges(void);

/** mt_ovs_is_none_of() - fill @e: there is no such bridge, and which there are
 * @rows:	what that operation selected; borrowed
 *
 * Return: -ENOENT. */
int mt_ovs_is_none_of(json_t *rows, const char *name, struct mt_err *e);

/** mt_ovs_no_bridge() - fill @e: there is no such bridge, and which there are. Return: -ENOENT; or
 * another -errno: the database could not be asked. */
int mt_ovs_no_bridge(struct mt_ovsdb_link *l, const char *name, struct mt_err *e);

/** mt_ovs_same_iface_id() - fill @e: another port has it. Return: -EBUSY. */
int mt_ovs_same_iface_id(const char *iface_id, struct mt_err *e);

#endif
