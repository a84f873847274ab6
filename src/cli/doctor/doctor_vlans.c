/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor_vlans.c - checks of the VLANs that the policy allows, on the bridges that it names */
#include "base/right.h"
#include "cli/doctor/doctor.h"

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
