/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovsdb_module.c - the module's face */
#include "ovsdb/json/ovs_needs.h"
#include "ovsdb/json/ovs_put.h"
#include "ovsdb/json/ovs_report.h"
#include "ovsdb/json/ovs_settle.h"
#include "ovsdb/ovs_fields.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

extern __attribute__((visibility("default"))) const struct mt_ovsdb mt_ovsdb;

static struct mt_ovsdb_link *open_link(const char *path)
{
	struct mt_ovsdb_link *l = malloc(sizeof *l);

	if (!l)
		return NULL;
	*l = (struct mt_ovsdb_link){ .path = strdup(path), .fd = -1 };
	if (l->path)
		return l;
	free(l);
	return NULL;
}

static void close_link(struct mt_ovsdb_link *l)
{
	mt_ovsdb_disconnect(l);
	free(l->buf);
	free(l->path);
	free(l);
}

static int locate(struct mt_ovsdb_link *l, struct mt_record *r, struct mt_err *e)
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
		err = mt_fail(e, ENODEV, "", "", "Open vSwitch: the port is gone");
	json_decref(result);
	return err;
}

const struct mt_ovsdb mt_ovsdb = {
	.open = open_link,
	.close = close_link,
	.list = mt_ovs_list,
	.put = mt_ovs_put,
	.settle = mt_ovs_settle,
	.needs = mt_ovs_needs,
	.clash = mt_ovs_clash,
	.locate = locate,
	.state = mt_ovs_state,
	.report = mt_ovs_report,
	.vacate = mt_ovs_vacate,
};
