/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* level.c - how bad a NIC's state is */
#include "cli/level.h"

#include <stdio.h>
#include <string.h>

const struct mt_described mt_levels[] = {
	[MT_WELL] = { "ok", "all is well" },
	[MT_WARNING] = { "warning", "a finding that neither stops a guest nor cuts one off" },
	[MT_CRITICAL] = { "critical",
			  "a running guest's NIC is not connected, a guest cannot start, or guests "
			  "are no longer kept apart" },
	[MT_UNKNOWN] = { "unknown",
			 "the check failed: wrong usage, no privilege, or a state directory that "
			 "cannot be read" },
	{ NULL },
};

enum mt_level mt_level_worse(enum mt_level a, enum mt_level b)
{
	static const int order[] = {
		[MT_WELL] = 0, [MT_WARNING] = 1, [MT_UNKNOWN] = 2, [MT_CRITICAL] = 3
	};

	return order[a] > order[b] ? a : b;
}

bool mt_level_runs(const struct mt_nic_status *l)
{
	return l->started || (l->here && l->device.carrier && l->device.is & MT_DEVICE_TAP);
}

static enum mt_level if_runs(const struct mt_nic_status *l)
{
	return mt_level_runs(l) ? MT_CRITICAL : MT_WARNING;
}

static enum mt_level of_drift(const struct mt_nic_status *l, char *why, size_t n)
{
	snprintf(why, n, "%s", l->ndrift ? l->drift[0] : "it has drifted");
	if (l->unguarded || (l->cut_off && mt_level_runs(l)))
		return MT_CRITICAL;
	return MT_WARNING;
}

static enum mt_level of_waiting(const struct mt_nic_status *l, uint64_t now, char *why, size_t n)
{
	uint64_t since = l->remembered_since;

	if (now < since + MT_LEVEL_PATIENCE)
		return MT_WELL;
	snprintf(why, n, "it is not connected%s", mt_level_runs(l) ? ", and its guest runs" : "");
	return if_runs(l);
}

enum mt_level mt_level_of(const struct mt_nic_status *l, uint64_t now, char *why, size_t n)
{
	*why = 0;
	switch (l->state) {
	case MT_NIC_DRIFTED:
		return of_drift(l, why, n);
	case MT_NIC_GONE:
		snprintf(why, n, "the device is gone");
		return l->started ? MT_CRITICAL : MT_WARNING;
	case MT_NIC_DONE:
		if (!l->started)
			break;
		snprintf(why, n, "the device is gone, and its guest runs");
		return MT_CRITICAL;
	case MT_NIC_UNREADABLE:
		snprintf(why, n, "%s", l->drift[0]);
		return MT_CRITICAL;
	case MT_NIC_KILLED:
		snprintf(why, n, "a run was killed");
		return if_runs(l);
	case MT_NIC_NOTHING:
		if (l->here && *l->device.master)
			break; /* somebody else has connected it */
		snprintf(why, n, "the policy declared nothing for it");
		return if_runs(l);
	case MT_NIC_WAITING:
		return of_waiting(l, now, why, n);
	case MT_NIC_CONNECTED:
	case MT_NIC_WORKED_ON:
	case MT_NIC_OTHERS:
		break;
	}
	return MT_WELL;
}
