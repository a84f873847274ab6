/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* worker.h - one of moontapd's workers: events one after the other, with spares between them */
#ifndef MT_SERVICE_WORKER_H
#define MT_SERVICE_WORKER_H

#include "moontap.h"

struct mt_worker {
	int listener; /* SEQPACKET, not blocking, shared with the other workers */
	int ready;    /* a byte is written to it when the first spare is there; -1: nobody waits */
	struct moontap_options options;
	unsigned number; /* among the workers */
	unsigned spares; /* that are to be ready */
	unsigned events; /* after so many it ends, and another takes its place; 0: never */
};

/**
 * mt_worker_run() - serve events until SIGTERM, or until it has served enough
 *
 * For a process of its own. An event that was begun is finished. Return: its exit status.
 */
int mt_worker_run(const struct mt_worker *w);

#endif
