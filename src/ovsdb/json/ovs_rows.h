/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovs_rows.h - a port's rows as a record, and whose they are */
#ifndef MT_OVSDB_JSON_OVS_ROWS_H
#define MT_OVSDB_JSON_OVS_ROWS_H

#include "ovsdb/json/ovs_ops.h"
#include "base/range.h"

/* The columns that a record has, for mt_ovs_select(). */
#define MT_OVS_PORT_COLUMNS \
	"_uuid name interfaces tag trunks vlan_mode cvlans protected other_config external_ids"
#define MT_OVS_INTERFACE_COLUMNS                                                              \
	"_uuid name mtu_request ofport_request ingress_policing_rate ingress_policing_burst " \
	"external_ids"

/* The rows of one name; each NULL: there is none. */
struct mt_ovs_rows {
	json_t *result; /* which has them; owned */
	json_t *port, *interface;
	struct mt_ref port_ref, interface_ref;
	const char *owner; /* moontap's mark; "": it is not moontap's */
	bool earlier;	   /* moontap made it, before this boot */
};

/** mt_ovs_rows_of() - the rows of a name; free with json_decref(result) also after an error */
int mt_ovs_rows_of(struct mt_ovsdb_link *l, const char *name, struct mt_ovs_rows *rows,
		   struct mt_err *e);

/** mt_ovs_is_earlier() - whether moontap wrote this mark before this boot */
bool mt_ovs_is_earlier(const char *owner);

/** mt_ovs_bridge_of() - the name of the bridge that has a port; "": none. Returns as
 * mt_ovsdb_transact(). */
int mt_ovs_bridge_of(struct mt_ovsdb_link *l, const struct mt_ref *port,
		     char name[static MT_TEXT_MAX + 1], struct mt_err *e);

/** mt_ovs_read() - set @r's fields from its rows, except for the bridge; texts are borrowed
 * @vids:	room for the texts of MT_VIDS: two */
void mt_ovs_read(const json_t *port, const json_t *interface, char vids[2][MT_VIDS_TEXT],
		 struct mt_record *r);

/** mt_ovs_taken() - fill @e: the name has rows that are not this NIC's. Return: -EEXIST; or another
 * -errno: the database could not be asked. */
int mt_ovs_taken(struct mt_ovsdb_link *l, const char *name, const struct mt_ovs_rows *rows,
		 struct mt_err *e);

/** mt_ovs_column() - a field's column, and the key of its map; "": it is none
 * Return: the table's name; NULL: the field is no column. */
const char *mt_ovs_column(const struct mt_field *f, char column[static 32], const char **key);

/* list() of kind ovs_port */
int mt_ovs_list(struct mt_ovsdb_link *l, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e);

/** mt_ovs_locate() - see struct mt_ovsdb */
int mt_ovs_locate(struct mt_ovsdb_link *l, struct mt_record *r, struct mt_err *e);

#endif
