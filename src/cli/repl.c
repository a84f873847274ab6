/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* repl.c - the subcommand repl: check its arguments; the rest is a module */
#include "cli/cli.h"

int mt_command_repl(struct mt_cli *c)
{
	const struct mt_repl *repl;
	char hint[256];

	if (c->event && !mt_operation_known(c->event))
		return mt_cli_unknown(c, "event", c->event,
				      mt_operation_suggest(c->event, hint, sizeof hint));
	if (c->back && !c->replay)
		return mt_cli_usage(c, "-%u is a run for --replay", c->back);
	if (c->replay && !c->n)
		return mt_cli_usage(c, "of which guest? moontap repl --replay GUEST -1");
	if (c->n && !c->replay && !mt_cli_is_file(c, c->args[0]))
		return mt_cli_no_xml(c,
				     "moontap keeps facts of a guest, not its XML, and repl needs "
				     "that; its last run: moontap repl --replay @; for the "
				     "file: moontap repl ./@");
	repl = mt_repl_load(c);
	return repl ? repl->run(c, mt_output_end) : 4;
}
