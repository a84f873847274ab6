/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* log.h - lines for the log; the program, or the caller of the library, decides where they go */
#ifndef MT_BASE_LOG_H
#define MT_BASE_LOG_H

#include "base/err.h"

#include <syslog.h> /* the levels: LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG */

struct mt_log {
	/* gets one line, without \n; NULL: nothing is logged */
	void (*line)(void *data, int level, const char *text);
	void *data;
};

/** mt_log() - log one line, of at most 1,000 bytes; characters that must not be shown are replaced
 * (base/text.h). @log may be NULL. */
void mt_log(const struct mt_log *log, int level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** mt_log_err() - log an error, as mt_err_line() has it */
void mt_log_err(const struct mt_log *log, int level, const struct mt_err *e);

#endif
