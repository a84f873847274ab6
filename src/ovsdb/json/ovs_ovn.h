/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovs_ovn.h - what OVN has not done, and why */
#ifndef MT_OVSDB_JSON_OVS_OVN_H
#define MT_OVSDB_JSON_OVS_OVN_H

#include "ovsdb/json/ovs_ops.h"

/** mt_ovs_not_installed() - fill @e: OVN did not install @r's logical port in time, and why not, as
 * far as this host's database says. Return: -ETIMEDOUT; or another -errno: it could not be asked. */
int mt_ovs_not_installed(struct mt_ovsdb_link *l, const struct mt_record *r,
			 const struct mt_ovs_wait *wait, struct mt_err *e);

#endif
