/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* err.c - filling and showing an error */
#include "base/err.h"
#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 6, 0))) static int fill(struct mt_err *e, int code,
						      enum mt_blame blame, const char *op,
						      const char *subject, const char *fmt,
						      va_list ap)
{
	e->code = code;
	e->blame = blame;
	snprintf(e->op, sizeof e->op, "%s", op ? op : "");
	snprintf(e->subject, sizeof e->subject, "%s", subject ? subject : "");
	e->where[0] = 0;
	if (fmt)
		vsnprintf(e->text, sizeof e->text, fmt, ap);
	else
		snprintf(e->text, sizeof e->text, "%s", strerror(code));
	mt_text_clean(e->op);
	mt_text_clean(e->subject);
	mt_text_clean(e->text);
	return -code;
}

int mt_fail(struct mt_err *e, int code, const char *op, const char *subject, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(e, code, MT_BLAME_HOST, op, subject, fmt, ap);
	va_end(ap);
	return -code;
}

int mt_bad(struct mt_err *e, const char *op, const char *subject, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(e, EINVAL, MT_BLAME_INPUT, op, subject, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

int mt_err_in(struct mt_err *e, const char *fmt, ...)
{
	char inner[sizeof e->where];
	va_list ap;
	int n;

	memcpy(inner, e->where, sizeof inner);
	va_start(ap, fmt);
	n = vsnprintf(e->where, sizeof e->where, fmt, ap);
	va_end(ap);
	if (n < (int)sizeof e->where)
		snprintf(e->where + n, sizeof e->where - (size_t)n, "%s%s", n && *inner ? ", " : "",
			 inner);
	mt_text_clean(e->where);
	return -e->code;
}

int mt_misused(struct mt_err *e, int code, const char *what, const char *why)
{
	mt_fail(e, code, what, NULL, "%s", why);
	e->blame = MT_BLAME_USAGE;
	return -code;
}

int mt_refused(struct mt_err *e)
{
	e->code = EPERM;
	e->blame = MT_BLAME_REFUSED;
	return -EPERM;
}

int mt_err_in_nic(struct mt_err *e, int index, const char *dev)
{
	return *dev ? mt_err_in(e, "NIC %d (%s)", index, dev) : mt_err_in(e, "NIC %d", index);
}

int mt_err_about(struct mt_err *e, const char *op, const char *subject)
{
	snprintf(e->op, sizeof e->op, "%s", op);
	snprintf(e->subject, sizeof e->subject, "%s", subject);
	mt_text_clean(e->subject);
	return -e->code;
}

const char *mt_err_line(const struct mt_err *e, char *buf, unsigned long n)
{
	snprintf(buf, n, "%s%s%s%s%s%s%s", e->where, *e->where ? ": " : "", e->op,
		 *e->op && *e->subject ? " " : "", e->subject, *e->op || *e->subject ? ": " : "",
		 e->text);
	return buf;
}

int mt_exit_status(enum mt_blame blame)
{
	static const int status[] = {
		[MT_BLAME_HOST] = 4,  [MT_BLAME_REFUSED] = 1, [MT_BLAME_USAGE] = 2,
		[MT_BLAME_INPUT] = 3, [MT_BLAME_LIMIT] = 5,   [MT_BLAME_UNDO] = 6,
		[MT_BLAME_TAKEN] = 4,
	};

	return status[blame];
}
