/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* paths.h - where this host, and this installation of moontap, keep things */
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
 * So that it may be installed anywhere, and never by a word of the environment or of the caller.
 */
void mt_path_installed(const char *below, char path[static PATH_MAX]);

/** mt_path_absolute() - a path for whoever reads it elsewhere. Return: @path or @buf; @path when
 * it would become longer than @most, which is at most PATH_MAX - 1 */
const char *mt_path_absolute(const char *path, size_t most, char buf[static PATH_MAX]);

/** mt_host_id() - the same on each boot, another on each host: machine-id(5). Returns @id. */
const char *mt_host_id(char id[static 65]);

#endif
