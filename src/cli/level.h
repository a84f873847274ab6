/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* level.h - how bad a finding is, in the words and exit statuses of monitoring systems */
#ifndef MT_CLI_LEVEL_H
#define MT_CLI_LEVEL_H

#include "base/tokens.h"
#include "engine/nic_status.h"

/* The exit statuses of `doctor` and `status --check`, with Monitoring Plugins' numbers. */
enum mt_level { MT_WELL, MT_WARNING, MT_CRITICAL, MT_UNKNOWN };

extern const struct mt_described mt_levels[]; /* by enum mt_level */

/** mt_level_worse() - the worse of two; MT_UNKNOWN is between MT_WARNING and MT_CRITICAL */
enum mt_level mt_level_worse(enum mt_level a, enum mt_level b);

/** mt_level_of() - how bad a NIC's state is
 * @now:	seconds since 1970: MT_NIC_WAITING is MT_WELL for MT_LEVEL_PATIENCE seconds
 * @why:	out, @n bytes: one line for people; "" when it is well */
enum mt_level mt_level_of(const struct mt_nic_status *l, uint64_t now, char *why, size_t n);

#define MT_LEVEL_PATIENCE 60 /* seconds */

/** mt_level_runs() - whether a NIC's guest runs: its record says so, or it has the tap open */
bool mt_level_runs(const struct mt_nic_status *l);

#endif
