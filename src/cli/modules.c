/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* modules.c - load the modules that only some runs need: JSON, the REPL, the service's language */
#include "cli/cli.h"
#include "base/module.h"

static const void *load(const struct mt_cli *c, const char *name, const char *symbol)
{
	const char *why;
	const void *what = mt_module_load(name, symbol, &why);

	if (!what)
		fprintf(stderr, "%s: %s\n", c->program, why);
	return what;
}

const struct mt_json *mt_json_load(const struct mt_cli *c)
{
	return load(c, "json", "mt_json");
}

const struct mt_repl *mt_repl_load(const struct mt_cli *c)
{
	return load(c, "repl", "mt_repl");
}

const struct mt_varlink *mt_varlink_load(const struct mt_cli *c)
{
	return load(c, "varlink", "mt_varlink");
}
