/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovs_report.c - the columns that ovs-vswitchd writes: is a port taken, is all done, what failed */
#include "ovsdb/json/ovs_report.h"
#include "ovsdb/json/ovs_rows.h"
#include "ovsdb/ovs_fields.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int mt_ovs_state(struct mt_ovsdb_link *l, const struct mt_record *r, char *text, size_t n,
		 struct mt_err *e)
{
	const char *name = r->v[OVS_DEV].name, *error;
	struct mt_ovsdb_question q = {
		.ops = json_pack("[o]",
				 mt_ovs_select("Interface", mt_ovs_where("name", json_string(name)),
					       "ofport error ifindex external_ids")),
		.reads = true,
	};
	json_t *result, *row;

	*text = 0;
	if (mt_ovsdb_transact(l, &q, &result, e))
		return -e->code;
	row = mt_ovs_row(result, 0);
	error = mt_ovs_string(row, "error");
	if (*error)
		snprintf(text, n, "error: %s", error);
	else if (mt_ovs_integer(row, "ofport") > 0 && mt_ovs_integer(row, "ifindex") > 0)
		snprintf(text, n, "ofport %d%s", (int)mt_ovs_integer(row, "ofport"),
			 strcmp(mt_ovs_key(row, "external_ids", "ovn-installed"), "true")
				 ? ""
				 : ", installed");
	else if (row)
		snprintf(text, n, "not taken");
	json_decref(result);
	return 0;
}

static const char *keep(struct mt_pool *p, const char *text, bool *failed)
{
	const char *kept = mt_pool_copy(p, text, strlen(text));

	*failed |= !kept;
	return kept;
}

/* { port's name: its mark } */
static json_t *owners_of(json_t *ports)
{
	json_t *all = json_object(), *row;
	size_t i;

	json_array_foreach(ports, i, row)
		mt_ovs_set(&all, mt_ovs_string(row, "name"),
			   json_string(mt_ovs_key(row, "external_ids", OVS_OWNER_KEY)));
	return all;
}

static int take(json_t *result, struct mt_pool *p, struct mt_ovs_report *to)
{
	json_t *open = mt_ovs_row(result, 0), *rows = mt_ovs_rows(result, 1), *row;
	json_t *owners = owners_of(mt_ovs_rows(result, 2));
	size_t n = json_array_size(rows), i;
	bool failed = !owners;

	*to = (struct mt_ovs_report){ .version =
					      keep(p, mt_ovs_string(open, "ovs_version"), &failed),
				      .next_cfg = mt_ovs_integer(open, "next_cfg"),
				      .cur_cfg = mt_ovs_integer(open, "cur_cfg"),
				      .interfaces =
					      mt_pool_alloc(p, (n + 1) * sizeof *to->interfaces) };
	failed |= !to->interfaces;
	json_array_foreach(rows, i, row)
	{
		const char *name = mt_ovs_string(row, "name"), *owner;

		if (failed)
			break;
		owner = mt_ovs_string(owners, name);
		to->interfaces[to->n++] = (struct mt_ovs_interface){
			.name = keep(p, name, &failed),
			.owner = keep(p, owner, &failed),
			.iface_id = keep(p, mt_ovs_key(row, "external_ids", "iface-id"), &failed),
			.error = keep(p, mt_ovs_string(row, "error"), &failed),
			.earlier = mt_ovs_is_earlier(owner),
		};
	}
	json_decref(owners);
	return failed ? -ENOMEM : 0;
}

int mt_ovs_report(struct mt_ovsdb_link *l, struct mt_pool *p, struct mt_ovs_report *report,
		  struct mt_err *e)
{
	struct mt_ovsdb_question q = {
		.ops = json_pack(
			"[o,o,o]",
			mt_ovs_select("Open_vSwitch", json_array(), "ovs_version next_cfg cur_cfg"),
			mt_ovs_select("Interface", json_array(), "name error external_ids"),
			mt_ovs_select("Port", json_array(), "name external_ids")),
		.reads = true,
	};
	json_t *result;
	int err;

	if (mt_ovsdb_transact(l, &q, &result, e))
		return -e->code;
	err = take(result, p, report);
	json_decref(result);
	return err ? mt_fail(e, ENOMEM, "ovsdb", "", NULL) : 0;
}
