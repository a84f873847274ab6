/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* capabilities.c - drop all of root's capabilities but those that connecting needs */
#include "base/capabilities.h"

#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* NET_ADMIN: change the network. SETUID, SETGID: the evaluator changes its user. KILL: end it at
 * its deadline. DAC_READ_SEARCH: XML and policies may be in folders that others may not enter.
 * CHOWN: the file of a macvtap is its guest's. */
#define KEPT                                                                          \
	(1u << CAP_NET_ADMIN | 1u << CAP_SETUID | 1u << CAP_SETGID | 1u << CAP_KILL | \
	 1u << CAP_DAC_READ_SEARCH | 1u << CAP_CHOWN)

void mt_drop_capabilities(bool raw)
{
	const uint32_t kept = KEPT | (raw ? 1u << CAP_NET_RAW : 0);
	struct __user_cap_header_struct self = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct now[_LINUX_CAPABILITY_U32S_3] = { 0 };

	/* a failure is ignored: the drop only limits what an error could do */
	if (!syscall(SYS_capget, &self, now)) {
		for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
			now[i].effective &= i ? 0 : kept;
			now[i].permitted &= i ? 0 : kept;
			now[i].inheritable = 0;
		}
		syscall(SYS_capset, &self, now);
	}
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}
