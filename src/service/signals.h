/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* signals.h - SIGTERM, SIGINT and SIGHUP are taken only where a process waits */
#ifndef MT_SERVICE_SIGNALS_H
#define MT_SERVICE_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/** mt_signals_block() - block these signals, and SIGCHLD: what was begun is finished
 * @waiting:	out: the mask for ppoll(2), by which they end it
 */
void mt_signals_block(sigset_t *waiting);

/** mt_signals_ending() - whether one of them, other than SIGCHLD, has come */
bool mt_signals_ending(void);

#endif
