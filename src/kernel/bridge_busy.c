/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bridge_busy.c - whether a bridge that would be deleted has ports or addresses */
#include "kernel/nl.h"

#include <stdio.h>

static int take_port(const struct mt_record *r, void *data, struct mt_err *e)
{
	struct mt_nl_any *any = data;

	(void)e;
	snprintf(any->why, any->n, "%s is in it", mt_record_device(r));
	any->found = true;
	return 1;
}

int mt_bridge_busy(struct mt_host *h, enum mt_op op, const struct mt_record *r, char *why, size_t n,
		   struct mt_err *e)
{
	struct mt_record filter = mt_nl_on(&mt_kind_link, "master", mt_record_device(r));
	struct mt_nl_any any = { why, n, false };
	int err;

	if (op != MT_DELETE)
		return 0;
	err = mt_kind_link.list(h, &filter, take_port, &any, e);
	if (err || any.found)
		return err ? err : 1;
	return mt_nl_carries(h, mt_record_device(r), why, n, e);
}
