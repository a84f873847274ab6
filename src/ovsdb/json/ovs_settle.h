/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovs_settle.h - waiting for ovs-vswitchd and OVN, and why it was in vain */
#ifndef MT_OVSDB_JSON_OVS_SETTLE_H
#define MT_OVSDB_JSON_OVS_SETTLE_H

#include "ovsdb/json/ovs_ops.h"

/* settle() of struct mt_ovsdb */
int mt_ovs_settle(struct mt_ovsdb_link *l, const struct mt_record *r,
		  const struct mt_ovs_wait *wait, struct mt_err *e);

#endif
