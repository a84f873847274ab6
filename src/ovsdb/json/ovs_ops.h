/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ovs_ops.h - operations of a transaction, as RFC 7047 writes them, and what their results have
 *
 * Only for the files of this folder. A function that makes a value returns NULL without memory, and
 * takes NULL for one that was not made: only the whole is checked.
 */
#ifndef MT_OVSDB_JSON_OVS_OPS_H
#define MT_OVSDB_JSON_OVS_OPS_H

#include "ovsdb/json/ovsdb_link.h"

/* What rows' uuids are numbers of, here: a record has its kind's realm. */
extern const struct mt_realm mt_ovs_uuids;

/** mt_ovs_append(), mt_ovs_set() - put a value, which is stolen, into an array, or an object; that
 * becomes NULL without memory */
void mt_ovs_append(json_t **array, json_t *value);
void mt_ovs_set(json_t **object, const char *key, json_t *value);

/** mt_ovs_where() - rows whose @column is @value, which is stolen: [[column, "==", value]] */
json_t *mt_ovs_where(const char *column, json_t *value);

/** mt_ovs_and() - with one more condition; @where and @value are stolen */
json_t *mt_ovs_and(json_t *where, const char *column, const char *is, json_t *value);

/** mt_ovs_uuid() - ["uuid", "…"], of a reference */
json_t *mt_ovs_uuid(const struct mt_ref *ref);

/** mt_ovs_pair() - a map of one pair: ["map", [[key, value]]] */
json_t *mt_ovs_pair(const char *key, const char *value);

/** mt_ovs_select() - @columns: separated by blanks; @where is stolen */
json_t *mt_ovs_select(const char *table, json_t *where, const char *columns);

/** mt_ovs_wait() - fail at once unless the rows' @columns are @rows, an array; both are stolen */
json_t *mt_ovs_wait(const char *table, json_t *where, const char *column, json_t *rows);

/** mt_ovs_mutate() - @mutations: an array of [column, mutator, value]; both are stolen */
json_t *mt_ovs_mutate(const char *table, json_t *where, json_t *mutations);

/** mt_ovs_port_of_bridge() - put a port into a bridge's, or take it out of them
 * @mutator:	"insert", "delete"
 * @port:	a uuid, or a named one; stolen, as @where is */
json_t *mt_ovs_port_of_bridge(json_t *where, const char *mutator, json_t *port);

/** mt_ovs_bump() - let ovs-vswitchd see that there is something new */
json_t *mt_ovs_bump(void);

/** mt_ovs_rows() - the rows that the @i-th operation of a transaction selected; an array, borrowed */
json_t *mt_ovs_rows(json_t *result, size_t i);

/** mt_ovs_row() - the first of them; NULL: there is none */
json_t *mt_ovs_row(json_t *result, size_t i);

/** mt_ovs_in_map() - a map's value; NULL: it has no such key */
json_t *mt_ovs_in_map(const json_t *map, const char *key);

/** mt_ovs_is_empty() - of an optional column: whether it has no value */
bool mt_ovs_is_empty(const json_t *v);

/** mt_ovs_string() - a column's text; "": it has none. Borrowed. */
const char *mt_ovs_string(const json_t *row, const char *column);

/** mt_ovs_key() - a text of a column's map; "": it has none. Borrowed. */
const char *mt_ovs_key(const json_t *row, const char *column, const char *key);

/** mt_ovs_integer() - a column's number; -1: it has none */
json_int_t mt_ovs_integer(const json_t *row, const char *column);

/** mt_ovs_each_in_set() - the values of a set, which is written without its brackets where it has
 * one: the @i-th; NULL: no more */
json_t *mt_ovs_each_in_set(const json_t *v, size_t i);

/** mt_ovs_ref() - the reference that a ["uuid", "…"] is; not set: it is none */
struct mt_ref mt_ovs_ref(const struct mt_realm *realm, const json_t *uuid);

#endif
