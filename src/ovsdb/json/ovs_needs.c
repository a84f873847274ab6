/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovs_needs.c - what a port needs of the database: a bridge, a free name, an iface-id of its own */
#include "ovsdb/json/ovs_needs.h"
#include "ovsdb/json/ovs_bridges.h"
#include "ovsdb/json/ovs_put.h"
#include "ovsdb/json/ovs_sweep.h"
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

/* Whether the port @name keeps the iface-id of @r for itself: not one that this plan gives another,
 * nor one of an earlier boot. */
static int check_other(struct mt_ovsdb_link *l, const struct mt_record *r, const char *name,
		       const struct mt_ovs_plan *plan, struct mt_err *e)
{
	struct mt_record key = { .kind = r->kind }, will;
	const char *id = r->v[OVS_IFACE_ID].text;
	struct mt_ovs_rows rows;
	int err = mt_ovs_rows_of(l, name, &rows, e);
	bool earlier = rows.earlier, planned = *rows.owner && mt_name_valid(name);

	json_decref(rows.result);
	if (err || earlier)
		return err;
	if (planned) {
		mt_record_put(&key, OVS_DEV, mt_name_from(name));
		err = plan->will(plan->data, &key, &will, e);
		if (err && err != -ENOENT) /* it is another guest's: then as it is now */
			return err;
		if (will.v[OVS_IFACE_ID].state != MT_SET || strcmp(will.v[OVS_IFACE_ID].text, id))
			return 0;
	}
	return mt_ovs_same_iface_id(id, e);
}

/* OVN lets two ports of one iface-id in. @rows: those that have it. */
static int check_iface_id(struct mt_ovsdb_link *l, const struct mt_record *r, json_t *rows,
			  const struct mt_ovs_plan *plan, struct mt_err *e)
{
	int err = 0;
	size_t i;
	json_t *row;

	json_array_foreach(rows, i, row)
	{
		const char *name = mt_ovs_string(row, "name");

		if (!err && strcmp(name, r->v[OVS_DEV].name))
			err = check_other(l, r, name, plan, e);
	}
	return err;
}

int mt_ovs_needs(struct mt_ovsdb_link *l, const struct mt_record *r, const struct mt_ovs_plan *plan,
		 struct mt_err *e)
{
	const struct mt_value *id = &r->v[OVS_IFACE_ID];
	const char *bridge = r->v[OVS_BRIDGE].name;
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
	else if (id->state == MT_SET)
		err = check_iface_id(l, r, mt_ovs_rows(result, 1), plan, e);
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
	struct mt_ovs_rows rows = { 0 };
	int err = really ? mt_ovs_sweep(l, e) : 0;

	if (!err)
		err = mt_ovs_rows_of(l, name, &rows, e);
	if (!err && rows.earlier) /* somebody made it a lasting one */
		err = really ? mt_ovs_drop(l, &rows.port_ref, e) : 0;
	else if (!err && (rows.port || rows.interface))
		err = mt_ovs_taken(l, name, &rows, e);
	json_decref(rows.result);
	return err == -ENODEV ? 0 : err;
}
