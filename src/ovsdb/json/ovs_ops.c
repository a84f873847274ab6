/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovs_ops.c - operations made, and results taken apart */
#include "ovsdb/json/ovs_ops.h"

#include <string.h>

const struct mt_realm mt_ovs_uuids = { .name = "uuid", .uuid = true };

void mt_ovs_append(json_t **array, json_t *value)
{
	if (!json_array_append_new(*array, value))
		return;
	json_decref(*array);
	*array = NULL;
}

void mt_ovs_set(json_t **object, const char *key, json_t *value)
{
	if (!json_object_set_new(*object, key, value))
		return;
	json_decref(*object);
	*object = NULL;
}

json_t *mt_ovs_where(const char *column, json_t *value)
{
	return json_pack("[[s,s,o]]", column, "==", value);
}

json_t *mt_ovs_and(json_t *where, const char *column, const char *is, json_t *value)
{
	mt_ovs_append(&where, json_pack("[s,s,o]", column, is, value));
	return where;
}

json_t *mt_ovs_uuid(const struct mt_ref *ref)
{
	char text[MT_REF_TEXT];

	return json_pack("[s,s]", "uuid", mt_ref_print(ref, text));
}

json_t *mt_ovs_pair(const char *key, const char *value)
{
	return json_pack("[s,[[s,s]]]", "map", key, value);
}

static json_t *words(const char *text)
{
	json_t *all = json_array();

	while (*text) {
		size_t n = strcspn(text, " ");

		mt_ovs_append(&all, json_stringn(text, n));
		text += n + strspn(text + n, " ");
	}
	return all;
}

json_t *mt_ovs_select(const char *table, json_t *where, const char *columns)
{
	return json_pack("{s:s,s:s,s:o,s:o}", "op", "select", "table", table, "where", where,
			 "columns", words(columns));
}

json_t *mt_ovs_wait(const char *table, json_t *where, const char *column, json_t *rows)
{
	return json_pack("{s:s,s:s,s:o,s:[s],s:s,s:o,s:i}", "op", "wait", "table", table, "where",
			 where, "columns", column, "until", "==", "rows", rows, "timeout", 0);
}

json_t *mt_ovs_mutate(const char *table, json_t *where, json_t *mutations)
{
	return json_pack("{s:s,s:s,s:o,s:o}", "op", "mutate", "table", table, "where", where,
			 "mutations", mutations);
}

json_t *mt_ovs_port_of_bridge(json_t *where, const char *mutator, json_t *port)
{
	return mt_ovs_mutate("Bridge", where, json_pack("[[s,s,o]]", "ports", mutator, port));
}

json_t *mt_ovs_bump(void)
{
	return mt_ovs_mutate("Open_vSwitch", json_array(),
			     json_pack("[[s,s,i]]", "next_cfg", "+=", 1));
}

json_t *mt_ovs_rows(json_t *result, size_t i)
{
	return json_object_get(json_array_get(result, i), "rows");
}

json_t *mt_ovs_row(json_t *result, size_t i)
{
	return json_array_get(mt_ovs_rows(result, i), 0);
}

json_t *mt_ovs_in_map(const json_t *map, const char *key)
{
	size_t i;
	json_t *pair;

	json_array_foreach(json_array_get(map, 1), i, pair)
	{
		const char *has = json_string_value(json_array_get(pair, 0));

		if (has && !strcmp(has, key))
			return json_array_get(pair, 1);
	}
	return NULL;
}

static bool is_set(const json_t *v)
{
	const char *word = json_string_value(json_array_get(v, 0));

	return word && !strcmp(word, "set");
}

bool mt_ovs_is_empty(const json_t *v)
{
	return !v || (is_set(v) && !json_array_size(json_array_get(v, 1)));
}

const char *mt_ovs_string(const json_t *row, const char *column)
{
	const char *text = json_string_value(json_object_get(row, column));

	return text ? text : "";
}

const char *mt_ovs_key(const json_t *row, const char *column, const char *key)
{
	const char *text = json_string_value(mt_ovs_in_map(json_object_get(row, column), key));

	return text ? text : "";
}

json_int_t mt_ovs_integer(const json_t *row, const char *column)
{
	const json_t *v = json_object_get(row, column);

	return json_is_integer(v) ? json_integer_value(v) : -1;
}

json_t *mt_ovs_each_in_set(const json_t *v, size_t i)
{
	if (is_set(v))
		return json_array_get(json_array_get(v, 1), i);
	return i ? NULL : (json_t *)v;
}

struct mt_ref mt_ovs_ref(const struct mt_realm *realm, const json_t *uuid)
{
	const char *text = json_string_value(json_array_get(uuid, 1));
	struct mt_ref ref = { 0 };
	struct mt_err ignored;

	if (text)
		mt_ref_parse(realm, text, &ref, &ignored);
	return ref;
}
