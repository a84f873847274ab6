/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * script_main.c - moontap-script: qemu-ifup and qemu-ifdown, as a program without libraries
 *
 * A guest waits for its scripts, and a short program spends most of its time on loading libraries.
 * So this one is linked statically where that is possible. For what needs one of the host's
 * libraries, or is no script's work, it executes moontap, with the same name and arguments.
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

	mt_path_installed("moontap", path); /* beside this program */
	execv(path, called);
	fprintf(stderr, "moontap-script: %s: %s\n", path, strerror(errno));
	exit(4);
}

/* Replaces base/users.c: glibc loads nsswitch.conf(5)'s libraries into a static program, too, and
 * may crash. Executing moontap from here is safe: only a policy's answer has user names, and it is
 * read before anything is changed. */
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

/* Replaces domain/xml_module.c: a script is given no XML, and guest records have none. */
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
