/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* modules.c - load the modules that only some runs need: JSON, the REPL */
#include "cli/cli.h"
#include "base/paths.h"

#include <dlfcn.h>

static const void *load(const struct mt_cli *c, const char *file, const char *name)
{
	const void *what;
	char path[PATH_MAX];
	void *lib;

	mt_path_installed(file, path);
	lib = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
	what = lib ? dlsym(lib, name) : NULL;

	if (!what)
		fprintf(stderr, "%s: %s\n", c->program, dlerror());
	return what;
}

const struct mt_json *mt_json_load(const struct mt_cli *c)
{
	return load(c, "lib/moontap/moontap-json.so", "mt_json");
}

const struct mt_repl *mt_repl_load(const struct mt_cli *c)
{
	return load(c, "lib/moontap/moontap-repl.so", "mt_repl");
}
