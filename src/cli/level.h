/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* level.h - how bad a finding is, in the words and exit statuses of monitoring systems */
#ifndef MT_CLI_LEVEL_H
#define MT_CLI_LEVEL_H

#include "base/tokens.h"
#include "engine/nic_status.h"

/* Each is the exit status of `doctor` and of `status --check`: monitoring-plugins' own numbers. */
enum mt_level { MT_WELL, MT_WARNING, MT_CRITICAL, MT_UNKNOWN };

extern const struct mt_described mt_levels[]; /* by enum mt_level */

/** mt_level_worse() - the worse of two; what could not be found out is worse than a warning */
enum mt_level mt_level_worse(enum mt_level a, enum mt_level b);

/** mt_level_of() - how bad it is where a NIC stands
 * @now:	seconds since 1970: a NIC may wait MT_LEVEL_PATIENCE seconds to be connected
 * @why:	out: one line for people; "" when it is well */
enum mt_level mt_level_of(const struct mt_nic_status *l, uint64_t now, char *why, size_t n);

#define MT_LEVEL_PATIENCE 60

/** mt_level_runs() - whether a NIC's guest runs: it has the NIC's tap open, or is remembered so */
bool mt_level_runs(const struct mt_nic_status *l);

#endif
