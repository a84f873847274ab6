/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bytes.h - a buffer that grows, read(2) and write(2) that are complete, and a file in memory */
#ifndef MT_BASE_BYTES_H
#define MT_BASE_BYTES_H

#include <stddef.h>

/**
 * mt_bytes_room() - grow a malloc(3) buffer to at least @want bytes, by doubling its size
 * @at:		in, out: the buffer, owned by the caller; NULL at first
 * @cap:	in, out: its size in bytes; 0 at first
 * @first:	the size that it starts with
 * @most:	the size that it may reach
 *
 * Return: 0; -EFBIG (@want is more than @most) or -ENOMEM: the buffer is unchanged.
 */
int mt_bytes_room(char **at, size_t *cap, size_t want, size_t first, size_t most);

/** mt_array_room() - room for one more element in an array that realloc(3) may move
 * @at:		the array; NULL: none yet
 * @n, @cap:	elements that it has, and has room for
 * @size:	bytes of one
 *
 * Return: the array; NULL: no memory, and @at is as it was. */
void *mt_array_room(void *at, size_t n, size_t *cap, size_t size);

/** mt_read_all() - read(2) to the end of a file
 * @at:		out: the bytes and a NUL, to be freed, also after an error
 * @most:	bytes that it may have
 *
 * Return: 0, -EFBIG, or -errno. */
int mt_read_all(int fd, size_t most, char **at, size_t *n);

/** mt_write_all() - write(2) until all is written. Return: 0 or -errno. */
int mt_write_all(int fd, const char *bytes, size_t n);

/** mt_bytes_file() - a file in memory, memfd_create(2), that is read from its beginning
 * @name:	for people who look into /proc/PID/fd
 *
 * Return: its descriptor, to be closed by the caller, or -errno. */
int mt_bytes_file(const char *name, const char *bytes, size_t n);

#endif
