/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* users.c - users and groups by name, as this host's name services know them */
#include "base/users.h"

#include <grp.h>
#include <pwd.h>
#include <stddef.h>

bool mt_user_id(const char *name, uint64_t *uid)
{
	struct passwd pw, *found = NULL;
	char buf[4096];

	if (getpwnam_r(name, &pw, buf, sizeof buf, &found) || !found)
		return false;
	*uid = found->pw_uid;
	return true;
}

bool mt_group_id(const char *name, uint64_t *gid)
{
	struct group gr, *found = NULL;
	char buf[4096];

	if (getgrnam_r(name, &gr, buf, sizeof buf, &found) || !found)
		return false;
	*gid = found->gr_gid;
	return true;
}
