/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* log.c - making a line */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

void mt_log(const struct mt_log *log, int level, const char *fmt, ...)
{
	char text[1001];
	va_list ap;

	if (!log || !log->line)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < 32 || *c == 127)
			*c = ' ';
	log->line(log->data, level, text);
}
