/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* caps.c - of root's power only what connecting needs, and never more again */
#include "cli/cli.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* CAP_NET_ADMIN changes the network. The evaluator becomes nobody (setuid, setgid), and is killed
 * at its deadline (kill). Documents and policies may be in folders of others (dac_read_search). */
#define KEPT                                                                          \
	(1u << CAP_NET_ADMIN | 1u << CAP_SETUID | 1u << CAP_SETGID | 1u << CAP_KILL | \
	 1u << CAP_DAC_READ_SEARCH)

void mt_drop_capabilities(void)
{
	struct __user_cap_header_struct self = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct now[_LINUX_CAPABILITY_U32S_3] = { 0 };

	/* who cannot give up anything has nothing to give up */
	if (!syscall(SYS_capget, &self, now)) {
		for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
			now[i].effective &= i ? 0 : KEPT;
			now[i].permitted &= i ? 0 : KEPT;
			now[i].inheritable = 0;
		}
		syscall(SYS_capset, &self, now);
	}
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}
