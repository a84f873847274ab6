/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* supervisor.h - moontapd's first process: it keeps the workers alive, and reads nobody's words */
#ifndef MT_SERVICE_SUPERVISOR_H
#define MT_SERVICE_SUPERVISOR_H

#include "service/callers.h"
#include "service/worker.h"

#define MT_WORKERS_MAX 64

/**
 * mt_supervisor_run() - fork @n workers, and others in the place of those that end
 * @c:		a process for it, too, if its listener is not -1
 *
 * SIGTERM and SIGINT: each worker finishes its event, then all ends. SIGHUP: the workers are
 * replaced. Return: the exit status.
 */
int mt_supervisor_run(const struct mt_worker *w, unsigned n, const struct mt_callers *c);

#endif
