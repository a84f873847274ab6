/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* log.c - formatting one line of the log */
#include "base/log.h"
#include "base/text.h"

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
	log->line(log->data, level, mt_text_clean(text));
}

void mt_log_err(const struct mt_log *log, int level, const struct mt_err *e)
{
	char line[700];

	mt_log(log, level, "%s", mt_err_line(e, line, sizeof line));
}
