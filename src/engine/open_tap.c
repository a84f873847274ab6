/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * open_tap.c - name a tap, connect it by the policy, open it, and let it end with who has it open
 *
 * To the policy it is the NIC of a guest whose XML would have been written for it.
 */
#include "engine/open_tap.h"
#include "engine/qemu.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define TRIES 1000 /* names; more than MT_CALLER_TAPS, since others may have some */

/* The first name of the pattern that is no device's. */
static int free_name(struct mt_engine *g, const char *pattern, char dev[static MT_NAME_MAX + 1],
		     struct mt_err *e)
{
	const char *star = strchr(pattern, '*');
	int before = star ? (int)(star - pattern) : (int)strlen(pattern);

	for (int i = 0; i < TRIES; i++) {
		struct mt_device d;
		int n = star
			? snprintf(dev, MT_NAME_MAX + 1, "%.*s%d%s", before, pattern, i, star + 1)
			: snprintf(dev, MT_NAME_MAX + 1, "%s", pattern);
		int err = n > MT_NAME_MAX ? 0 : mt_device_by_name(g->host, dev, &d, e);

		if (err == -ENODEV && mt_name_valid(dev))
			return 0;
		if (err && err != -ENODEV)
			return err;
		if (n > MT_NAME_MAX || !star)
			break;
	}
	return mt_fail(e, ENFILE, "device", pattern, "no name is free");
}

/* What the user's QEMU says is put into XML: anything but a plain name becomes _. */
static void name_of(const struct mt_tap_wish *wish, char name[static 64])
{
	struct mt_qemu qemu;

	if (!mt_qemu_of(wish->qemu, "", &qemu) || !*qemu.name)
		snprintf(qemu.name, sizeof qemu.name, "qemu-%d", (int)wish->qemu);
	snprintf(name, 64, "%.63s", qemu.name);
	for (char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
			*c = '_';
}

static int connect_tap(struct mt_engine *g, const struct mt_tap_wish *wish, const char *dev,
		       struct mt_outcome *out, struct mt_err *e)
{
	struct mt_event_params ask = { .request.want = MT_WANT_PLANS,
				       .request.known = true,
				       .by = "script" };
	char name[64], xml[400];

	name_of(wish, name);
	snprintf(xml, sizeof xml,
		 "<domain type='qemu'><name>%s</name><devices><interface type='ethernet'>"
		 "<target dev='%s' managed='no'/>%s</interface></devices></domain>",
		 name, dev, wish->vnet_hdr ? "<model type='virtio'/>" : "");
	ask.request.source =
		(struct mt_source){ .fd = -1, .bytes = xml, .n = strlen(xml), .name = name };
	mt_caller_params(&ask, wish->caller);
	ask.request.caller_bridge = wish->bridge;
	return mt_connect(g, &ask, out, e);
}

int mt_open_tap(struct mt_engine *g, const struct mt_tap_wish *wish,
		char dev[static MT_NAME_MAX + 1], int *fd, struct mt_outcome *out, struct mt_err *e)
{
	struct mt_nic_filter made = { .uid = wish->caller->uid, .dev = dev };
	struct mt_outcome undo = { .name = "", .uuid = "" };
	struct mt_err ignored;
	int err;

	*fd = -1;
	err = free_name(g, wish->caller->names, dev, e) ?: connect_tap(g, wish, dev, out, e);
	if (err)
		return err;
	if (!mt_device_hand_over(g->host, dev, &out->pool, fd, e))
		return 0;
	err = -e->code;
	mt_disconnect_all(g, &made, &undo, &ignored);
	mt_outcome_free(&undo);
	return err;
}
