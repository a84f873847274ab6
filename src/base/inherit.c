/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* inherit.c - the signals and descriptors of a child */
#include "base/inherit.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

int mt_spawn_signals(posix_spawnattr_t *attr)
{
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	return posix_spawnattr_setsigmask(attr, &none) ?: posix_spawnattr_setsigdefault(attr, &all)
		?: posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

#ifdef __GLIBC__

int mt_spawn_close_from(posix_spawn_file_actions_t *files, int first)
{
	return posix_spawn_file_actions_addclosefrom_np(files, first); /* glibc 2.34 */
}

#else

/* A descriptor that is closed meanwhile is no error in the child. */
int mt_spawn_close_from(posix_spawn_file_actions_t *files, int first)
{
	DIR *folder = opendir("/proc/self/fd");
	int err = folder ? 0 : errno;

	for (struct dirent *i; !err && (i = readdir(folder));)
		if (*i->d_name != '.' && atoi(i->d_name) >= first)
			err = posix_spawn_file_actions_addclose(files, atoi(i->d_name));
	if (folder)
		closedir(folder);
	return err;
}

#endif
