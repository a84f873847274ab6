/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * evaluator_say.h - the evaluator's answer as it is written: answer.h says what its lines are
 *
 * An answer with a hole in it would be believed. So after anything that could not be said nothing
 * more is, not even its end; and every function returns 0 or -errno.
 */
#ifndef MT_ENGINE_EVALUATOR_SAY_H
#define MT_ENGINE_EVALUATOR_SAY_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct mt_say {
	int fd;
	char *text; /* until it is written; freed by its owner */
	size_t len, cap, written;
	bool broken; /* something could not be said */
	bool told;   /* what ended the evaluation was said */
};

/** mt_say() - "word key=value ...\n"
 * @pairs:	keys and values in turn, NULL-ended; an empty value is not said
 * Return: also -EFBIG: it is too long, and nothing of it was said; the error still can be. */
int mt_say(struct mt_say *s, const char *word, const char *const *pairs);

/** mt_say_error() - the line that ends an answer before its end */
int mt_say_error(struct mt_say *s, const struct mt_err *e);

/** mt_say_blob() - "word bytes=N\n" and the bytes */
int mt_say_blob(struct mt_say *s, const char *word, const char *bytes, size_t n);

/** mt_say_bytes() - as they are */
int mt_say_bytes(struct mt_say *s, const char *bytes, size_t n);

/** mt_say_flush() - what was said so far is out of this process's reach */
int mt_say_flush(struct mt_say *s);

#endif
