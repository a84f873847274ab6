/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qemu_script.c - qemu-ifup and qemu-ifdown: programs that are called with a tap's name */
#include "cli/cli.h"
#include "engine/invocation.h"
#include "kernel/tap.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Whether the caller has left its tap open to us, as QEMU does: net/tap.c launch_script() closes
 * all other descriptors. */
static bool handed_over(const char *tap)
{
	DIR *d = opendir("/proc/self/fd");
	bool ours = false;

	for (struct dirent *i; d && !ours && (i = readdir(d));) {
		int fd = atoi(i->d_name);

		ours = fd > 2 && fd != dirfd(d) && mt_tap_is(fd, tap);
	}
	if (d)
		closedir(d);
	return ours;
}

static int run_script(struct mt_cli *c, bool up)
{
	bool handed = !up && handed_over(c->args[0]);
	struct mt_outcome out = { .name = "", .uuid = "" };
	struct mt_engine g;
	struct mt_err e = { 0 };
	int status = mt_cli_engine(c, &g);

	if (status)
		return status;
	if (mt_call_script(&g, up, c->args, getppid(), handed, &out, &e))
		status = mt_cli_error(c, out.name, &e);
	mt_outcome_free(&out);
	mt_engine_close(&g);
	return status;
}

int mt_command_ifup(struct mt_cli *c)
{
	return run_script(c, true);
}

int mt_command_ifdown(struct mt_cli *c)
{
	return run_script(c, false);
}
