/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* log.h - lines for the log; where they go is the program's business, in a library its host's */
#ifndef MT_BASE_LOG_H
#define MT_BASE_LOG_H

#include <syslog.h> /* the levels: LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG */

struct mt_log {
	void (*line)(void *data, int level,
		     const char *text); /* one line without \n; NULL: nowhere */
	void *data;
};

/** mt_log() - say one line; what must not be shown is replaced (base/text.h), and what is over
 * 1,000 bytes is cut */
void mt_log(const struct mt_log *log, int level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
