/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * command.c - what the two programs share: the scripts, and what is done before a subcommand runs
 */
#include "cli/cli.h"

#include <string.h>
#include <sys/resource.h>

const char *mt_cli_name(int argc, char **argv)
{
	const char *slash = argc ? strrchr(argv[0], '/') : NULL;

	return slash ? slash + 1 : argc ? argv[0] : "moontap";
}

const struct mt_command mt_scripts[] = {
	{ "qemu-ifup", "TAP", "what libvirt's <script> and QEMU's script= call", mt_command_ifup, 1,
	  1, MT_POLICY_OPTIONS " state" },
	{ "qemu-ifdown", "TAP", "what <downscript> and downscript= call", mt_command_ifdown, 1, 1,
	  MT_POLICY_OPTIONS " state" },
	{ NULL },
};

const struct mt_command *mt_script_find(const char *name)
{
	for (const struct mt_command *m = mt_scripts; m->name; m++)
		if (!strcmp(m->name, name))
			return m;
	return NULL;
}

/* A tap that is being made is an open descriptor, and a guest may have many. */
static void raise_descriptors(void)
{
	struct rlimit l;

	if (!getrlimit(RLIMIT_NOFILE, &l) && l.rlim_cur < l.rlim_max) {
		l.rlim_cur = l.rlim_max;
		setrlimit(RLIMIT_NOFILE, &l);
	}
}

int mt_command_run(struct mt_cli *c, const struct mt_command *m, const char *before)
{
	int status = mt_options_check(c, m);

	if (status)
		return status;
	if (c->n < m->least || (m->most >= 0 && c->n > m->most))
		return mt_cli_usage(c, "usage: %s%s %s", before, m->name, m->args);
	raise_descriptors();
	if (!m->whole)
		mt_cli_keep_little();
	c->output = m->output;
	return mt_output_end(c, m->run(c));
}
