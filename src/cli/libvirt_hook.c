/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt_hook.c - the subcommand hook: libvirt's hook script, called for each event of a guest */
#include "cli/cli.h"
#include "engine/invocation.h"
#include "engine/driver.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Read the rest of the XML, so that libvirt does not wait at a full pipe. */
static void drain(int fd)
{
	char buf[4096];

	while (read(fd, buf, sizeof buf) > 0)
		;
}

int mt_libvirt_hook_pass(void)
{
	drain(STDIN_FILENO);
	return 0;
}

/* libvirt uses the XML that its hook script prints, so half of it must be an error:
 * mt_output_end()'s. */
static int print_xml(void *data, const char *xml, size_t n, struct mt_err *e)
{
	(void)data;
	fwrite(xml, 1, n, stdout);
	return mt_output_flush() ? 0 : mt_fail(e, errno, "standard output", NULL, NULL);
}

int mt_command_hook(struct mt_cli *c)
{
	const char *driver = c->args[0], *guest = c->args[1], *operation = c->args[2];
	struct mt_hook_call call = { .argv = c->args,
				     .source = { .fd = STDIN_FILENO, .name = guest },
				     .print = print_xml };
	struct mt_outcome out = { .name = "", .uuid = "" };
	struct mt_engine g;
	struct mt_err e = { 0 };
	char hint[256];
	int status;

	if (!mt_driver_known(driver))
		return mt_cli_unknown(c, "driver", driver,
				      mt_driver_suggest(driver, hint, sizeof hint));
	if (!mt_operation_known(operation))
		return mt_cli_unknown(c, "operation", operation,
				      mt_operation_suggest(operation, hint, sizeof hint));
	status = mt_cli_engine(c, &g);
	if (status)
		return status;
	if (mt_call_hook(&g, &call, &out, &e))
		status = mt_cli_error(c, guest, &e);
	drain(STDIN_FILENO);
	mt_outcome_free(&out);
	mt_engine_close(&g);
	return status;
}
