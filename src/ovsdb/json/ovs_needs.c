/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovs_needs.c - what a port needs of the database: a bridge, a free name, an iface-id of its own */
#include "ovsdb/json/ovs_needs.h"
#include "ovsdb/json/ovs_bridges.h"
#include "ovsdb/json/ovs_put.h"
#include "ovsdb/ovs_fields.h"

#include <errno.h>
#include <string.h>

static bool has_bridge(json_t *rows, const char *name)
{
	size_t i;
	json_t *row;

	json_array_foreach(rows, i, row) if (!strcmp(mt_ovs_string(row, "name"), name)) return true;
	return false;
}

/* Return: whether another port than @dev has the iface-id. OVN lets both in. */
static bool is_used(json_t *rows, const char *dev)
{
	size_t i;
	json_t *row;

	json_array_foreach(rows, i, row) if (strcmp(mt_ovs_string(row, "name"), dev)) return true;
	return false;
}

int mt_ovs_needs(struct mt_ovsdb_link *l, const struct mt_record *r, struct mt_err *e)
{
	const struct mt_value *id = &r->v[OVS_IFACE_ID];
	const char *dev = r->v[OVS_DEV].name, *bridge = r->v[OVS_BRIDGE].name;
	struct mt_ovsdb_question q = { .ops = json_pack("[o]", mt_ovs_select_bridges()),
				       .reads = true };
	json_t *result;
	int err = 0;

	if (id->state == MT_SET)
		mt_ovs_append(&q.ops,
			      mt_ovs_select("Interface",
					    mt_ovs_and(json_array(), "external_ids", "includes",
						       mt_ovs_pair("iface-id", id->text)),
					    "name"));
	if (mt_ovsdb_transact(l, &q, &result, e))
		return -e->code;
	if (r->v[OVS_BRIDGE].state == MT_SET && !has_bridge(mt_ovs_rows(result, 0), bridge))
		err = mt_ovs_is_none_of(mt_ovs_rows(result, 0), bridge, e);
	else if (id->state == MT_SET && is_used(mt_ovs_rows(result, 1), dev))
		err = mt_ovs_same_iface_id(id->text, e);
	json_decref(result);
	return err;
}

int mt_ovs_clash(struct mt_ovsdb_link *l, const struct mt_record *r, struct mt_err *e)
{
	const char *name = r->v[OVS_DEV].name;
	struct mt_ovs_rows rows;
	int err = mt_ovs_rows_of(l, name, &rows, e);

	if (!err && (rows.port || rows.interface) && !mt_ovs_is_leftover(&rows, r))
		err = mt_ovs_taken(l, name, &rows, e);
	json_decref(rows.result);
	return err;
}

int mt_ovs_vacate(struct mt_ovsdb_link *l, const char *name, bool really, struct mt_err *e)
{
	struct mt_ovs_rows rows;
	int err = mt_ovs_rows_of(l, name, &rows, e);

	if (!err && rows.earlier)
		err = really ? mt_ovs_drop(l, &rows.port_ref, e) : 0;
	else if (!err && (rows.port || rows.interface))
		err = mt_ovs_taken(l, name, &rows, e);
	json_decref(rows.result);
	return err == -ENODEV ? 0 : err;
}
