/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spawn_signals.h - what a program that posix_spawn(3) starts does not inherit */
#ifndef MT_BASE_SPAWN_SIGNALS_H
#define MT_BASE_SPAWN_SIGNALS_H

#include <spawn.h>

/** mt_spawn_signals() - let the child begin with no signal blocked, and none ignored
 * Return: 0 or the error's number. */
int mt_spawn_signals(posix_spawnattr_t *attr);

#endif
