/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* load.c - read a document's bytes into memory */
#include "domain/domain.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

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
