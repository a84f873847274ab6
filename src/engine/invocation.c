/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * invocation.c - an event by libvirt's hook script or QEMU's scripts, its record, and its error
 * line
 */
#include "engine/invocation.h"
#include "base/sh.h"
#include "base/text.h"
#include "engine/history.h"

#include <errno.h>
#include <stdio.h>

int mt_call_hook(struct mt_engine *g, const struct mt_hook_call *call, struct mt_outcome *out,
		 struct mt_err *e)
{
	const char *driver = call->argv[0], *guest = call->argv[1], *operation = call->argv[2];
	struct mt_event_params ask = { .request.source = call->source,
				       .driver = driver,
				       .guest = guest };
	struct mt_history_run run = {
		.event = operation, .driver = driver, .guest = guest, .argv = call->argv
	};
	struct mt_err lost = { 0 };
	int err;

	mt_history_begin(&run, g);
	err = mt_operation_run(g, operation, &ask, out, e);
	if (!err)
		call->print(call->data, out->xml, out->xml_n, &lost);
	mt_history_end(&run, g, &ask.request.source, out, err ? e : lost.code ? &lost : NULL);
	return err;
}

int mt_call_script(struct mt_engine *g, bool up, const char *const *argv, pid_t caller,
		   bool handed_over, struct mt_outcome *out, struct mt_err *e)
{
	struct mt_history_run run = { .event = up ? "qemu-ifup" : "qemu-ifdown",
				      .driver = "qemu",
				      .dev = argv[0],
				      .argv = argv };
	int err;

	mt_history_begin(&run, g);
	err = up ? mt_script_up(g, argv[0], caller, out, e)
		 : mt_script_down(g, argv[0], handed_over, out, e);
	mt_history_end(&run, g, NULL, out, err ? e : NULL);
	return err;
}

static void add_advice(const char *guest, const char *state, const struct mt_err *e, char *buf,
		       size_t n)
{
	char advice[MT_LINE_MAX];

	if (e->blame == MT_BLAME_UNDO && mt_journal_is_unreadable(-e->code))
		snprintf(buf, n, "; it is not touched, see: moontap doctor");
	else if (e->blame == MT_BLAME_UNDO)
		snprintf(buf, n, "; what is left stands in %s: finish it with `%s`", state,
			 mt_sh_advice(advice, sizeof advice, "moontap down @",
				      *guest ? guest : "DEVICE"));
}

const char *mt_error_line(const char *program, const char *guest, const char *state,
			  const struct mt_err *e, char *buf, size_t n)
{
	bool may = e->code != EPERM || mt_can_change_network();
	char line[sizeof *e];
	size_t len;

	guest = guest ? guest : "";
	len = (size_t)snprintf(
		buf, n, "%s: %s%s%s%s", program, guest, *guest ? ": " : "",
		mt_err_line(e, line, sizeof line),
		e->blame == MT_BLAME_REFUSED || may ? "" : "; it needs root, or CAP_NET_ADMIN");
	if (len < n)
		add_advice(guest, state, e, buf + len, n - len);
	return mt_text_clean(buf);
}
