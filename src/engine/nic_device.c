/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nic_device.c - find a NIC's device, and refuse one that is another guest's */
#include "base/sh.h"
#include "engine/caller.h"
#include "engine/driver.h"
#include "engine/leftovers.h"
#include "engine/nic_device.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* For a dry run, add to the view the tap that libvirt will have created by then. */
static int expect_tap(struct mt_device_search *s, const struct mt_interface *nic, struct mt_err *e)
{
	uint8_t address[6];
	struct mt_record r =
		mt_device_alone(nic->dev, mt_tap_address(nic->mac, address) ? address : NULL);

	return mt_view_expect(s->view, &r) ? mt_fail(e, ENOMEM, "plan", nic->dev, NULL) : 0;
}

/* A person is told of another guest; an event, or a user's call, goes on where only its journal is
 * left. A user has that of no other user finished. */
static bool may_finish(const struct mt_device_search *s, const struct mt_record *h)
{
	const struct mt_caller *c = s->ask->caller;

	return c ? mt_driver_user(mt_header_text(h, MT_HEADER_DRIVER)) == c->uid : !s->ask->person;
}

/* Fail, if a journal connects this device for another guest.
 * @ours: out: it is already connected for this guest */
static int held_by_another(struct mt_device_search *s, const struct mt_interface *nic,
			   const struct mt_device *d, bool *ours, struct mt_err *e)
{
	struct mt_journal j;
	char file[32];
	int err = mt_journal_load(&s->g->state, mt_state_path("nic", nic->dev, file), mt_kinds,
				  s->pool, &j, e);
	const char *uuid = mt_header_text(&j.header, MT_HEADER_UUID);
	const char *domain = mt_header_text(&j.header, MT_HEADER_DOMAIN);
	bool caller = s->ask->caller != NULL;
	char advice[MT_LINE_MAX];

	*ours = false;
	if (err || !j.header.kind || (d && j.header.v[MT_HEADER_IFINDEX].u != d->ifindex))
		return err;
	/* s->uuid is the XML's; s->guest is the caller's, if it gave a name */
	*ours = (!*uuid || !*s->uuid || !strcmp(uuid, s->uuid)) && !strcmp(domain, s->guest) &&
		!strcmp(mt_header_text(&j.header, MT_HEADER_DRIVER), s->driver);
	if (*ours || (!caller && !j.header.v[MT_HEADER_KNOWN].u) ||
	    (!s->ask->dry && may_finish(s, &j.header) && mt_leftover_finish(s->g, nic->dev)))
		return 0;
	if (caller)
		return mt_fail(e, EBUSY, "", "", "the device is connected for somebody else");
	return mt_fail(e, EBUSY, "", "",
		       "it is connected for the guest %s; to disconnect that guest: %s", domain,
		       mt_sh_advice(advice, sizeof advice, "moontap down @", domain));
}

/* A veth pair may be the host's uplink; only LXC's NICs are veth pairs. */
static bool can_be_a_nic(const struct mt_device_search *s, const struct mt_device *d)
{
	return d->is & MT_DEVICE_NIC || (d->is & MT_DEVICE_PAIR && !strcmp(s->driver, "lxc"));
}

/* libvirt derives a tap's MAC from its guest's, so the MAC shows whose tap it is. */
static int check_managed(const struct mt_interface *nic, const struct mt_device *d, bool ours,
			 struct mt_err *e)
{
	uint8_t address[6];

	if (!mt_tap_address(nic->mac, address) && ours)
		return 0;
	if (!mt_tap_address(nic->mac, address))
		return mt_fail(e, EEXIST, "", "",
			       "a tap of that name exists, and the XML has no MAC that could tell "
			       "whether it is this guest's; `virsh dumpxml` has it");
	if (!memcmp(address, d->address, 6))
		return 0;
	return mt_fail(e, EEXIST, "", "",
		       "a tap of that name exists, but its MAC is not what libvirt would give it: "
		       "it belongs to somebody else");
}

/* Check whether a device that exists can be this NIC's. */
static int check_own(const struct mt_device_search *s, const struct mt_interface *nic,
		     const struct mt_device *d, bool ours, struct mt_err *e)
{
	bool tap = d->is & MT_DEVICE_TAP;

	if (s->ask->caller && !ours)
		return mt_fail(e, EEXIST, "", "", "a device of that name exists, and is not yours");
	if (!can_be_a_nic(s, d))
		return mt_fail(e, EINVAL, "", "", "the device exists, but is no tap: it is %s%s",
			       *d->kind ? "a " : "some other link", d->kind);
	if (!nic->unmanaged && tap && s->ask->request.known && check_managed(nic, d, ours, e))
		return -e->code;
	if (nic->unmanaged && tap && d->carrier && !ours && !s->ask->after_start &&
	    !s->ask->request.dev && !s->ask->force)
		return mt_fail(e, EBUSY, "", "",
			       "the tap is in use, but not by a guest that moontap knows");
	return 0;
}

enum mt_device_found mt_nic_find_device(struct mt_device_search *s, const struct mt_interface *nic,
					const char **note, struct mt_err *e)
{
	bool ours;
	int err;

	s->device = (struct mt_device){ 0 };
	if (s->ask->request.dev && strcmp(s->ask->request.dev, nic->dev)) {
		mt_fail(e, EPROTO, "evaluator", nic->dev, "the question was about %s",
			s->ask->request.dev);
		return MT_DEVICE_ERROR;
	}
	if (nic->misnamed) {
		mt_bad(e, "nic", nic->misnamed, "%s",
		       mt_name_reserved(nic->misnamed) ? MT_NAME_RESERVED : MT_NAME_RULE);
		return MT_DEVICE_ERROR;
	}
	if (!*nic->dev) {
		*note = nic->unmanaged ? "it has no device: <target dev=.../> is missing"
				       : "libvirt names its device at start";
		return MT_DEVICE_NOT_YET;
	}
	/* What a killed run of the caller's has made is in no journal, and would be somebody else's. */
	if (s->ask->caller && !s->ask->dry)
		mt_connected_sweep(s->g, nic->dev, s->pool);
	err = s->ask->dry && *nic->dev == '$'
		? -ENODEV
		: mt_device_by_name(s->g->host, nic->dev, &s->device, e);
	if (err && err != -ENODEV)
		return MT_DEVICE_ERROR;
	if (held_by_another(s, nic, err ? NULL : &s->device, &ours, e) ||
	    (!err && check_own(s, nic, &s->device, ours, e)))
		return MT_DEVICE_ERROR;
	if (!err || nic->unmanaged)
		return MT_DEVICE_READY;
	if (s->ask->dry)
		return expect_tap(s, nic, e) ? MT_DEVICE_ERROR : MT_DEVICE_READY;
	if (s->ask->after_start) {
		mt_fail(e, ENODEV, "", "", "libvirt should have created it, but it does not exist");
		return MT_DEVICE_ERROR;
	}
	*note = "libvirt creates its device at start";
	return MT_DEVICE_NOT_YET;
}

int mt_require_device(struct mt_engine *g, const struct mt_interface *nic, struct mt_err *e)
{
	struct mt_device d;
	int err = mt_device_by_name(g->host, nic->dev, &d, e);

	if (err == -ENODEV)
		return mt_fail(
			e, ENODEV, "", "",
			"the XML says managed='no', but the device does not exist and no policy "
			"creates it");
	return err;
}
