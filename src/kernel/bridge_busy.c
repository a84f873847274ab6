/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bridge_busy.c - whether a bridge or VRF that would be deleted has ports or addresses */
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

static int any_device(struct mt_list *l, const struct mt_nl_device *d, struct mt_record *r)
{
	(void)l, (void)d, (void)r;
	return 1;
}

int mt_bridge_busy(struct mt_host *h, enum mt_op op, const struct mt_record *r, char *why, size_t n,
		   struct mt_err *e)
{
	const struct mt_record filter = { .kind = r->kind };
	struct mt_nl_any any = { why, n, false };
	struct mt_list l = mt_list(h, &filter, take_port, &any, e);
	int err;

	if (op != MT_DELETE)
		return 0;
	err = mt_nl_record_ifindex(h, r, &l.master, e) ?: mt_nl_list_devices(&l, NULL, any_device);
	if (err)
		return mt_nl_about(e, err, r, "delete");
	if (any.found)
		return 1;
	return mt_nl_carries(h, mt_record_device(r), why, n, e);
}
