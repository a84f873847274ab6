/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bridge_busy.c - whether a bridge or VRF that would be deleted has ports or addresses */
#include "kernel/nl.h"

int mt_bridge_busy(struct mt_host *h, enum mt_op op, const struct mt_record *r, char *why, size_t n,
		   struct mt_err *e)
{
	int err = mt_upper_busy(h, op, r, why, n, e);

	if (err || op != MT_DELETE)
		return err;
	return mt_nl_carries(h, mt_record_device(r), why, n, e);
}
