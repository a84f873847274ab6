/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* colour.c - colours, on a terminal and unless NO_COLOR is set */
#include "cli/cli.h"

#include <stdlib.h>
#include <unistd.h>

static const struct {
	char op;
	const char *escape;
} colours[] = {
	{ MT_ADD, "\033[32m" }, { MT_CHANGE, "\033[33m" }, { MT_DELETE, "\033[31m" },
	{ MT_SAME, "\033[2m" }, { 'b', "\033[1m" },	   { 0, "\033[0m" },
};

const char *mt_colour(FILE *out, char op)
{
	const char *no = getenv("NO_COLOR");

	if ((no && *no) || !isatty(fileno(out)))
		return "";
	for (size_t i = 0; i < sizeof colours / sizeof *colours; i++)
		if (colours[i].op == op)
			return colours[i].escape;
	return "";
}
