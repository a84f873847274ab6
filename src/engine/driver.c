/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* driver.c - the drivers that call libvirt's hook script */
#include "engine/driver.h"
#include "base/tokens.h"

#include <stdio.h>
#include <stdlib.h>
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

const char *mt_driver_of_user(const char *driver, uid_t uid, char buf[static MT_DRIVER_TEXT])
{
	if (uid)
		snprintf(buf, MT_DRIVER_TEXT, "%.32s@%u", driver, (unsigned)uid);
	else
		snprintf(buf, MT_DRIVER_TEXT, "%.32s", driver);
	return buf;
}

uid_t mt_driver_user(const char *driver)
{
	const char *at = strchr(driver, '@');

	return at ? (uid_t)strtoul(at + 1, NULL, 10) : 0;
}

/* libvirt runs hooks/DRIVER and every program in hooks/DRIVER.d/, whatever its name. */
const char *mt_driver_of_hook(const char *path)
{
	static const char *const drivers[] = { "lxc", "libxl", "bhyve", "network", "daemon", NULL };
	char folder[32];

	for (const char *const *d = drivers; *d; d++) {
		const char *name = strrchr(path, '/');

		snprintf(folder, sizeof folder, "/%s.d/", *d);
		if (!strcmp(name ? name + 1 : path, *d) || strstr(path, folder))
			return *d;
	}
	return "qemu";
}
