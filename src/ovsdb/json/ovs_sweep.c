/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovs_sweep.c - delete what moontap left in the database before this boot */
#include "ovsdb/json/ovs_sweep.h"
#include "ovsdb/json/ovs_rows.h"
#include "ovsdb/ovs_fields.h"

/* Deletes those of @ports that are of an earlier boot. */
static int delete_earlier(struct mt_ovsdb_link *l, json_t *ports, struct mt_err *e)
{
	struct mt_ovsdb_question q = { .ops = json_array() };
	json_t *row, *result;
	size_t i;
	int err;

	json_array_foreach(ports, i, row)
	{
		struct mt_ref port;

		if (!mt_ovs_is_earlier(mt_ovs_key(row, "external_ids", OVS_OWNER_KEY)))
			continue;
		port = mt_ovs_ref(&mt_ovs_uuids, json_object_get(row, "_uuid"));
		mt_ovs_append(&q.ops,
			      mt_ovs_port_of_bridge(mt_ovs_and(json_array(), "ports", "includes",
							       mt_ovs_uuid(&port)),
						    "delete", mt_ovs_uuid(&port)));
	}
	if (q.ops && !json_array_size(q.ops)) {
		json_decref(q.ops);
		return 0;
	}
	mt_ovs_append(&q.ops, mt_ovs_bump());
	mt_ovs_append(&q.ops,
		      json_pack("{s:s,s:s}", "op", "comment", "comment",
				"moontap: ports of an earlier boot are deleted"));
	err = mt_ovsdb_transact(l, &q, &result, e);
	json_decref(result);
	return err;
}

int mt_ovs_sweep(struct mt_ovsdb_link *l, struct mt_err *e)
{
	struct mt_ovsdb_question q = { .reads = true };
	json_t *result;
	int err;

	if (l->swept)
		return 0;
	/* as all of moontap's are: of other ports there may be thousands */
	q.ops = json_pack("[o]",
			  mt_ovs_select("Port",
					mt_ovs_and(json_array(), "other_config", "includes",
						   mt_ovs_pair("transient", "true")),
					"_uuid external_ids"));
	if (mt_ovsdb_transact(l, &q, &result, e))
		return -e->code;
	err = delete_earlier(l, mt_ovs_rows(result, 0), e);
	json_decref(result);
	l->swept = !err;
	return err;
}
