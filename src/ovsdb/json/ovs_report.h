/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovs_report.h - what ovs-vswitchd has made of the database, for people */
#ifndef MT_OVSDB_JSON_OVS_REPORT_H
#define MT_OVSDB_JSON_OVS_REPORT_H

#include "ovsdb/json/ovs_ops.h"

/* state() and report() of struct mt_ovsdb */
int mt_ovs_state(struct mt_ovsdb_link *l, const struct mt_record *r, char *text, size_t n,
		 struct mt_err *e);
int mt_ovs_report(struct mt_ovsdb_link *l, struct mt_pool *p, struct mt_ovs_report *report,
		  struct mt_err *e);

#endif
