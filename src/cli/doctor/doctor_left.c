/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor_left.c - checks of what moontap left behind, or did not reach */
#include "cli/doctor/doctor.h"
#include "plan/namespace.h"

#include <string.h>

void mt_check_leftover_tap(struct mt_doctor *d)
{
	for (size_t i = 0; i < d->ndevices; i++) {
		const struct mt_device *dev = &d->devices[i];

		if (!strncmp(dev->alias, "moontap ", 8) && !dev->carrier &&
		    mt_doctor_unknown(d, dev))
			mt_doctor_found(d, dev->name,
					"%s is marked '%s', and no process has it open", dev->name,
					dev->alias);
	}
}

static const char *name_of(const struct mt_nic_status *l)
{
	return *l->guest ? l->guest : l->dev;
}

static bool is_meant(const struct mt_doctor *d, const struct mt_nic_status *l)
{
	return !d->guest || !strcmp(l->guest, d->guest);
}

static void each_nic(struct mt_doctor *d, enum mt_nic_state state)
{
	char why[1024], dev[32];

	for (size_t i = 0; i < d->nnics; i++) {
		const struct mt_nic_status *l = &d->nics[i];
		enum mt_level level = mt_doctor_nic(d, l, why, sizeof why);

		if (level == MT_WELL || l->state != state || !is_meant(d, l))
			continue;
		snprintf(dev, sizeof dev, *l->dev ? " (%s)" : "%s", l->dev);
		mt_doctor_found_at(d, level, name_of(l), "%s NIC %u%s: %s",
				   *l->guest ? l->guest : "unknown guest", l->index, dev, why);
		for (size_t k = 1; state == MT_NIC_DRIFTED && k < l->ndrift; k++)
			mt_doctor_found_at(d, level, name_of(l), "%s: %s", name_of(l), l->drift[k]);
	}
}

void mt_check_namespaces(struct mt_doctor *d)
{
	struct mt_namespace *others;
	struct mt_err e;
	char name[400], cookie[24];
	size_t n;

	if (mt_namespace_list(&d->g.state, &d->p, &others, &n, &e))
		return;
	for (size_t i = 0; i < n; i++) {
		snprintf(cookie, sizeof cookie, "%llu", (unsigned long long)others[i].cookie);
		mt_namespace_name(&others[i], name, sizeof name);
		if (others[i].gone)
			mt_doctor_found(d, cookie, "%s is gone; NICs in it: %zu", name,
					others[i].nics);
		else if (!*others[i].path && !d->only) /* it may still exist: no alarm */
			mt_doctor_found(d, cookie, "the path of %s is unknown; NICs in it: %zu",
					name, others[i].nics);
	}
}

void mt_check_leftover_journal(struct mt_doctor *d)
{
	mt_finish_done(&d->g, d->nics, d->nnics);
	each_nic(d, MT_NIC_KILLED);
	each_nic(d, MT_NIC_GONE);
	each_nic(d, MT_NIC_DONE);
}

void mt_check_unreadable_journal(struct mt_doctor *d)
{
	each_nic(d, MT_NIC_UNREADABLE);
}

void mt_check_not_connected(struct mt_doctor *d)
{
	each_nic(d, MT_NIC_WAITING);
}

void mt_check_nothing_declared(struct mt_doctor *d)
{
	each_nic(d, MT_NIC_NOTHING);
}

void mt_check_drift(struct mt_doctor *d)
{
	each_nic(d, MT_NIC_DRIFTED);
}

/* --- two guests with one MAC ------------------------------------------------------------------ */

static bool can_clash(const struct mt_nic_status *l)
{
	return l->here && *l->device.master && *l->mac && mt_level_runs(l);
}

void mt_check_mac_twice(struct mt_doctor *d)
{
	for (size_t i = 0; i < d->nnics; i++)
		for (size_t k = 0; k < i; k++) {
			const struct mt_nic_status *a = &d->nics[k], *b = &d->nics[i];

			if (can_clash(a) && can_clash(b) && (is_meant(d, a) || is_meant(d, b)) &&
			    !strcasecmp(a->mac, b->mac) &&
			    !strcmp(a->device.master, b->device.master))
				mt_doctor_found(d, name_of(b),
						"%s (%s) and %s (%s) both have %s, in %s",
						name_of(a), a->dev, name_of(b), b->dev, a->mac,
						a->device.master);
		}
}
