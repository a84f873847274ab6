/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* module.c - the modules that only some runs need, loaded by those */
#include "cli/cli.h"
#include "engine/place.h"

#include <dlfcn.h>

const struct mt_json *mt_json_load(const struct mt_cli *c)
{
	const struct mt_json *json;
	char path[PATH_MAX];
	void *lib;

	mt_place_find("lib/moontap/moontap-json.so", path);
	lib = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
	json = lib ? dlsym(lib, "mt_json") : NULL;

	if (!json)
		fprintf(stderr, "%s: JSON: %s\n", c->program, dlerror());
	return json;
}
