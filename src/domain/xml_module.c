/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xml_module.c - load the XML module */
#include "domain/domain.h"
#include "domain/element.h"

#include <dlfcn.h>
#include <errno.h>

int mt_xml_open(const char *path, const struct mt_xml **xml, struct mt_err *e)
{
	const struct mt_xml *module;
	void *lib = dlopen(path, RTLD_LAZY | RTLD_LOCAL);

	*xml = NULL;
	if (!lib)
		return mt_fail(e, ENOENT, "load", path, "%s", dlerror());
	module = dlsym(lib, "mt_xml_module");
	if (!module || module->abi != MT_XML_ABI)
		return mt_fail(e, ENOENT, "load", path, "of another moontap");
	*xml = module;
	return 0;
}
