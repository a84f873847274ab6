/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt_events.h - the process that hears of guests what libvirt calls no hook script for */
#ifndef MT_SERVICE_LIBVIRT_EVENTS_H
#define MT_SERVICE_LIBVIRT_EVENTS_H

#include "moontap.h"

struct mt_libvirt_events {
	const char *uri; /* of the libvirtd; NULL: none is followed */
	struct moontap_options options;
};

/** mt_libvirt_events_run() - follow a libvirtd until SIGTERM; one that ends is awaited
 *
 * For a process of its own. Return: its exit status. */
int mt_libvirt_events_run(const struct mt_libvirt_events *l);

#endif
