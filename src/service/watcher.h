/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* watcher.h - the process that watches the host's devices, and has drift repaired or reported */
#ifndef MT_SERVICE_WATCHER_H
#define MT_SERVICE_WATCHER_H

#include "moontap.h"

struct mt_watcher {
	struct moontap_options options;
	unsigned idle_s; /* how long a user's tap stays without libvirtd and QEMU */
};

/** mt_watcher_run() - watch until SIGTERM; a repair that was begun is finished
 *
 * For a process of its own. Return: its exit status. */
int mt_watcher_run(const struct mt_watcher *watcher);

#endif
