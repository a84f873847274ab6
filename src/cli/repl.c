/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* repl.c - the subcommand repl: its words are checked here, the rest is a module */
#include "cli/cli.h"

int mt_command_repl(struct mt_cli *c)
{
	const struct mt_repl *repl;

	if (c->event && !mt_hook_operation(c->event))
		return mt_cli_unknown(c, "event", c->event, mt_hook_nearest(c->event));
	if (c->back && !c->replay)
		return mt_cli_usage(c, "-%u is a run for --replay", c->back);
	if (c->replay && !c->n)
		return mt_cli_usage(c, "of which guest? moontap repl --replay GUEST -1");
	repl = mt_repl_load(c);
	return repl ? repl->run(c) : 4;
}
