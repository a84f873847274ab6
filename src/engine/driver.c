/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* driver.c - the drivers that call libvirt's hook script */
#include "engine/driver.h"
#include "base/tokens.h"

#include <string.h>

/* As in libvirt's src/util/virhook.c; the driver of Cloud Hypervisor calls no hook script. */
const char *const mt_drivers[] = { "qemu", "lxc", "libxl", "bhyve", NULL };

bool mt_driver_known(const char *driver)
{
	for (const char *const *d = mt_drivers; *d; d++)
		if (!strcmp(*d, driver))
			return true;
	return false;
}

const char *mt_driver_suggest(const char *word, char *buf, size_t n)
{
	return mt_suggest(word, mt_drivers, sizeof *mt_drivers, buf, n);
}

const char *mt_driver_of(const char *type)
{
	return !strcmp(type, "xen")				 ? "libxl"
		: !strcmp(type, "lxc") || !strcmp(type, "bhyve") ? type
								 : "qemu";
}
