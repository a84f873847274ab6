/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reply.h - write the evaluator's answer, whose lines are described in ask/answer.h
 *
 * The reader would believe an answer with a gap. So after a line that could not be written no other
 * is, not even the end; only an error may follow one that had no room. All functions return 0 or
 * -errno.
 */
#ifndef MT_EVALUATOR_REPLY_H
#define MT_EVALUATOR_REPLY_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct mt_reply {
	int fd;
	char *text; /* not yet written to fd; the owner of the struct frees it */
	size_t len, cap, written;
	bool broken; /* a line could not be written: none is any more */
	bool full;   /* a line had no room: only an error and the end may follow */
	bool told;   /* the error or refusal that ended the evaluation has its line */
};

/**
 * mt_reply_line() - add "word key=value ...\n"
 * @pairs:	keys and values in turn, NULL-ended; a pair with an empty value is left out
 *
 * Return: also -EFBIG: it is too long, and nothing of it was added; an error still can be.
 */
int mt_reply_line(struct mt_reply *s, const char *word, const char *const *pairs);

/** mt_reply_error() - add the line of the error that ended the evaluation */
int mt_reply_error(struct mt_reply *s, const struct mt_err *e);

/**
 * mt_reply_end() - add the error that has no line yet, and the last line, and flush
 * @err:	0, or -errno of what failed; @e is filled then, or has code 0
 *
 * Return: 0: all was written, and nothing failed.
 */
int mt_reply_end(struct mt_reply *s, int err, struct mt_err *e);

/** mt_reply_blob() - add "word bytes=N\n" and the bytes */
int mt_reply_blob(struct mt_reply *s, const char *word, const char *bytes, size_t n);

/** mt_reply_bytes() - add bytes as they are */
int mt_reply_bytes(struct mt_reply *s, const char *bytes, size_t n);

/** mt_reply_flush() - write all that was added: after it this process cannot change it any more */
int mt_reply_flush(struct mt_reply *s);

#endif
