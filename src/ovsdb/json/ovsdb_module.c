/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ovsdb_module.c - the module's face */
#include "ovsdb/json/ovs_needs.h"
#include "ovsdb/json/ovs_put.h"
#include "ovsdb/json/ovs_report.h"
#include "ovsdb/json/ovs_rows.h"
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

const struct mt_ovsdb mt_ovsdb = {
	.open = open_link,
	.close = close_link,
	.list = mt_ovs_list,
	.put = mt_ovs_put,
	.settle = mt_ovs_settle,
	.needs = mt_ovs_needs,
	.clash = mt_ovs_clash,
	.locate = mt_ovs_locate,
	.state = mt_ovs_state,
	.report = mt_ovs_report,
	.vacate = mt_ovs_vacate,
};
