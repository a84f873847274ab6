/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* supervisor.h - moontapd's first process: it keeps the others alive, and reads nobody's words */
#ifndef MT_SERVICE_SUPERVISOR_H
#define MT_SERVICE_SUPERVISOR_H

#include "base/log.h"

#include <stddef.h>

#define MT_WORKERS_MAX	64
#define MT_CHILDREN_MAX (MT_WORKERS_MAX + 8)

/* Processes that do the same. */
struct mt_child_kind {
	const char *name; /* for the log: "a worker" */
	/* for a process of its own, until SIGTERM
	 * @number: among those of its kind, from 0; the one in its place has it, too
	 * @ready: written to when an event can be served well; a kind that serves none ignores it
	 * Return: its exit status. */
	int (*run)(const void *data, unsigned number, int ready);
	const void *data;
	unsigned n; /* how many */
};

/**
 * mt_supervisor_run() - fork children, and others in the place of those that end
 * @kinds:	@n of them; together at most MT_CHILDREN_MAX children
 *
 * SIGTERM and SIGINT: each child finishes what it has begun, then all ends. SIGHUP: the children
 * are replaced. Return: the exit status.
 */
int mt_supervisor_run(const struct mt_child_kind *kinds, size_t n, const struct mt_log *log);

#endif
