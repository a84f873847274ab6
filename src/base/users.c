/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* users.c - users and groups by name, as this host's name services know them */
#include "base/users.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

bool mt_user_id(const char *name, uint64_t *uid)
{
	struct passwd pw, *found = NULL;
	char buf[4096];

	if (getpwnam_r(name, &pw, buf, sizeof buf, &found) || !found)
		return false;
	*uid = found->pw_uid;
	return true;
}

static const char *name_or_number(const char *found, uint64_t id, char name[static 64])
{
	if (found && strlen(found) < 64)
		return strcpy(name, found);
	snprintf(name, 64, "%llu", (unsigned long long)id);
	return name;
}

const char *mt_user_name(uint64_t uid, char name[static 64])
{
	struct passwd pw, *found = NULL;
	char buf[4096];
	int err = getpwuid_r((uid_t)uid, &pw, buf, sizeof buf, &found);

	return name_or_number(!err && found ? found->pw_name : NULL, uid, name);
}

const char *mt_group_name(uint64_t gid, char name[static 64])
{
	struct group gr, *found = NULL;
	char buf[4096];
	int err = getgrgid_r((gid_t)gid, &gr, buf, sizeof buf, &found);

	return name_or_number(!err && found ? found->gr_name : NULL, gid, name);
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
