/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * doctor_steady.c - what passes by itself is no finding
 *
 * A guest that starts has a tap for a moment before its NIC is connected; one that stops has a
 * journal for a moment after its tap is gone. So what is not well is read again, several times, and
 * is a finding only if it was not well each time.
 */
#include "cli/doctor/doctor.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define LOOKS	 12
#define PAUSE_MS 250

static bool is_suspect(const struct mt_doctor *d, const char *key)
{
	for (size_t i = 0; i < d->nsuspects; i++)
		if (!strcmp(d->suspects[i], key))
			return true;
	return false;
}

static const char *key_of_nic(const struct mt_nic_status *l, char *buf, size_t n)
{
	snprintf(buf, n, "nic %s/%s/%u/%s/%u/%d", l->driver, l->guest, l->index, l->dev,
		 l->here ? l->device.ifindex : 0, l->state);
	return buf;
}

static const char *key_of_device(const struct mt_device *dev, char *buf, size_t n)
{
	snprintf(buf, n, "device %s/%u", dev->name, dev->ifindex);
	return buf;
}

/* A claim has no reference, nor has an add that a killed run was at: only their names are known. */
static bool is_of_steps(const struct mt_device *dev, const struct mt_steps *steps)
{
	for (size_t i = 0; i < steps->n; i++) {
		const struct mt_record *put = &steps->at[i].put;

		if (mt_ref_is_set(&put->ref) ? mt_ref_ifindex(&put->ref) == dev->ifindex
					     : !strcmp(mt_record_device(put), dev->name))
			return true;
	}
	return false;
}

/* Whether a NIC's device or a journal's step is about @dev. Names are not compared where an ifindex
 * is known: a new device may have the name. */
static bool is_known(const struct mt_doctor *d, const struct mt_device *dev)
{
	for (size_t i = 0; i < d->nnics; i++) {
		const struct mt_nic_status *l = &d->nics[i];

		if ((l->here && l->device.ifindex == dev->ifindex) ||
		    is_of_steps(dev, &l->journal.steps))
			return true;
	}
	return false;
}

bool mt_doctor_unknown(const struct mt_doctor *d, const struct mt_device *dev)
{
	char key[64];

	return is_suspect(d, key_of_device(dev, key, sizeof key));
}

enum mt_level mt_doctor_nic(const struct mt_doctor *d, const struct mt_nic_status *l, char *why,
			    size_t n)
{
	char key[1024];

	if (is_suspect(d, key_of_nic(l, key, sizeof key)))
		return mt_level_of(l, d->now, why, n);
	*why = 0;
	return MT_WELL;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* Keep a suspect: the first time each, later only one that was a suspect before. */
static void add(struct mt_doctor *d, const char **to, size_t *n, const char *key, bool first)
{
	if (first || is_suspect(d, key))
		*n += (to[*n] = mt_pool_copy(&d->p, key, strlen(key))) != NULL;
}

static bool may_be_left(const struct mt_device *dev)
{
	return !strncmp(dev->alias, "moontap ", 8) ||
		(dev->carrier && !*dev->master && !strcmp(dev->kind, "tun"));
}

static int find_suspects(struct mt_doctor *d, bool first, struct mt_err *e)
{
	const char **to = mt_pool_alloc(&d->p, (d->nnics + d->ndevices + 1) * sizeof *to);
	char key[1024], why[1024];
	size_t n = 0;

	if (!to)
		return mt_fail(e, ENOMEM, "doctor", "", NULL);
	for (size_t i = 0; i < d->nnics; i++)
		if (mt_level_of(&d->nics[i], d->now, why, sizeof why) != MT_WELL)
			add(d, to, &n, key_of_nic(&d->nics[i], key, sizeof key), first);
	for (size_t i = 0; i < d->ndevices; i++)
		if (may_be_left(&d->devices[i]) && !is_known(d, &d->devices[i]))
			add(d, to, &n, key_of_device(&d->devices[i], key, sizeof key), first);
	d->suspects = to;
	d->nsuspects = n;
	return 0;
}

static int look_once(struct mt_doctor *d, struct mt_err *e)
{
	d->now = (uint64_t)time(NULL);
	if (mt_can_change_network() &&
	    (mt_engine_state(&d->g, false, e) ||
	     mt_nics_inspect(&d->g, NULL, &d->p, &d->nics, &d->nnics, e)))
		return -e->code;
	return mt_device_list(d->g.host, &d->p, &d->devices, &d->ndevices, e);
}

int mt_doctor_inspect(struct mt_doctor *d, struct mt_err *e)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000L };

	for (int i = 0; i < LOOKS; i++) {
		if (i)
			nanosleep(&pause, NULL);
		if (look_once(d, e) || find_suspects(d, !i, e))
			return -e->code;
		if (!d->nsuspects)
			return 0;
	}
	return 0;
}
