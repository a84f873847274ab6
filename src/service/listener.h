/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* listener.h - the socket that events come over: systemd's, or made here */
#ifndef MT_SERVICE_LISTENER_H
#define MT_SERVICE_LISTENER_H

#include "base/err.h"

#include <stdbool.h>

/**
 * mt_listener_open() - take the socket that systemd opened (sd_listen_fds(3)), or make it
 * @path:	where it is made: its folder is made, too, and holds a lock, so that two daemons do
 *		not serve one path
 *
 * @made:	out: it was made, and is to be removed from @path in the end
 *
 * Return: a descriptor that does not block, or -errno.
 */
int mt_listener_open(const char *path, bool *made, struct mt_err *e);

#endif
