/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* answer_whole.c - find the end of an answer while it is read, and its limit */
#include "ask/answer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int mt_answer_too_long(struct mt_err *e)
{
	mt_bad(e, "policy", "",
	       "its answer is longer than %u MiB: let the policy declare and log less, or make "
	       "the guest's <metadata> smaller",
	       MT_ANSWER_MAX >> 20);
	e->blame = MT_BLAME_LIMIT;
	return -e->code;
}

/* How many bytes follow a line, as answer.c take_bytes() reads them. */
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

bool mt_answer_is_whole(const char *text, size_t n, struct mt_answer_seen *seen)
{
	while (seen->line < n) {
		size_t from = seen->bytes > seen->line ? seen->bytes : seen->line;
		const char *line = text + seen->line, *end = memchr(text + from, '\n', n - from);
		size_t bytes;

		seen->bytes = n;
		if (!end)
			return false;
		if (end - line == 3 && !memcmp(line, "end", 3))
			return true;
		bytes = bytes_after(line);
		seen->line += (size_t)(end + 1 - line);
		seen->bytes = seen->line;
		seen->line = bytes > SIZE_MAX - seen->line ? SIZE_MAX : seen->line + bytes;
	}
	return false;
}
