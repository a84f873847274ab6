/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* listener.c - LISTEN_FDS, or bind(2) and listen(2) */
#include "service/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

static int inherited(void)
{
	const char *pid = getenv("LISTEN_PID"), *n = getenv("LISTEN_FDS");
	bool ours = pid && n && atoi(pid) == getpid() && atoi(n) > 0;

	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return ours ? FIRST : -1;
}

/* The folder may be entered by all: io.moontap will be in it. */
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

static int make(const char *path, struct mt_err *e)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mode_t mask;
	int err;

	if (fd < 0)
		return mt_fail(e, errno, "socket", path, NULL);
	memcpy(to.sun_path, path, strlen(path));
	unlink(path);
	mask = umask(0177);
	err = bind(fd, (struct sockaddr *)&to, sizeof to) || listen(fd, BACKLOG);
	err = err ? errno : 0;
	umask(mask);
	if (!err)
		return fd;
	close(fd);
	return mt_fail(e, err, "socket", path, NULL);
}

int mt_listener_open(const char *path, bool *made, struct mt_err *e)
{
	int fd = inherited();

	*made = fd < 0;
	if (fd >= 0) {
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		return fcntl(fd, F_SETFL, O_NONBLOCK) ? mt_fail(e, errno, "socket", "", NULL) : fd;
	}
	if (strlen(path) >= sizeof((struct sockaddr_un *)NULL)->sun_path)
		return mt_fail(e, ENAMETOOLONG, "socket", path, NULL);
	if (lock_folder(path, e) < 0)
		return -e->code;
	return make(path, e);
}
