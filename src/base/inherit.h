/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* inherit.h - what a program that posix_spawn(3) starts does not inherit */
#ifndef MT_BASE_INHERIT_H
#define MT_BASE_INHERIT_H

#include <spawn.h>

/** mt_spawn_signals() - let the child begin with no signal blocked, and none ignored
 * Return: 0 or the error's number. */
int mt_spawn_signals(posix_spawnattr_t *attr);

/**
 * mt_spawn_close_from() - let the child have no descriptor from @first on
 *
 * Where libc cannot do this in the child, the child has those that another thread opens meanwhile
 * without O_CLOEXEC.
 *
 * Return: 0 or the error's number.
 */
int mt_spawn_close_from(posix_spawn_file_actions_t *files, int first);

#endif
