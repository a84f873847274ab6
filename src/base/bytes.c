/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bytes.c - realloc(3), read(2) and write(2), in loops; memfd_create(2) */
#include "base/bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int mt_bytes_room(char **at, size_t *cap, size_t want, size_t first, size_t most)
{
	size_t room = *cap ? *cap : first;
	char *bytes;

	if (want > most)
		return -EFBIG;
	while (room < want)
		room = room < most / 2 ? room * 2 : most;
	if (room == *cap)
		return 0;
	bytes = realloc(*at, room);
	if (!bytes)
		return -ENOMEM;
	*at = bytes;
	*cap = room;
	return 0;
}

void *mt_array_room(void *at, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap ? 2 * *cap : 64;

	if (n < *cap)
		return at;
	at = realloc(at, more * size);
	if (at)
		*cap = more;
	return at;
}

int mt_read_all(int fd, size_t most, char **at, size_t *n)
{
	size_t cap = 0;

	*at = NULL;
	*n = 0;
	for (;;) {
		int err = mt_bytes_room(at, &cap, *n + 2, 65536, most + 2);
		ssize_t got;

		if (err)
			return err;
		got = read(fd, *at + *n, cap - *n - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		*n += (size_t)got;
		(*at)[*n] = 0;
		if (!got)
			return *n > most ? -EFBIG : 0;
	}
}

int mt_write_all(int fd, const char *bytes, size_t n)
{
	while (n) {
		ssize_t w = write(fd, bytes, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return w ? -errno : -EIO;
		bytes += w;
		n -= (size_t)w;
	}
	return 0;
}

int mt_bytes_file(const char *name, const char *bytes, size_t n)
{
	int fd = memfd_create(name, MFD_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = mt_write_all(fd, bytes, n);
	if (!err && lseek(fd, 0, SEEK_SET) < 0)
		err = -errno;
	if (!err)
		return fd;
	close(fd);
	return err;
}
