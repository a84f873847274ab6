/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor_vlans.c - checks of the VLANs on the bridges that a policy which allows VLANs names */
#include "base/right.h"
#include "cli/doctor/doctor.h"
#include "base/range.h"

#include <string.h>

static bool allows_vlans(const struct mt_doctor *d)
{
	for (const struct mt_allow *a = d->policy.allow; a; a = a->next)
		if (!strcmp(a->what, mt_rights[MT_RIGHT_VID].name))
			return true;
	return false;
}

/* A policy may have bridges without VLANs beside the one with them. */
void mt_check_vlan_filtering(struct mt_doctor *d)
{
	const struct mt_allow *a = NULL;
	const char *blind = NULL;
	struct mt_record r;

	if (!allows_vlans(d))
		return;
	while ((a = mt_doctor_next_link(d, a))) {
		if (!mt_doctor_bridge(d, a->value, &r))
			continue;
		if (mt_doctor_field(&r, "vlan_filtering"))
			return;
		blind = blind ? blind : a->value;
	}
	if (blind)
		mt_doctor_found(d, blind, "the policy allows VLANs, and %s does not look at them",
				blind);
}

/* --- who is in which -------------------------------------------------------------------------- */

struct vlans {
	struct mt_doctor *d;
	const char *bridge;
	uint32_t normal;	/* the VLAN of ports that nobody puts into another; 0: none */
	struct mt_vids guests;	/* those of guests' frames without a tag */
	struct mt_vids outside; /* those that lead further: the host's own, and uplinks' */
};

static bool is_allowed(const struct vlans *v, const struct mt_record *r)
{
	int pvid = mt_kind_field(r->kind, "pvid");

	return mt_right_covers(&mt_rights[MT_RIGHT_VID], v->d->policy.allow, &r->kind->fields[pvid],
			       &r->v[pvid]);
}

/* The VLAN of a guest's frames without a tag; 0: it is no guest's port of the bridge, or has none. */
static uint32_t vlan_of_guest(const struct vlans *v, const struct mt_record *port)
{
	const struct mt_device *dev = mt_doctor_device(v->d, mt_record_device(port));
	bool is = dev && !strcmp(dev->master, v->bridge) && dev->is & MT_DEVICE_NIC;

	return is ? (uint32_t)mt_doctor_field(port, "pvid") : 0;
}

static int see_default(const struct mt_record *r, void *data, struct mt_err *e)
{
	struct vlans *v = data;
	uint32_t vid = vlan_of_guest(v, r);

	(void)e;
	if (vid && vid == v->normal && !is_allowed(v, r))
		mt_doctor_found(v->d, v->bridge,
				"%s is in VLAN %u of %s, as is each port that nobody puts into "
				"another, and the policy does not allow that VLAN",
				mt_record_device(r), vid, v->bridge);
	return 0;
}

static int see_guest(const struct mt_record *r, void *data, struct mt_err *e)
{
	struct vlans *v = data;
	uint32_t vid = vlan_of_guest(v, r);

	(void)e;
	if (vid)
		mt_vids_add(&v->guests, vid);
	return 0;
}

/* A veth whose other end is in another namespace is a container's. */
static bool is_uplink(const struct mt_device *dev, const char *bridge)
{
	return !strcmp(dev->master, bridge) && !(dev->is & MT_DEVICE_NIC) &&
		(!(dev->is & MT_DEVICE_PAIR) || dev->peer);
}

static int see_member(const struct mt_record *r, void *data, struct mt_err *e)
{
	struct vlans *v = data;
	const struct mt_device *dev = mt_doctor_device(v->d, mt_record_device(r));

	(void)e;
	if (dev && (is_uplink(dev, v->bridge) || !strcmp(dev->name, v->bridge)))
		mt_vids_add(&v->outside, (uint32_t)mt_doctor_field(r, "vid"));
	return 0;
}

/* Call @see for each of the host's records of a kind, for each bridge that looks at VLANs. */
static void each_bridge(struct mt_doctor *d, void (*see)(struct vlans *v))
{
	const struct mt_allow *a = NULL;
	struct mt_record r;

	while (allows_vlans(d) && (a = mt_doctor_next_link(d, a)))
		if (mt_doctor_bridge(d, a->value, &r) && mt_doctor_field(&r, "vlan_filtering"))
			see(&(struct vlans){
				.d = d,
				.bridge = a->value,
				.normal = (uint32_t)mt_doctor_field(&r, "vlan_default_pvid") });
}

static void see_all(struct vlans *v, const char *kind, mt_each see)
{
	const struct mt_record all = { .kind = mt_kind_find(mt_kinds, kind) };
	struct mt_err e;

	all.kind->list(v->d->g.host, &all, see, v, &e);
}

static void check_default(struct vlans *v)
{
	see_all(v, "vlan", see_default);
}

void mt_check_vlan_default(struct mt_doctor *d)
{
	each_bridge(d, check_default);
}

/* A bridge without any uplink is there for its guests alone. */
static void check_uplink(struct vlans *v)
{
	const struct mt_device *uplink = NULL;

	for (size_t i = 0; !uplink && i < v->d->ndevices; i++)
		if (is_uplink(&v->d->devices[i], v->bridge))
			uplink = &v->d->devices[i];
	if (!uplink)
		return;
	see_all(v, "vlan", see_guest);
	see_all(v, "vlan_member", see_member);
	for (uint32_t vid = 1; vid <= MT_VID_MAX; vid++)
		if (mt_vids_has(&v->guests, vid) && !mt_vids_has(&v->outside, vid))
			mt_doctor_found(v->d, uplink->name,
					"guests are in VLAN %u of %s, and no uplink of it is: "
					"%s is not",
					vid, v->bridge, uplink->name);
}

void mt_check_vlan_uplink(struct mt_doctor *d)
{
	each_bridge(d, check_uplink);
}
