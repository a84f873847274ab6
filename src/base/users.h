/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* users.h - users and groups by name */
#ifndef MT_BASE_USERS_H
#define MT_BASE_USERS_H

#include <stdbool.h>
#include <stdint.h>

/** mt_user_id() - the number of a user of this host. Return: whether there is such a user. */
bool mt_user_id(const char *name, uint64_t *uid);

/** mt_user_name() - the name of a user; without one the number. Returns @name. */
const char *mt_user_name(uint64_t uid, char name[static 64]);

/** mt_group_id() - likewise of a group */
bool mt_group_id(const char *name, uint64_t *gid);

/** mt_group_name() - as mt_user_name(), of a group */
const char *mt_group_name(uint64_t gid, char name[static 64]);

#endif
