/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor_left.c - checks of what moontap left behind, or did not reach */
#include "cli/doctor.h"
#include "engine/history.h"
#include "plan/namespace.h"

#include <string.h>

static bool is_known(const struct mt_doctor *d, const struct mt_device *dev)
{
	for (size_t i = 0; i < d->nnics; i++) {
		const struct mt_steps *steps = &d->nics[i].journal.steps;

		if (!strcmp(d->nics[i].dev, dev->name))
			return true;
		for (size_t k = 0; k < steps->n; k++)
			if (steps->at[k].put.ifindex == dev->ifindex ||
			    !strcmp(mt_record_device(&steps->at[k].put), dev->name))
				return true;
	}
	return false;
}

void mt_check_leftover_tap(struct mt_doctor *d)
{
	for (size_t i = 0; i < d->ndevices; i++) {
		const struct mt_device *dev = &d->devices[i];

		if (!strncmp(dev->alias, "moontap ", 8) && !dev->carrier && !is_known(d, dev))
			mt_doctor_found(d, dev->name, "%s is marked '%s', and nobody has it open",
					dev->name, dev->alias);
	}
}

void mt_check_leftover_journal(struct mt_doctor *d)
{
	size_t left = mt_finish_done(d->g, d->nics, d->nnics);

	if (left)
		mt_doctor_found(d, NULL, "%zu NICs are gone, and nothing is left of them", left);
	for (size_t i = 0; i < d->nnics; i++) {
		const struct mt_nic_look *l = &d->nics[i];

		if (l->standing == MT_STANDS_KILLED)
			mt_doctor_found(d, NULL, "%s of %s: a run was killed", l->dev, l->guest);
		else if (l->standing == MT_STANDS_GONE)
			mt_doctor_found(d, NULL, "%s of %s: the device is gone", l->dev, l->guest);
	}
}

void mt_check_namespaces(struct mt_doctor *d)
{
	struct mt_namespace *others;
	struct mt_err e;
	char name[400], cookie[24];
	size_t n;

	if (mt_namespace_list(&d->g->state, d->p, &others, &n, &e))
		return;
	for (size_t i = 0; i < n; i++) {
		snprintf(cookie, sizeof cookie, "%llu", (unsigned long long)others[i].cookie);
		mt_namespace_name(&others[i], name, sizeof name);
		if (others[i].gone)
			mt_doctor_found(d, cookie, "%s is gone; NICs in it: %zu", name,
					others[i].nics);
		else if (!*others[i].path)
			mt_doctor_found(d, cookie, "nobody knows where %s is; NICs in it: %zu",
					name, others[i].nics);
	}
}

void mt_check_drift(struct mt_doctor *d)
{
	for (size_t i = 0; i < d->nnics; i++)
		for (size_t k = 0;
		     d->nics[i].standing == MT_STANDS_DRIFTED && k < d->nics[i].ndrift; k++)
			mt_doctor_found(d, NULL, "%s: %s", d->nics[i].guest, d->nics[i].drift[k]);
}

static bool is_last(const struct mt_history *runs, size_t n, size_t i)
{
	for (size_t k = i + 1; k < n; k++)
		if (!strcmp(runs[k].guest, runs[i].guest) && !strcmp(runs[k].dev, runs[i].dev))
			return false;
	return true;
}

/* Only the last of a guest's: what went well after it has mended it. */
void mt_check_last_run(struct mt_doctor *d)
{
	struct mt_history *runs;
	struct mt_err e;
	size_t n;

	if (mt_history_list(d->g, NULL, d->p, &runs, &n, &e))
		return;
	for (size_t i = 0; i < n; i++) {
		const char *name = *runs[i].guest ? runs[i].guest : runs[i].dev;
		char when[32];

		if (*runs[i].error && is_last(runs, n, i))
			mt_doctor_found(d, name, "%s %s, %s: %s", name, runs[i].event,
					mt_print_time(runs[i].at_us / 1000000, when),
					runs[i].error);
	}
}
