/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* peer.h - who is at the other end of a socket, by the kernel's word */
#ifndef MT_SERVICE_PEER_H
#define MT_SERVICE_PEER_H

#include "base/pool.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct mt_peer {
	uid_t uid;
	gid_t gid;
	pid_t pid;	/* 0: it is in a pid namespace that is not below this one */
	uint64_t netns; /* cookie of the network namespace that it connected in; 0: not known */
};

/** mt_peer_of() - Return: 0 or -errno. */
int mt_peer_of(int connection, struct mt_peer *peer);

/** mt_peer_groups() - its supplementary groups
 * @groups:	out, in @p
 *
 * Return: 0 or -errno. */
int mt_peer_groups(int connection, struct mt_pool *p, gid_t **groups, size_t *n);

/** mt_peer_is_in() - whether it is in this network namespace; not known, it could be in any */
static inline bool mt_peer_is_in(const struct mt_peer *peer, uint64_t netns)
{
	return peer->netns && peer->netns == netns;
}

/** mt_peer_parent() - the parent of a process; 0: not known */
pid_t mt_peer_parent(pid_t pid);

#endif
