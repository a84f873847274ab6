/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* look.c - events in a process that may not change the network, such as session libvirt's */
#include "engine/look.h"

#include <errno.h>
#include <string.h>

int mt_look_at_tap(struct mt_engine *g, const char *tap, struct mt_err *e)
{
	struct mt_device d;

	if (mt_device_by_name(g->host, tap, &d, e))
		return -e->code;
	mt_log(&g->o.log, LOG_NOTICE, "%s: nothing done: it needs CAP_NET_ADMIN", tap);
	return 0;
}

/* @begins: libvirt has not opened the tap yet, so it must not be in use. */
static int check_ready(struct mt_engine *g, const struct mt_outcome_nic *nic, bool begins,
		       struct mt_err *e)
{
	struct mt_device d;
	struct mt_err why;
	int err = mt_device_by_name(g->host, nic->dev, &d, &why);

	if (err == -ENODEV)
		mt_fail(&why, ENODEV, "", "", "there is no such device");
	if (!err)
		err = mt_tap_openable(g->host, &d, nic->queues, &why);
	if (!err && begins && d.carrier && nic->queues < 2 && d.is & MT_DEVICE_TAP)
		err = mt_fail(&why, EBUSY, "", "", "the tap is in use");
	if (!err)
		return 0;
	mt_fail(e, why.code, "", "", "%s; run: moontap up GUEST.xml, as root", why.text);
	return mt_err_in_nic(e, nic->index, nic->dev);
}

int mt_look_at_guest(struct mt_engine *g, const char *operation, struct mt_event_params *ask,
		     struct mt_outcome *out, struct mt_err *e)
{
	bool begins = !strcmp(operation, "prepare");

	if (!begins && strcmp(operation, "start"))
		return 0;
	ask->request.want = 0;
	if (mt_connect(g, ask, out, e))
		return -e->code;
	for (size_t i = 0; i < out->n; i++) {
		const struct mt_outcome_nic *o = &out->nics[i];

		if (o->unmanaged && *o->dev && check_ready(g, o, begins, e))
			return -e->code;
	}
	return 0;
}
