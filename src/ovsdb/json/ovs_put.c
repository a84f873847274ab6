/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovs_put.c - a port is added, changed and deleted */
#include "ovsdb/json/ovs_put.h"
#include "ovsdb/json/ovs_bridges.h"
#include "ovsdb/json/ovs_sweep.h"
#include "ovsdb/ovs_fields.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What a record changes in a row: columns that are set, and mutations of keys of its maps. */
struct change {
	json_t *row, *mutations;
};

static json_t *vids(const char *text)
{
	struct mt_vids set = { 0 };
	json_t *all = json_array();

	mt_vids_read(text, &set);
	for (int vid = 1; vid <= MT_VID_MAX; vid++)
		if (mt_vids_has(&set, (uint32_t)vid))
			mt_ovs_append(&all, json_integer(vid));
	return json_pack("[s,o]", "set", all);
}

static json_t *column_of(const struct mt_field *f, const struct mt_value *v)
{
	char text[MT_VALUE_TEXT];

	if (f->type == MT_BOOL)
		return json_boolean(v->state == MT_SET && v->u);
	/* the columns of policing are no sets: 0 is their none */
	if (v->state != MT_SET)
		return strncmp(f->ip_arg, "ingress_", 8) ? json_pack("[s,[]]", "set")
							 : json_integer(0);
	if (f->type == MT_UINT)
		return json_integer((json_int_t)v->u);
	return f->type == MT_VIDS ? vids(v->text) : json_string(mt_value_print(f, v, text));
}

static void change_key(struct change *c, const char *column, const char *key,
		       const struct mt_field *f, const struct mt_value *v)
{
	char text[MT_VALUE_TEXT];

	mt_ovs_append(&c->mutations, json_pack("[s,s,[s,[s]]]", column, "delete", "set", key));
	if (v->state == MT_SET)
		mt_ovs_append(&c->mutations,
			      json_pack("[s,s,o]", column, "insert",
					mt_ovs_pair(key, mt_value_print(f, v, text))));
}

static struct change change_of(const struct mt_record *r, int table)
{
	struct change c = { json_object(), json_array() };
	char column[32];
	const char *key;

	for (int i = r->kind->nkeys; i < r->kind->nfields; i++) {
		const struct mt_field *f = &r->kind->fields[i];

		if (!mt_record_has(r, i) || !mt_ovs_column(f, column, &key) || f->attr != table)
			continue;
		if (*key)
			change_key(&c, column, key, f, &r->v[i]);
		else
			mt_ovs_set(&c.row, column, column_of(f, &r->v[i]));
	}
	return c;
}

/* Appends what changes a row that is there. */
static void append_change(json_t **ops, const char *table, json_t *where, struct change *c)
{
	if (!c->row || !c->mutations)
		mt_ovs_append(ops, NULL); /* no memory */
	if (json_object_size(c->row))
		mt_ovs_append(ops,
			      json_pack("{s:s,s:s,s:O,s:O}", "op", "update", "table", table,
					"where", where, "row", c->row));
	if (json_array_size(c->mutations))
		mt_ovs_append(ops,
			      mt_ovs_mutate(table, json_incref(where), json_incref(c->mutations)));
	json_decref(where);
	json_decref(c->row);
	json_decref(c->mutations);
}

/* The rows can be named before they have a uuid: RFC 7047, 4.1.2. */
static void append_insert(json_t **ops, const char *table, const char *as, json_t *row,
			  struct change *c)
{
	if (!row || json_object_update(row, c->row))
		mt_ovs_append(ops, NULL);
	mt_ovs_append(ops,
		      json_pack("{s:s,s:s,s:s,s:o}", "op", "insert", "table", table, "uuid-name",
				as, "row", row));
	json_decref(c->row);
	c->row = json_object();
	append_change(ops, table, mt_ovs_where("_uuid", json_pack("[s,s]", "named-uuid", as)), c);
}

/* Where the operations are whose refusal has a meaning. */
struct adding {
	size_t bridge, names, iface_id;
};

static json_t *free_name(const char *table, const char *name, const struct mt_ref *but)
{
	json_t *where = mt_ovs_where("name", json_string(name));

	if (mt_ref_is_set(but))
		where = mt_ovs_and(where, "_uuid", "!=", mt_ovs_uuid(but));
	return mt_ovs_wait(table, where, "name", json_array());
}

/* Everything must be as needs() found it. */
static void append_waits(json_t **ops, const struct mt_record *r, const struct mt_ovs_rows *rows,
			 struct adding *at)
{
	const struct mt_value *id = &r->v[OVS_IFACE_ID];
	const char *bridge = r->v[OVS_BRIDGE].name;

	at->bridge = json_array_size(*ops);
	mt_ovs_append(ops,
		      mt_ovs_wait("Bridge", mt_ovs_where("name", json_string(bridge)), "name",
				  json_pack("[{s:s}]", "name", bridge)));
	at->names = json_array_size(*ops);
	mt_ovs_append(ops, free_name("Interface", r->v[OVS_DEV].name, &rows->interface_ref));
	mt_ovs_append(ops, free_name("Port", r->v[OVS_DEV].name, &rows->port_ref));
	at->iface_id = json_array_size(*ops);
	if (id->state == MT_SET)
		mt_ovs_append(
			ops,
			mt_ovs_wait("Interface",
				    mt_ovs_and(mt_ovs_and(json_array(), "external_ids", "includes",
							  mt_ovs_pair("iface-id", id->text)),
					       "name", "!=", json_string(r->v[OVS_DEV].name)),
				    "name", json_array()));
}

static json_t *ops_of_add(const struct mt_record *r, const struct mt_ovs_rows *rows,
			  struct adding *at)
{
	struct change port = change_of(r, OVS_PORT_TABLE);
	struct change interface = change_of(r, OVS_INTERFACE_TABLE);
	const char *name = r->v[OVS_DEV].name;
	json_t *ops = json_array();

	append_waits(&ops, r, rows, at);
	if (rows->port) /* a leftover, which goes as this one comes */
		mt_ovs_append(&ops,
			      mt_ovs_port_of_bridge(mt_ovs_and(json_array(), "ports", "includes",
							       mt_ovs_uuid(&rows->port_ref)),
						    "delete", mt_ovs_uuid(&rows->port_ref)));
	append_insert(&ops, "Interface", "interface", json_pack("{s:s}", "name", name), &interface);
	mt_ovs_append(&port.mutations,
		      json_pack("[s,s,o]", "other_config", "insert",
				mt_ovs_pair("transient", "true")));
	append_insert(&ops, "Port", "port",
		      json_pack("{s:s,s:[s,s]}", "name", name, "interfaces", "named-uuid",
				"interface"),
		      &port);
	mt_ovs_append(
		&ops,
		mt_ovs_port_of_bridge(mt_ovs_where("name", json_string(r->v[OVS_BRIDGE].name)),
				      "insert", json_pack("[s,s]", "named-uuid", "port")));
	mt_ovs_append(&ops, mt_ovs_bump());
	mt_ovs_append(&ops,
		      json_pack("{s:s,s:s++}", "op", "comment", "comment", "moontap: ", name,
				" is connected"));
	return ops;
}

bool mt_ovs_is_leftover(const struct mt_ovs_rows *rows, const struct mt_record *r)
{
	return rows->earlier ||
		(*rows->owner && r->v[OVS_OWNER].state == MT_SET &&
		 !strcmp(rows->owner, r->v[OVS_OWNER].text));
}

static int add(struct mt_ovsdb_link *l, const struct mt_record *r, struct mt_err *e)
{
	const char *name = r->v[OVS_DEV].name;
	struct mt_ovsdb_question q = { 0 };
	struct mt_ovs_rows rows = { 0 };
	struct adding at = { 0 };
	json_t *result = NULL;
	int err = mt_ovs_sweep(l, e) ?: mt_ovs_rows_of(l, name, &rows, e);

	if (!err && (rows.port || rows.interface) && !mt_ovs_is_leftover(&rows, r))
		err = mt_ovs_taken(l, name, &rows, e);
	if (!err) {
		q.ops = ops_of_add(r, &rows, &at);
		err = mt_ovsdb_transact(l, &q, &result, e);
	}
	json_decref(rows.result);
	json_decref(result);
	if (err != -EAGAIN)
		return err;
	if (q.failed == at.bridge)
		return mt_ovs_no_bridge(l, r->v[OVS_BRIDGE].name, e);
	if (q.failed == at.iface_id)
		return mt_ovs_same_iface_id(r->v[OVS_IFACE_ID].text, e);
	return mt_fail(e, EEXIST, "", "", "Open vSwitch has a port %s already, since just now",
		       name);
}

static int change(struct mt_ovsdb_link *l, const struct mt_record *r, struct mt_err *e)
{
	struct change port = change_of(r, OVS_PORT_TABLE);
	struct change interface = change_of(r, OVS_INTERFACE_TABLE);
	struct mt_ovsdb_question q = { .ops = json_array() };
	const char *name = r->v[OVS_DEV].name;
	json_t *result, *uuid = mt_ovs_uuid(&r->ref);
	int err;

	mt_ovs_append(&q.ops,
		      mt_ovs_wait("Port", mt_ovs_where("_uuid", json_incref(uuid)), "name",
				  json_pack("[{s:s}]", "name", name)));
	append_change(&q.ops, "Port", mt_ovs_where("_uuid", json_incref(uuid)), &port);
	append_change(&q.ops, "Interface", mt_ovs_where("name", json_string(name)), &interface);
	if (r->v[OVS_BRIDGE].state == MT_SET) {
		const char *bridge = r->v[OVS_BRIDGE].name;

		mt_ovs_append(&q.ops,
			      mt_ovs_wait("Bridge", mt_ovs_where("name", json_string(bridge)),
					  "name", json_pack("[{s:s}]", "name", bridge)));
		mt_ovs_append(&q.ops,
			      mt_ovs_port_of_bridge(mt_ovs_and(json_array(), "ports", "includes",
							       json_incref(uuid)),
						    "delete", json_incref(uuid)));
		mt_ovs_append(&q.ops,
			      mt_ovs_port_of_bridge(mt_ovs_where("name", json_string(bridge)),
						    "insert", json_incref(uuid)));
	}
	mt_ovs_append(&q.ops, mt_ovs_bump());
	json_decref(uuid);
	err = mt_ovsdb_transact(l, &q, &result, e);
	json_decref(result);
	if (err != -EAGAIN)
		return err;
	return q.failed
		? mt_ovs_no_bridge(l, r->v[OVS_BRIDGE].name, e)
		: mt_fail(e, ENODEV, "", "", "Open vSwitch: somebody deleted the port %s", name);
}

int mt_ovs_drop(struct mt_ovsdb_link *l, const struct mt_ref *port, struct mt_err *e)
{
	json_t *uuid = mt_ovs_uuid(port), *result;
	struct mt_ovsdb_question q = {
		.ops = json_pack("[o,o]",
				 mt_ovs_port_of_bridge(mt_ovs_and(json_array(), "ports", "includes",
								  json_incref(uuid)),
						       "delete", json_incref(uuid)),
				 mt_ovs_bump()),
	};
	json_int_t count;

	json_decref(uuid);
	if (mt_ovsdb_transact(l, &q, &result, e))
		return -e->code;
	count = json_integer_value(json_object_get(json_array_get(result, 0), "count"));
	json_decref(result);
	return count ? 0 : mt_fail(e, ENODEV, "", "", "Open vSwitch: the port is gone already");
}

int mt_ovs_put(struct mt_ovsdb_link *l, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	if (op == MT_ADD)
		return add(l, r, e);
	return op == MT_CHANGE ? change(l, r, e) : mt_ovs_drop(l, &r->ref, e);
}
