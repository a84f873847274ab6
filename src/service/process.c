/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* process.c - /proc/PID/stat */
#include "service/process.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool mt_process_read(pid_t pid, struct mt_process *p)
{
	char path[64], text[1024], *name, *after;
	ssize_t got;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (pid <= 0 || fd < 0)
		return false;
	got = read(fd, text, sizeof text - 1);
	close(fd);
	text[got > 0 ? got : 0] = 0;
	name = strchr(text, '(');
	after = strrchr(text, ')'); /* its name may have any byte */
	if (!name || !after)
		return false;
	*after = 0;
	snprintf(p->name, sizeof p->name, "%s", name + 1);
	/* the fields 3 to 22, by proc(5)'s numbers */
	return sscanf(after + 1,
		      " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d"
		      " %llu",
		      &p->parent, &p->start) == 2;
}
