/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qemu_script.c - qemu-ifup and qemu-ifdown: programs that are called with a tap's name */
#include "cli/cli.h"
#include "engine/history.h"
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
	struct mt_history_run run = { .event = up ? "qemu-ifup" : "qemu-ifdown",
				      .driver = "qemu",
				      .dev = c->args[0],
				      .argv = c->args };
	struct mt_outcome out = { .name = "", .uuid = "" };
	struct mt_engine g;
	struct mt_err e = { 0 };
	int status = mt_cli_engine(c, &g), err;

	if (status)
		return status;
	mt_history_begin(&run, &g);
	err = up ? mt_script_up(&g, c->args[0], getppid(), &out, &e)
		 : mt_script_down(&g, c->args[0], handed, &out, &e);
	if (err)
		status = mt_cli_error(c, out.name, &e);
	mt_history_end(&run, &g, NULL, &out, err ? &e : NULL);
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
