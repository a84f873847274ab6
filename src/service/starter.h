/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * starter.h - the libvirtd of a user's session, whose hook has asked for a tap
 *
 * When it is killed, its guests end, or go on without it, and no hook tells of their end.
 */
#ifndef MT_SERVICE_STARTER_H
#define MT_SERVICE_STARTER_H

#include <stdbool.h>
#include <sys/types.h>

#define MT_STARTER_MAX 40

/** mt_starter_of() - the libvirtd that is the parent of a caller, as text for a journal
 * @buf:	in which it is
 *
 * Return: NULL: its parent is another program. */
const char *mt_starter_of(pid_t caller, char buf[static MT_STARTER_MAX]);

/** mt_starter_lives() - whether the process of mt_starter_of() is still there */
bool mt_starter_lives(const char *starter);

#endif
