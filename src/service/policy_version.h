/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* policy_version.h - whether the policy's and the hooks' files are still those that were read */
#ifndef MT_SERVICE_POLICY_VERSION_H
#define MT_SERVICE_POLICY_VERSION_H

#include <stdbool.h>
#include <stdint.h>

/**
 * mt_policy_version() - a number of the files' and folders' identities, sizes and times
 * @policy:	a path
 * @hooks:	folders, NULL-ended; what is absent counts, too
 *
 * Another number: something changed. It opens the folders and looks at each hook by stat(2); it
 * reads no file. (A file that is written in place within the clock's tick after it was read, and
 * keeps its size, is not seen: ctime is the kernel's, and that coarse.)
 */
uint64_t mt_policy_version(const char *policy, const char *const *hooks);

#endif
