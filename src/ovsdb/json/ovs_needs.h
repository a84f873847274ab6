/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovs_needs.h - questions at plan time, and before a device is made */
#ifndef MT_OVSDB_JSON_OVS_NEEDS_H
#define MT_OVSDB_JSON_OVS_NEEDS_H

#include "ovsdb/json/ovs_ops.h"

/* needs(), clash() and vacate() of struct mt_ovsdb. */
int mt_ovs_needs(struct mt_ovsdb_link *l, const struct mt_record *r, const struct mt_ovs_plan *plan,
		 struct mt_err *e);
int mt_ovs_clash(struct mt_ovsdb_link *l, const struct mt_record *r, struct mt_err *e);
int mt_ovs_vacate(struct mt_ovsdb_link *l, const char *name, bool really, struct mt_err *e);

#endif
