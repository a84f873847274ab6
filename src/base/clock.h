/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* clock.h - the time for measuring and for deadlines: CLOCK_MONOTONIC, which nobody sets */
#ifndef MT_BASE_CLOCK_H
#define MT_BASE_CLOCK_H

#include <stdint.h>

/** mt_now_us() - in microseconds */
int64_t mt_now_us(void);

/** mt_now_ms() - in milliseconds */
int64_t mt_now_ms(void);

#endif
