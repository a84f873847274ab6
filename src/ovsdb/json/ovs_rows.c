/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovs_rows.c - reading ports: their rows, field by field, and the words for those of others */
#include "ovsdb/json/ovs_rows.h"
#include "ovsdb/ovs_fields.h"
#include "base/boot_id.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *mt_ovs_column(const struct mt_field *f, char column[static 32], const char **key)
{
	const char *colon = f->ip_arg ? strchr(f->ip_arg, ':') : NULL;

	if (f->attr == OVS_NO_TABLE)
		return NULL;
	*key = colon ? colon + 1 : "";
	snprintf(column, 32, "%.*s", colon ? (int)(colon - f->ip_arg) : 31, f->ip_arg);
	return f->attr == OVS_PORT_TABLE ? "Port" : "Interface";
}

/* "10,20-29"; also 0 and 4095, which no plan may ask for. */
static const char *read_vids(const json_t *v, char text[static MT_VIDS_TEXT])
{
	struct mt_vids set = { 0 };
	char rest[MT_VIDS_TEXT];
	json_t *one;

	for (size_t i = 0; (one = mt_ovs_each_in_set(v, i)); i++)
		if (json_integer_value(one) >= 0 && json_integer_value(one) <= MT_VID_MAX + 1)
			mt_vids_add(&set, (uint32_t)json_integer_value(one));
	if (!mt_vids_print(&set, rest))
		return NULL;
	snprintf(text, MT_VIDS_TEXT, "%s%s%.700s%s", mt_vids_has(&set, 0) ? "0" : "",
		 mt_vids_has(&set, 0) && *rest ? "," : "", rest,
		 mt_vids_has(&set, MT_VID_MAX + 1) ? ",4095" : "");
	return text;
}

/* Unset: the column has what no value of the field is. */
static struct mt_value value_of(const struct mt_field *f, const json_t *v, char *vids)
{
	const char *text = json_string_value(v);
	struct mt_value read = { 0 };
	struct mt_err ignored;

	if (f->type == MT_BOOL)
		return mt_uint(json_is_true(v));
	if (mt_ovs_is_empty(v) ||
	    (f->type == MT_UINT && json_integer_value(v) < (json_int_t)f->min))
		return (struct mt_value){ .state = f->flags & MT_FIELD_NONE ? MT_NONE : MT_UNSET };
	if (f->type == MT_UINT)
		return mt_uint((uint64_t)json_integer_value(v));
	if (f->type == MT_VIDS)
		text = read_vids(v, vids);
	else if (text && f->type != MT_TEXT)
		mt_value_parse(f, text, NULL, &read, &ignored);
	if (text && *text && mt_field_is_text(f))
		read = (struct mt_value){ .state = MT_SET, .text = text };
	return read;
}

void mt_ovs_read(const json_t *port, const json_t *interface, char vids[2][MT_VIDS_TEXT],
		 struct mt_record *r)
{
	const struct mt_kind *k = r->kind;
	char column[32];
	const char *key;
	int sets = 0;

	for (int i = k->nkeys; i < k->nfields; i++) {
		const struct mt_field *f = &k->fields[i];
		const char *table = mt_ovs_column(f, column, &key);
		const json_t *v;

		if (!table)
			continue;
		v = json_object_get(f->attr == OVS_PORT_TABLE ? port : interface, column);
		if (*key)
			v = mt_ovs_in_map(v, key);
		mt_record_put(r, i, value_of(f, v, vids[sets]));
		sets += f->type == MT_VIDS && sets < 1;
	}
	r->ref = mt_ovs_ref(k->realm, json_object_get(port, "_uuid"));
}

bool mt_ovs_is_earlier(const char *owner)
{
	const char *boot = strstr(owner, " boot=");
	char now[MT_BOOT_ID_SIZE];

	return boot && strncmp(boot + strlen(" boot="), mt_boot_id(now), 8);
}

int mt_ovs_rows_of(struct mt_ovsdb_link *l, const char *name, struct mt_ovs_rows *rows,
		   struct mt_err *e)
{
	struct mt_ovsdb_question q = {
		.ops = json_pack("[o,o]",
				 mt_ovs_select("Port", mt_ovs_where("name", json_string(name)),
					       MT_OVS_PORT_COLUMNS),
				 mt_ovs_select("Interface", mt_ovs_where("name", json_string(name)),
					       MT_OVS_INTERFACE_COLUMNS)),
		.reads = true,
	};

	*rows = (struct mt_ovs_rows){ .owner = "" };
	if (mt_ovsdb_transact(l, &q, &rows->result, e))
		return -e->code;
	rows->port = mt_ovs_row(rows->result, 0);
	rows->interface = mt_ovs_row(rows->result, 1);
	rows->port_ref = mt_ovs_ref(&mt_ovs_uuids, json_object_get(rows->port, "_uuid"));
	rows->interface_ref = mt_ovs_ref(&mt_ovs_uuids, json_object_get(rows->interface, "_uuid"));
	rows->owner = mt_ovs_key(rows->port, "external_ids", OVS_OWNER_KEY);
	rows->earlier = mt_ovs_is_earlier(rows->owner);
	return 0;
}

int mt_ovs_bridge_of(struct mt_ovsdb_link *l, const struct mt_ref *port,
		     char name[static MT_TEXT_MAX + 1], struct mt_err *e)
{
	struct mt_ovsdb_question q = {
		.ops = json_pack("[o]",
				 mt_ovs_select("Bridge",
					       mt_ovs_and(json_array(), "ports", "includes",
							  mt_ovs_uuid(port)),
					       "name")),
		.reads = true,
	};
	json_t *result;

	if (mt_ovsdb_transact(l, &q, &result, e))
		return -e->code;
	snprintf(name, MT_TEXT_MAX + 1, "%s", mt_ovs_string(mt_ovs_row(result, 0), "name"));
	json_decref(result);
	return 0;
}

/* A bond has interfaces, and a name of its own. */
static int port_with(struct mt_ovsdb_link *l, const struct mt_ovs_rows *rows, struct mt_ref *port,
		     char name[static 64], struct mt_err *e)
{
	struct mt_ovsdb_question q = {
		.ops = json_pack("[o]",
				 mt_ovs_select("Port",
					       mt_ovs_and(json_array(), "interfaces", "includes",
							  mt_ovs_uuid(&rows->interface_ref)),
					       "_uuid name")),
		.reads = true,
	};
	json_t *result, *row;

	if (mt_ovsdb_transact(l, &q, &result, e))
		return -e->code;
	row = mt_ovs_row(result, 0);
	*port = mt_ovs_ref(&mt_ovs_uuids, json_object_get(row, "_uuid"));
	snprintf(name, 64, "%s", mt_ovs_string(row, "name"));
	json_decref(result);
	return 0;
}

int mt_ovs_taken(struct mt_ovsdb_link *l, const char *name, const struct mt_ovs_rows *rows,
		 struct mt_err *e)
{
	const char *id = mt_ovs_key(rows->interface, "external_ids", "iface-id");
	char bridge[MT_TEXT_MAX + 1] = "", bond[64] = "", who[176] = "";
	struct mt_ref port = rows->port_ref;

	if (!rows->port && port_with(l, rows, &port, bond, e))
		return -e->code;
	if (mt_ref_is_set(&port) && mt_ovs_bridge_of(l, &port, bridge, e))
		return -e->code;
	if (*id || *rows->owner)
		snprintf(who, sizeof who, " (%s%.60s%s%s%.80s)", *id ? "iface-id " : "", id,
			 *id && *rows->owner ? ", " : "", *rows->owner ? "owner " : "",
			 rows->owner);
	if (*bond)
		return mt_fail(e, EEXIST, "", "",
			       "Open vSwitch has %s on %s already, in the port %s: not moontap's",
			       name, bridge, bond);
	return mt_fail(e, EEXIST, "", "", "Open vSwitch has a port %s on %s already%s: not %s",
		       name, *bridge ? bridge : "no bridge", who,
		       *rows->owner ? "this NIC's" : "moontap's");
}

/* A row that was deleted and inserted again has another uuid; by its mark it is the same NIC's. */
static int locate_owned(struct mt_ovsdb_link *l, struct mt_record *r, struct mt_err *e)
{
	const struct mt_value *owner = &r->v[OVS_OWNER];
	struct mt_ovs_rows rows;
	int err = mt_ovs_rows_of(l, r->v[OVS_DEV].name, &rows, e);

	if (!err && rows.port && owner->state == MT_SET && !strcmp(rows.owner, owner->text))
		memcpy(r->ref.id, rows.port_ref.id, sizeof r->ref.id);
	else if (!err)
		err = mt_fail(e, ENODEV, "", "", "Open vSwitch: the port is gone");
	json_decref(rows.result);
	return err;
}

int mt_ovs_locate(struct mt_ovsdb_link *l, struct mt_record *r, struct mt_err *e)
{
	struct mt_ovsdb_question q = {
		.ops = json_pack("[o]",
				 mt_ovs_select("Port", mt_ovs_where("_uuid", mt_ovs_uuid(&r->ref)),
					       "name")),
		.reads = true,
	};
	const char *name;
	json_t *result;
	int err = mt_ovsdb_transact(l, &q, &result, e);

	if (err)
		return err;
	name = mt_ovs_string(mt_ovs_row(result, 0), "name");
	if (mt_name_valid(name))
		mt_record_put(r, OVS_DEV, mt_name_from(name));
	else
		err = locate_owned(l, r, e);
	json_decref(result);
	return err;
}
