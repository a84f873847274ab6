/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spawn_signals.c - the signals of a child */
#include "base/spawn_signals.h"

#include <signal.h>

int mt_spawn_signals(posix_spawnattr_t *attr)
{
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	return posix_spawnattr_setsigmask(attr, &none) ?: posix_spawnattr_setsigdefault(attr, &all)
		?: posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}
