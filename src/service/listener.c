/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* listener.c - LISTEN_FDS, or bind(2) and listen(2) */
#include "service/listener.h"
#include "base/paths.h"
#include "varlink/varlink.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define FIRST	3   /* sd_listen_fds(3): SD_LISTEN_FDS_START */
#define BACKLOG 256 /* events that wait; then a client does its event itself */

static int type_of(int fd)
{
	socklen_t n = sizeof fd;
	int type;

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n) ? -1 : type;
}

/* Of two units' sockets, systemd does not say which comes first: their types do. Return: whether
 * systemd passed any. */
static bool inherited(struct mt_listeners *l)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	int n = pid && fds && atoi(pid) == getpid() ? atoi(fds) : 0;

	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	for (int fd = FIRST; fd < FIRST + n; fd++) {
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		if (type_of(fd) == SOCK_SEQPACKET)
			l->events = fd;
		if (type_of(fd) == SOCK_STREAM)
			l->callers = fd;
	}
	return n > 0;
}

static int take_inherited(const struct mt_listeners *l, struct mt_err *e)
{
	if (l->events < 0)
		return mt_fail(e, ENOTSOCK, "socket", "",
			       "systemd passed no socket of type SOCK_SEQPACKET, for events");
	if (fcntl(l->events, F_SETFL, O_NONBLOCK) ||
	    (l->callers >= 0 && fcntl(l->callers, F_SETFL, O_NONBLOCK)))
		return mt_fail(e, errno, "socket", "", NULL);
	return 0;
}

/* The folder may be entered by all: io.moontap is in it. */
static int lock_folder(const char *path, struct mt_err *e)
{
	char folder[PATH_MAX], *slash;
	int fd;

	snprintf(folder, sizeof folder, "%s", path);
	slash = strrchr(folder, '/');
	if (!slash || slash == folder)
		return mt_fail(e, EINVAL, "socket", path, "a path with a folder is needed");
	*slash = 0;
	if (mkdir(folder, 0755) && errno != EEXIST)
		return mt_fail(e, errno, "mkdir", folder, NULL);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return mt_fail(e, errno, "open", folder, NULL);
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return fd; /* and is held until the process ends */
	mt_fail(e, errno, "lock", folder,
		errno == EWOULDBLOCK ? "another moontapd serves it" : NULL);
	close(fd);
	return -e->code;
}

static int make(const char *path, int type, mode_t mode, struct mt_err *e)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mode_t mask;
	int err;

	if (fd < 0)
		return mt_fail(e, errno, "socket", path, NULL);
	memcpy(to.sun_path, path, strlen(path));
	unlink(path);
	mask = umask(~mode & 0777);
	err = bind(fd, (struct sockaddr *)&to, sizeof to) || listen(fd, BACKLOG);
	err = err ? errno : 0;
	umask(mask);
	if (!err)
		return fd;
	close(fd);
	return mt_fail(e, err, "socket", path, NULL);
}

int mt_listeners_open(const char *path, struct mt_listeners *l, struct mt_err *e)
{
	struct sockaddr_un room;

	*l = (struct mt_listeners){ .events = -1, .callers = -1 };
	if (inherited(l))
		return take_inherited(l, e);
	snprintf(l->path, sizeof l->path, "%s", path);
	mt_path_beside(path, MT_VARLINK_SOCKET, l->callers_path);
	if (strlen(path) >= sizeof room.sun_path || strlen(l->callers_path) >= sizeof room.sun_path)
		return mt_fail(e, ENAMETOOLONG, "socket", path, NULL);
	if (lock_folder(path, e) < 0)
		return -e->code;
	l->made = true;
	l->events = make(path, SOCK_SEQPACKET, 0600, e);
	l->callers = l->events < 0 ? -1 : make(l->callers_path, SOCK_STREAM, 0666, e);
	return l->callers < 0 ? -e->code : 0;
}

void mt_listeners_remove(const struct mt_listeners *l)
{
	if (!l->made)
		return;
	unlink(l->path);
	unlink(l->callers_path);
}
