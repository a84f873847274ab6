/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * doctor_runs.c - failed runs that no later run has mended
 *
 * A failed run does not count if it was about a file that names no guest, or about a tap or guest
 * that no longer exists.
 */
#include "cli/doctor/doctor.h"
#include "engine/history.h"

#include <string.h>

static const char *name_of(const struct mt_history *h)
{
	return *h->guest ? h->guest : h->dev;
}

static bool is_same(const struct mt_history *a, const struct mt_history *b)
{
	return !strcmp(a->driver, b->driver) && !strcmp(name_of(a), name_of(b)) &&
		!*a->guest == !*b->guest;
}

/* Whether the run was to connect: it asked the policy. */
static bool connects(const struct mt_history *h)
{
	return h->outcome.times.evaluate;
}

/* A later run without an error mends @h, if it connected, if it was a person's `down`, or if @h
 * itself was only to disconnect. */
static bool mends(const struct mt_history *later, const struct mt_history *h)
{
	return !*later->error && (connects(later) || !strcmp(later->event, "down") || !connects(h));
}

static bool is_open(const struct mt_history *runs, size_t n, size_t i)
{
	if (!*runs[i].error)
		return false;
	for (size_t k = i + 1; k < n; k++)
		if (is_same(&runs[k], &runs[i]) && (*runs[k].error || mends(&runs[k], &runs[i])))
			return false;
	return true;
}

static bool has_nic(const struct mt_doctor *d, const struct mt_history *h, bool connected)
{
	for (size_t i = 0; i < d->nnics; i++) {
		const struct mt_nic_status *l = &d->nics[i];

		if (!strcmp(l->guest, h->guest) && !strcmp(l->driver, h->driver) &&
		    (!connected || l->journal.header.kind))
			return true;
	}
	return false;
}

/* Where libvirt has folders for the driver's guests, a guest without a file there was undefined. */
static bool is_defined(const struct mt_doctor *d, const struct mt_history *h)
{
	static const char *const folders[] = { "/etc/libvirt", "/run/libvirt" };
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/%.16s", folders[0], h->driver);
	if (!mt_doctor_is_there(d, path))
		return true;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		snprintf(path, sizeof path, "%s/%.16s/%.1000s.xml", folders[i], h->driver,
			 h->guest);
		if (mt_doctor_is_there(d, path))
			return true;
	}
	return false;
}

static bool is_about_somebody(const struct mt_doctor *d, const struct mt_history *h)
{
	if (*h->guest)
		return has_nic(d, h, false) || is_defined(d, h);
	return *h->dev && mt_doctor_device(d, h->dev);
}

void mt_check_last_run(struct mt_doctor *d)
{
	struct mt_history *runs;
	struct mt_err e;
	size_t n;

	if (mt_history_list(&d->g, NULL, &d->p, &runs, &n, &e))
		return;
	for (size_t i = 0; i < n; i++) {
		const struct mt_history *h = &runs[i];
		bool cut_off = connects(h) && !has_nic(d, h, true);
		char when[32];

		if ((d->guest && strcmp(h->guest, d->guest)) || !is_open(runs, n, i) ||
		    !is_about_somebody(d, h))
			continue;
		mt_doctor_found_at(d, cut_off ? MT_CRITICAL : MT_WARNING, name_of(h),
				   "%s %s, %s: %s", name_of(h), h->event,
				   mt_print_time(h->at_us / 1000000, when), h->error);
	}
}
