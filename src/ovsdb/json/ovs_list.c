/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovs_list.c - listing ports: the one of a name, or all */
#include "ovsdb/json/ovs_rows.h"
#include "ovsdb/ovs_fields.h"

#include <errno.h>
#include <string.h>

struct listing {
	const struct mt_record *filter;
	mt_each each;
	void *data;
	struct mt_err *e;
};

static int found(struct listing *list, const json_t *port, const json_t *interface,
		 const char *bridge)
{
	struct mt_record r = { .kind = list->filter->kind };
	const char *name = mt_ovs_string(port, "name");
	char vids[2][MT_VIDS_TEXT];

	if (!mt_name_valid(name) || !mt_name_valid(bridge))
		return 0;
	mt_record_put(&r, OVS_DEV, mt_name_from(name));
	mt_record_put(&r, OVS_BRIDGE, mt_name_from(bridge));
	mt_ovs_read(port, interface, vids, &r);
	return list->each(&r, list->data, list->e);
}

/* What moontap left before this boot counts as absent: an add replaces it. */
static int list_one(struct mt_ovsdb_link *l, struct listing *list)
{
	const char *name = list->filter->v[OVS_DEV].name;
	char bridge[MT_TEXT_MAX + 1];
	struct mt_ovs_rows rows;
	int err = mt_ovs_rows_of(l, name, &rows, list->e);

	if (!err && (rows.port || rows.interface) && !rows.earlier) {
		err = *rows.owner ? mt_ovs_bridge_of(l, &rows.port_ref, bridge, list->e)
				  : mt_ovs_taken(l, name, &rows, list->e);
		if (!err)
			err = found(list, rows.port, rows.interface, bridge);
	}
	json_decref(rows.result);
	return err;
}

/* { value of a row's column: the row } */
static json_t *by_column(json_t *rows, const char *column)
{
	json_t *all = json_object(), *row;
	size_t i;

	json_array_foreach(rows, i, row)
		mt_ovs_set(&all, mt_ovs_string(row, column), json_incref(row));
	return all;
}

/* { a port's uuid: its bridge's name } */
static json_t *by_port(json_t *bridges)
{
	json_t *all = json_object(), *row, *port;
	size_t i;

	json_array_foreach(bridges, i, row)
	{
		json_t *ports = json_object_get(row, "ports");

		/* one port alone is ["uuid", "…"] */
		for (size_t n = 0; (port = mt_ovs_each_in_set(ports, n)); n++) {
			const char *uuid = json_string_value(json_array_get(port, 1));

			if (uuid)
				mt_ovs_set(&all, uuid, json_incref(json_object_get(row, "name")));
		}
	}
	return all;
}

static int each_port(struct listing *list, json_t *result)
{
	json_t *interfaces = by_column(mt_ovs_rows(result, 1), "name"), *port;
	json_t *bridges = by_port(mt_ovs_rows(result, 2));
	int err = interfaces && bridges ? 0 : mt_fail(list->e, ENOMEM, "ovsdb", "", NULL);
	size_t i;

	json_array_foreach(mt_ovs_rows(result, 0), i, port)
	{
		const char *uuid =
			json_string_value(json_array_get(json_object_get(port, "_uuid"), 1));
		const char *bridge = json_string_value(json_object_get(bridges, uuid ? uuid : ""));
		json_t *interface = json_object_get(interfaces, mt_ovs_string(port, "name"));

		if (err)
			break;
		if (interface && bridge)
			err = found(list, port, interface, bridge);
	}
	json_decref(interfaces);
	json_decref(bridges);
	return err;
}

static int list_all(struct mt_ovsdb_link *l, struct listing *list)
{
	struct mt_ovsdb_question q = {
		.ops = json_pack("[o,o,o]",
				 mt_ovs_select("Port", json_array(), MT_OVS_PORT_COLUMNS),
				 mt_ovs_select("Interface", json_array(), MT_OVS_INTERFACE_COLUMNS),
				 mt_ovs_select("Bridge", json_array(), "name ports")),
		.reads = true,
	};
	json_t *result;
	int err = mt_ovsdb_transact(l, &q, &result, list->e);

	if (!err)
		err = each_port(list, result);
	json_decref(result);
	return err;
}

int mt_ovs_list(struct mt_ovsdb_link *l, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct listing list = { filter, each, data, e };
	int err = mt_record_has(filter, OVS_DEV) ? list_one(l, &list) : list_all(l, &list);

	return err > 0 ? 0 : err;
}
