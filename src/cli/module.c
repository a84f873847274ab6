/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* module.c - the modules that only some runs need, loaded by those */
#include "cli/cli.h"

#include <dlfcn.h>

const struct mt_json *mt_json_load(const struct mt_cli *c)
{
	void *lib = dlopen("moontap-json.so", RTLD_LAZY | RTLD_LOCAL);
	const struct mt_json *json = lib ? dlsym(lib, "mt_json") : NULL;

	if (!json)
		fprintf(stderr, "%s: JSON: %s\n", c->program, dlerror());
	return json;
}
