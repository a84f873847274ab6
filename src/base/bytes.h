/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bytes.h - bytes on their way: a buffer that grows, a descriptor that takes all */
#ifndef MT_BASE_BYTES_H
#define MT_BASE_BYTES_H

#include <stddef.h>

/**
 * mt_bytes_room() - room for @want bytes in a buffer of malloc(3): twice as much until it is enough
 * @at:		in, out: the buffer, NULL at first
 * @cap:	in, out: for how many bytes it has room; 0 at first
 * @first:	how many the first room is for
 * @most:	that it may become
 *
 * Return: 0; -EFBIG or -ENOMEM: it is as it was.
 */
int mt_bytes_room(char **at, size_t *cap, size_t want, size_t first, size_t most);

/** mt_write_all() - write(2) until all is written. Return: 0 or -errno. */
int mt_write_all(int fd, const char *bytes, size_t n);

#endif
