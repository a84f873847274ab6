/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nic_filter.c - match a guest and its device with a struct mt_nic_filter */
#include "engine/driver.h"
#include "engine/engine.h"

#include <string.h>

int mt_no_nic(struct mt_err *e, const char *word)
{
	mt_bad(e, "", "", "there is no NIC '%s'", word);
	e->blame = MT_BLAME_USAGE;
	return -e->code;
}

bool mt_filter_has_guest(const struct mt_nic_filter *w, const char *driver, const char *name,
			 const char *uuid, const char *dev)
{
	if (w->uid && mt_driver_user(driver) != w->uid)
		return false;
	if ((w->driver && strcmp(w->driver, driver)) || (w->dev && strcmp(w->dev, dev)))
		return false;
	if (w->uuid && *w->uuid && *uuid)
		return !strcasecmp(w->uuid, uuid);
	return !w->name || !strcmp(w->name, name);
}
