/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* peer.c - SO_PEERCRED, SO_PEERGROUPS, SO_NETNS_COOKIE */
#include "service/peer.h"

#include "base/libc.h"
#include "service/process.h"

#include <errno.h>
#include <sys/socket.h>

int mt_peer_of(int connection, struct mt_peer *peer)
{
	struct ucred is;
	socklen_t n = sizeof is;

	if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &is, &n))
		return -errno;
	*peer = (struct mt_peer){ .uid = is.uid, .gid = is.gid, .pid = is.pid };
	/* of an accepted socket it is the client's: unix(7) makes it in the client's connect(2) */
	n = sizeof peer->netns;
	if (getsockopt(connection, SOL_SOCKET, SO_NETNS_COOKIE, &peer->netns, &n))
		peer->netns = 0;
	return 0;
}

int mt_peer_groups(int connection, struct mt_pool *p, gid_t **groups, size_t *n)
{
	socklen_t bytes = 0;

	/* ERANGE: bytes says how many there are, net/core/sock.c */
	if (!getsockopt(connection, SOL_SOCKET, SO_PEERGROUPS, NULL, &bytes) || errno == ERANGE)
		*groups = mt_pool_alloc(p, bytes + 1);
	else
		return -errno;
	if (!*groups)
		return -ENOMEM;
	if (getsockopt(connection, SOL_SOCKET, SO_PEERGROUPS, *groups, &bytes))
		return -errno;
	*n = bytes / sizeof **groups;
	return 0;
}

pid_t mt_peer_parent(pid_t pid)
{
	struct mt_process p;

	return mt_process_read(pid, &p) ? p.parent : 0;
}
