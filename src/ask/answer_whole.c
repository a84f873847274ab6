/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* answer_whole.c - how far an answer is that is being read */
#include "ask/answer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The lines that are followed by as many bytes as they say: take_bytes(). */
static size_t bytes_after(const char *line)
{
	static const char *const framed[] = { "facts bytes=", "xml bytes=" };

	for (size_t i = 0; i < sizeof framed / sizeof *framed; i++) {
		size_t n = strlen(framed[i]);

		if (!strncmp(line, framed[i], n) && line[n] >= '0' && line[n] <= '9')
			return strtoul(line + n, NULL, 10);
	}
	return 0;
}

bool mt_answer_is_whole(const char *text, size_t n, size_t *seen)
{
	while (*seen < n) {
		const char *line = text + *seen, *end = memchr(line, '\n', n - *seen);
		size_t bytes;

		if (!end)
			return false;
		if (end - line == 3 && !memcmp(line, "end", 3))
			return true;
		bytes = bytes_after(line);
		*seen += (size_t)(end + 1 - line);
		*seen = bytes > SIZE_MAX - *seen ? SIZE_MAX : *seen + bytes;
	}
	return false;
}
