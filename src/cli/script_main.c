/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * script_main.c - moontap-script: qemu-ifup and qemu-ifdown, as a program without libraries
 *
 * A guest waits for its scripts, and most of what a short program takes is loading libraries. This
 * one is static where that can be had. What needs a library of the host's, or is no script's work,
 * is moontap's: this program becomes it, by the same name and with the same words.
 */
#include "cli/cli.h"
#include "domain/domain.h"
#include "base/paths.h"
#include "base/users.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char **called;

static void exec_full_program(void)
{
	char path[PATH_MAX];

	mt_path_installed("moontap", path); /* it is beside this one */
	execv(path, called);
	fprintf(stderr, "moontap-script: %s: %s\n", path, strerror(errno));
	exit(4);
}

/* Instead of base/users.c. Names stand in a policy's answer alone, which is read before anything is
 * changed. glibc loads what nsswitch.conf(5) has into a static program, too, and may crash. */
bool mt_user_id(const char *name, uint64_t *uid)
{
	(void)name, (void)uid;
	exec_full_program();
	return false;
}

bool mt_group_id(const char *name, uint64_t *gid)
{
	(void)name, (void)gid;
	exec_full_program();
	return false;
}

/* Instead of domain/xml_module.c. A script is given no XML, and what is remembered is none. */
int mt_xml_open(const char *path, const struct mt_xml **xml, struct mt_err *e)
{
	*xml = NULL;
	return mt_fail(e, ENOSYS, "load", path, "scripts read no XML");
}

int main(int argc, char **argv)
{
	struct mt_cli c = { .program = mt_cli_name(argc, argv) };
	const struct mt_command *script = mt_script_find(c.program);
	int status;

	called = argv;
	mt_output_begin();
	if (!script)
		exec_full_program();
	status = mt_options_parse(&c, argc, argv);
	if (status)
		return status;
	if (c.help || c.version)
		exec_full_program();
	return mt_command_run(&c, script, "");
}
