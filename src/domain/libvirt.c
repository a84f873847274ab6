/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt.c - parse a version of libvirt, as people write it */
#include "domain/domain.h"

#include <ctype.h>
#include <stdlib.h>

/* One number of "11.3.0". Return: after it; NULL: there is none below 1000. */
static const char *part(const char *text, unsigned long *n)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return NULL;
	*n = strtoul(text, &end, 10);
	return *n < 1000 ? end : NULL;
}

unsigned mt_libvirt_parse(const char *text)
{
	unsigned long major, minor, release;
	unsigned version;

	text = part(text, &major);
	if (!text || *text++ != '.')
		return 0;
	text = part(text, &minor);
	if (text && *text == '.')
		text = part(text + 1, &release);
	if (!text || *text)
		return 0;
	version = MT_LIBVIRT((unsigned)major, (unsigned)minor);
	return version < MT_LIBVIRT_OLDEST ? 0 : version;
}
