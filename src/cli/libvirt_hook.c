/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt_hook.c - the subcommand hook: libvirt's hook script, called for each event of a guest */
#include "base/bytes.h"
#include "base/messages.h"
#include "cli/service_client.h"
#include "engine/invocation.h"
#include "engine/driver.h"

#include <errno.h>
#include <stdlib.h>
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
	if (n) /* without, xml may be NULL */
		fwrite(xml, 1, n, stdout);
	return mt_output_flush() ? 0 : mt_fail(e, errno ?: EIO, "standard output", NULL, NULL);
}

/* --- of a session's libvirt ------------------------------------------------------------------- */

static bool has_unmanaged(const struct mt_outcome *o)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->nics[i].unmanaged && !strcmp(o->nics[i].type, "ethernet"))
			return true;
	return false;
}

/* Return: whether the service is to be asked; else 0, or @e. A tap that is there, and may be
 * opened, is left as it is. At release the XML is only looked at: a guest without such a NIC asks
 * nothing. */
static bool must_ask(struct mt_engine *g, const struct mt_hook_call *call, struct mt_outcome *out,
		     struct mt_err *e)
{
	struct mt_event_params look = { .request.source = call->source };

	if (strcmp(call->argv[2], "release"))
		return mt_call_hook(g, call, out, e) && has_unmanaged(out);
	if (!mt_connect(g, &look, out, e))
		return has_unmanaged(out);
	*e = (struct mt_err){ 0 };
	return false;
}

/* Without the service: a tap that is not there keeps a guest from starting, and nothing was done
 * that a release would have to undo. */
static int ask_service(struct mt_cli *c, const struct mt_hook_call *call, struct mt_engine *g,
		       const char *xml)
{
	const char *guest = call->argv[1];
	struct mt_outcome out = { .name = "", .uuid = "" };
	struct mt_err e = { 0 };
	int status = 0;

	if (!must_ask(g, call, &out, &e) || !mt_service_hook(c, guest, call->argv[2], xml, &status))
		status = e.code ? mt_cli_error(c, guest, &e) : 0;
	mt_outcome_free(&out);
	return status;
}

static int run_as_user(struct mt_cli *c, struct mt_hook_call *call, struct mt_engine *g)
{
	struct mt_err e;
	size_t n;
	char *xml;
	int err = mt_read_all(STDIN_FILENO, MT_MESSAGE_MAX, &xml, &n), status;

	if (err) {
		mt_fail(&e, -err, "standard input", "", NULL);
		status = mt_cli_error(c, call->argv[1], &e);
	} else {
		call->source.fd = -1;
		call->source.bytes = xml;
		call->source.n = n;
		status = ask_service(c, call, g, xml);
	}
	free(xml);
	return status;
}

/* ---------------------------------------------------------------------------------------------- */

static int run(struct mt_cli *c, const struct mt_hook_call *call, struct mt_engine *g)
{
	struct mt_outcome out = { .name = "", .uuid = "" };
	struct mt_err e = { 0 };
	int status = 0;

	if (mt_call_hook(g, call, &out, &e))
		status = mt_cli_error(c, call->argv[1], &e);
	mt_outcome_free(&out);
	return status;
}

int mt_command_hook(struct mt_cli *c)
{
	const char *driver = c->args[0], *guest = c->args[1], *operation = c->args[2];
	struct mt_hook_call call = { .argv = c->args,
				     .source = { .fd = STDIN_FILENO, .name = guest },
				     .print = print_xml };
	struct mt_engine g;
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
	status = mt_service_may_hook(c, operation) ? run_as_user(c, &call, &g) : run(c, &call, &g);
	drain(STDIN_FILENO);
	mt_engine_close(&g);
	return status;
}
