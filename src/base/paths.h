/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* paths.h - the default paths, the files of this installation, and this host's identity */
#ifndef MT_BASE_PATHS_H
#define MT_BASE_PATHS_H

#include <limits.h>
#include <stddef.h>

#define MT_DEFAULT_POLICY "/etc/moontap/policy.lua"
#define MT_DEFAULT_HOOKS  "/etc/moontap/hooks"
#define MT_DEFAULT_STATE  "/run/moontap"

/**
 * mt_path_installed() - a file of this installation
 * @below:	where it is below the prefix: "libexec/moontap/evaluator"
 * @path:	out: beside the program or library that this code is in, when that runs from where
 *		it was built; below the prefix that it was installed to; else below make's PREFIX
 *
 * An installation can be moved, and yet neither the environment nor the caller chooses the file.
 */
void mt_path_installed(const char *below, char path[static PATH_MAX]);

/** mt_path_absolute() - a path that means the same in another working directory
 * @most:	bytes of the result; at most PATH_MAX - 1
 *
 * Return: @buf; or @path, when it is absolute, empty or NULL, or the result would be too long.
 */
const char *mt_path_absolute(const char *path, size_t most, char buf[static PATH_MAX]);

/** mt_path_beside() - another file in the same folder. Returns @buf; too long a path is cut. */
char *mt_path_beside(const char *path, const char *name, char buf[static PATH_MAX]);

/** mt_host_id() - a text that is the same on each boot and differs between hosts: machine-id(5), or
 * else the host name. Returns @id. */
const char *mt_host_id(char id[static 65]);

#endif
