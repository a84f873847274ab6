/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovs_port_sh.h - a port as commands of ovs-vsctl(8) */
#ifndef MT_OVSDB_OVS_PORT_SH_H
#define MT_OVSDB_OVS_PORT_SH_H

#include "ovsdb/ovs_fields.h"

/** mt_ovs_port_sh() - sh() of the kind */
int mt_ovs_port_sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n);

#endif
