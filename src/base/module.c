/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* module.c - dlopen(3) below this installation's folder */
#include "base/module.h"
#include "base/paths.h"

#include <dlfcn.h>
#include <stdio.h>

const void *mt_module_load(const char *name, const char *symbol, const char **why)
{
	const void *found;
	char file[64], path[PATH_MAX];
	void *lib;

	snprintf(file, sizeof file, "lib/moontap/moontap-%s.so", name);
	mt_path_installed(file, path);
	lib = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
	found = lib ? dlsym(lib, symbol) : NULL;
	if (!found)
		*why = dlerror();
	return found;
}
