/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovs_bridges.c - the words for what a transaction did not find as it must be */
#include "ovsdb/json/ovs_bridges.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void list_bridges(json_t *rows, char *text, size_t n)
{
	size_t i, len = 0;
	json_t *row;

	snprintf(text, n, "none");
	json_array_foreach(rows, i, row)
	{
		const char *name = mt_ovs_string(row, "name");

		if (len + strlen(name) + 6 > n) {
			snprintf(text + len, n - len, ", …");
			return;
		}
		len += (size_t)snprintf(text + len, n - len, "%s%s", i ? ", " : "", name);
	}
}

json_t *mt_ovs_select_bridges(void)
{
	return mt_ovs_select("Bridge", json_array(), "name");
}

int mt_ovs_is_none_of(json_t *rows, const char *name, struct mt_err *e)
{
	char names[160];

	list_bridges(rows, names, sizeof names);
	return mt_fail(e, ENOENT, "", "", "there is no Open vSwitch bridge %s; this host's: %s",
		       name, names);
}

int mt_ovs_no_bridge(struct mt_ovsdb_link *l, const char *name, struct mt_err *e)
{
	struct mt_ovsdb_question q = { .ops = json_pack("[o]", mt_ovs_select_bridges()),
				       .reads = true };
	json_t *result;
	int err = mt_ovsdb_transact(l, &q, &result, e);

	if (!err)
		err = mt_ovs_is_none_of(mt_ovs_rows(result, 0), name, e);
	json_decref(result);
	return err;
}

int mt_ovs_same_iface_id(const char *iface_id, struct mt_err *e)
{
	return mt_fail(e, EBUSY, "", "", "another port of this host has the iface-id %s", iface_id);
}
