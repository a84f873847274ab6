/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* peer.c - SO_PEERCRED, SO_PEERGROUPS, SO_NETNS_COOKIE, and proc(5) for a parent */
#include "service/peer.h"

#include "base/libc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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
	char path[64], text[512];
	const char *after;
	ssize_t got;
	int fd, parent = 0;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (pid <= 0 || fd < 0)
		return 0;
	got = read(fd, text, sizeof text - 1);
	close(fd);
	text[got > 0 ? got : 0] = 0;
	after = strrchr(text, ')'); /* its name may have any byte */
	return after && sscanf(after, ") %*c %d", &parent) == 1 ? parent : 0;
}
