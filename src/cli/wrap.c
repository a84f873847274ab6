/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wrap.c - text in lines that a terminal of 80 columns does not break within a word */
#include "cli/wrap.h"

#include <stdbool.h>
#include <string.h>

enum { COLUMNS = 79 };

/* A character of several bytes is one column. */
static int width(const char *s, size_t n)
{
	int columns = 0;

	for (size_t i = 0; i < n; i++)
		columns += ((unsigned char)s[i] & 0xc0) != 0x80;
	return columns;
}

void mt_wrap(const char *text, int at, int indent, FILE *out)
{
	bool first = true;

	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		size_t n = strcspn(text, " ");
		int columns = width(text, n);

		if (!first && at + 1 + columns > COLUMNS) {
			fprintf(out, "\n%*s", indent, "");
			at = indent;
		} else if (!first) {
			putc(' ', out);
			at++;
		}
		fwrite(text, 1, n, out);
		at += columns;
		first = false;
		text += n;
	}
	putc('\n', out);
}
