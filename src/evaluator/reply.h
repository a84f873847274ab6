/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reply.h - the evaluator's answer as it is written: answer.h says what its lines are
 *
 * An answer with a hole in it would be believed. So after anything that could not be said nothing
 * more is, not even its end, unless it is an error; and every function returns 0 or -errno.
 */
#ifndef MT_EVALUATOR_REPLY_H
#define MT_EVALUATOR_REPLY_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct mt_reply {
	int fd;
	char *text; /* until it is written; freed by its owner */
	size_t len, cap, written;
	bool broken; /* something could not be said */
	bool full;   /* for want of room: nothing more is said, but the error and the end */
	bool told;   /* what ended the evaluation was said */
};

/** mt_reply_line() - "word key=value ...\n"
 * @pairs:	keys and values in turn, NULL-ended; an empty value is not said
 * Return: also -EFBIG: it is too long, and nothing of it was said; the error still can be. */
int mt_reply_line(struct mt_reply *s, const char *word, const char *const *pairs);

/** mt_reply_error() - the line that ends an answer before its end */
int mt_reply_error(struct mt_reply *s, const struct mt_err *e);

/** mt_reply_end() - an error that nobody has told of yet, and the last line
 * @err:	0, or -errno of what failed, with @e filled
 * Return: 0: all was said, and nothing failed */
int mt_reply_end(struct mt_reply *s, int err, struct mt_err *e);

/** mt_reply_blob() - "word bytes=N\n" and the bytes */
int mt_reply_blob(struct mt_reply *s, const char *word, const char *bytes, size_t n);

/** mt_reply_bytes() - as they are */
int mt_reply_bytes(struct mt_reply *s, const char *bytes, size_t n);

/** mt_reply_flush() - what was said so far is out of this process's reach */
int mt_reply_flush(struct mt_reply *s);

#endif
