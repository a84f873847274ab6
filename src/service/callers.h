/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* callers.h - the process that accepts connections of io.moontap, and forks one for each */
#ifndef MT_SERVICE_CALLERS_H
#define MT_SERVICE_CALLERS_H

#include "moontap.h"

struct mt_callers {
	int listener; /* STREAM, not blocking; -1: there is none */
	struct moontap_options options;
	unsigned spares; /* that are to be ready */
};

/**
 * mt_callers_run() - accept connections until SIGTERM; then end those that wait, and wait for those
 * that work
 *
 * For a process of its own, which reads no byte that a caller sends. Return: its exit status.
 */
int mt_callers_run(const struct mt_callers *c);

#endif
