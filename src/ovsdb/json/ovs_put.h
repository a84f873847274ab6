/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovs_put.h - changing ports: each function is one transaction, after questions that change nothing */
#ifndef MT_OVSDB_JSON_OVS_PUT_H
#define MT_OVSDB_JSON_OVS_PUT_H

#include "ovsdb/json/ovs_rows.h"

/* put() of kind ovs_port */
int mt_ovs_put(struct mt_ovsdb_link *l, enum mt_op op, const struct mt_record *r, struct mt_err *e);

/** mt_ovs_drop() - delete a port. Return: 0; -ENODEV: it is gone; or another -errno. */
int mt_ovs_drop(struct mt_ovsdb_link *l, const struct mt_ref *port, struct mt_err *e);

/** mt_ovs_is_leftover() - whether an add of @r replaces these rows: the same NIC's, which no journal
 * knows any more, and those that moontap left before this boot */
bool mt_ovs_is_leftover(const struct mt_ovs_rows *rows, const struct mt_record *r);

#endif
