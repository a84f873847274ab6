/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* remote.h - calls of moontapd over its socket io.moontap, and what comes back */
#ifndef MT_REMOTE_REMOTE_H
#define MT_REMOTE_REMOTE_H

#include "base/err.h"
#include "base/messages.h"
#include "base/pool.h"
#include "varlink/varlink.h"

#include <signal.h>
#include <stdbool.h>

/* One connection; the first two lines are the caller's. */
struct mt_remote {
	const struct mt_varlink *varlink;  /* the module */
	const volatile sig_atomic_t *stop; /* not 0: a wait that a signal interrupts ends; NULL */
	struct mt_messages messages;
	char *text; /* of the last reply, n bytes, borrowed until the next call; NULL: none came */
	size_t n;
};

/** mt_remote_open() - connect to a service
 * @path:	its socket; NULL: the one beside the socket for events
 *
 * Return: 0, then to be closed by mt_remote_close(); or -errno of socket(2) or connect(2). */
int mt_remote_open(struct mt_remote *r, const char *path);
void mt_remote_close(struct mt_remote *r);

/** mt_remote_takes_nic() - whether a word is a NIC's index: the interface has no other way to name one
 */
bool mt_remote_takes_nic(const char *word);

/** mt_remote_call() - call a method, and wait for its reply
 * @p:		what @reply will point to
 *
 * Return: 0, or -errno with @e filled: the service's own error, or the connection's. */
int mt_remote_call(struct mt_remote *r, const struct mt_varlink_call *call, struct mt_pool *p,
		   struct mt_varlink_reply *reply, struct mt_err *e);

#endif
