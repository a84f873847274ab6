/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* repl.c - the subcommand repl: its words are checked here, the rest is a module */
#include "cli/cli.h"

int mt_command_repl(struct mt_cli *c)
{
	const struct mt_repl *repl;

	if (c->event && !mt_hook_operation(c->event))
		return mt_cli_unknown(c, "event", c->event, mt_hook_nearest(c->event));
	repl = mt_repl_load(c);
	return repl ? repl->run(c) : 4;
}
