/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* listener.h - the sockets that events and calls come over: systemd's, or made here */
#ifndef MT_SERVICE_LISTENER_H
#define MT_SERVICE_LISTENER_H

#include "base/err.h"

#include <limits.h>
#include <stdbool.h>

/* Descriptors that do not block. */
struct mt_listeners {
	int events;
	int callers; /* of io.moontap; -1: systemd passed none */
	bool made;   /* here, and not by systemd */
	char path[PATH_MAX], callers_path[PATH_MAX];
};

/**
 * mt_listeners_open() - take the sockets that systemd opened (sd_listen_fds(3)), or make them
 * @path:	where the socket for events is made, and the other one beside it: the folder is
 *		made, too, and holds a lock, so that two daemons do not serve one path
 *
 * Return: 0 or -errno.
 */
int mt_listeners_open(const char *path, struct mt_listeners *l, struct mt_err *e);

/** mt_listeners_remove() - delete the sockets that were made here */
void mt_listeners_remove(const struct mt_listeners *l);

#endif
