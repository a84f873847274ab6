/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * script_main.c - moontap-script: qemu-ifup and qemu-ifdown, as a program without libraries
 *
 * A guest waits for its scripts, and most of what a short program takes is loading libraries. This
 * one is static where that can be had, and so has neither XML, nor JSON, nor help. Whatever is
 * asked for beside a script, moontap does, which it is then.
 */
#include "cli/cli.h"
#include "engine/place.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static int be_moontap(char **argv)
{
	char path[PATH_MAX];

	mt_place_find("moontap", path); /* it is beside this one */
	execv(path, argv);
	fprintf(stderr, "moontap-script: %s: %s\n", path, strerror(errno));
	return 4;
}

int main(int argc, char **argv)
{
	struct mt_cli c = { .program = mt_cli_name(argc, argv) };
	const struct mt_command *script = mt_script_find(c.program);
	int status;

	if (!script)
		return be_moontap(argv);
	status = mt_options_parse(&c, argc, argv);
	if (status)
		return status;
	return c.help || c.version ? be_moontap(argv) : mt_command_run(&c, script, "");
}
