/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* clock.c - clock_gettime(2) as one number */
#include "base/clock.h"

#include <time.h>

int64_t mt_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t mt_now_ms(void)
{
	return mt_now_us() / 1000;
}
