/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * user.c - choose a user for the evaluator alone, by the host's files
 *
 * It reads the files themselves: name services (nss(5)) would load libraries, and cost more than
 * the rest of the evaluator's start. So it misses accounts that only a name service knows; the
 * numbers that it tries are far above those that such services give.
 */
#include "evaluator/user.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* No account and no container is given a number from 2^31 on: systemd's UIDS-GIDS.md. */
#define FIRST 4004544612u
#define TRIES 64

#define FILE_MAX (1u << 20)

static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : line + strlen(line);
}

/* "name:password:uid:gid:...": passwd(5). */
static bool read_account(const char *line, unsigned *uid, unsigned *gid)
{
	for (int colons = 0; colons < 2; colons++) { /* a password may be empty */
		line += strcspn(line, ":\n");
		if (*line++ != ':')
			return false;
	}
	return sscanf(line, "%u:%u:", uid, gid) == 2;
}

static bool has_account(const char *passwd, uid_t uid)
{
	unsigned of, gid;

	for (const char *line = passwd; *line; line = next_line(line))
		if (read_account(line, &of, &gid) && of == uid)
			return true;
	return false;
}

static bool is_in(uid_t uid, unsigned long first, unsigned long count)
{
	return uid >= first && uid - first < count;
}

/* "user:first:count": subuid(5). */
static bool has_range(const char *subuid, uid_t uid)
{
	unsigned long first, count;

	for (const char *line = subuid; *line; line = next_line(line))
		if (sscanf(line, "%*[^:\n]:%lu:%lu", &first, &count) == 2 &&
		    is_in(uid, first, count))
			return true;
	return false;
}

struct mt_user mt_evaluator_user(const char *passwd, const char *subuid)
{
	const size_t n = strlen(MT_EVALUATOR_USER);
	unsigned uid, gid;

	for (const char *line = passwd; *line; line = next_line(line))
		if (!strncmp(line, MT_EVALUATOR_USER, n) && line[n] == ':' &&
		    read_account(line, &uid, &gid) && uid)
			return (struct mt_user){ uid, gid };
	uid = FIRST;
	while (uid < FIRST + TRIES && (has_account(passwd, uid) || has_range(subuid, uid)))
		uid++;
	return (struct mt_user){ uid, uid };
}

bool mt_evaluator_user_is_mapped(const char *map, uid_t uid)
{
	unsigned long first, count;
	bool mapped = false;

	for (const char *line = map; *line && !mapped; line = next_line(line))
		mapped = sscanf(line, "%lu %*u %lu", &first, &count) == 2 &&
			is_in(uid, first, count);
	return mapped;
}

/* Return: a file's text, which the caller frees; "" when there is none; NULL: no memory. */
static char *read_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	char *text = calloc(1, (size < 0 || size > FILE_MAX ? FILE_MAX : (size_t)size) + 1);
	ssize_t got = -1;

	if (text && size > 0)
		got = pread(fd, text, size > FILE_MAX ? FILE_MAX : (size_t)size, 0);
	if (text && got < 0)
		*text = 0;
	if (fd >= 0)
		close(fd);
	return text;
}

struct mt_user mt_evaluator_user_here(void)
{
	char *passwd = read_file("/etc/passwd"), *subuid = read_file("/etc/subuid");
	struct mt_user user = mt_evaluator_user(passwd ? passwd : "", subuid ? subuid : "");

	free(passwd);
	free(subuid);
	return user;
}
