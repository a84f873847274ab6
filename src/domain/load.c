/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* load.c - getting the XML module, and a document's bytes, into memory */
#include "domain/domain.h"
#include "domain/element.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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

int mt_domain_load(int fd, const struct mt_domain_options *o, char **bytes, size_t *n,
		   struct mt_err *e)
{
	const char *name = o->name ? o->name : "-";
	size_t size = 64ul << 10, used = 0;
	char *buf = malloc(size), *more;
	int code = buf ? 0 : ENOMEM;

	*bytes = NULL;
	*n = 0;
	while (!code) {
		ssize_t got = read(fd, buf + used, size - used);

		if (got < 0 && errno != EINTR)
			code = errno;
		if (!got)
			break;
		if (got > 0)
			used += got;
		if (used < size)
			continue;
		if (used > MT_DOMAIN_BYTES_MAX)
			break;
		more = realloc(buf, size *= 2);
		if (more)
			buf = more;
		else
			code = ENOMEM;
	}
	if (!code && used <= MT_DOMAIN_BYTES_MAX) {
		*bytes = buf;
		*n = used;
		return 0;
	}
	free(buf);
	return code ? mt_fail(e, code, "xml", name, NULL)
		    : mt_bad(e, "xml", name, "larger than 8 MiB");
}
