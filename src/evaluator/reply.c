/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* reply.c - collect the answer's lines in a buffer, and write it to the pipe */
#include "evaluator/reply.h"
#include "base/bytes.h"
#include "base/tokens.h"
#include "ask/answer.h"
#include "plan/step.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Less than the reader takes, so that an error still has room. */
#define OUTPUT_MAX (MT_ANSWER_MAX - 65536)

int mt_reply_flush(struct mt_reply *s)
{
	if (mt_write_all(s->fd, s->text, s->len)) {
		s->broken = true;
		return -EPIPE;
	}
	s->written += s->len;
	s->len = 0;
	return 0;
}

static bool has_room(struct mt_reply *s, size_t n)
{
	s->full |= !s->told && n > OUTPUT_MAX - s->written - s->len;
	return !s->full;
}

int mt_reply_bytes(struct mt_reply *s, const char *bytes, size_t n)
{
	int err = s->broken ? -EPIPE : 0;

	if (!err && !has_room(s, n))
		return -EFBIG;
	if (!err && s->len + n > s->cap)
		err = mt_reply_flush(s)
			?: mt_bytes_room(&s->text, &s->cap, n, 65536, MT_ANSWER_MAX);
	if (err) {
		s->broken = true;
		return err;
	}
	memcpy(s->text + s->len, bytes, n);
	s->len += n;
	return 0;
}

int mt_reply_line(struct mt_reply *s, const char *word, const char *const *pairs)
{
	char line[2 * MT_LINE_MAX];
	size_t n = (size_t)snprintf(line, sizeof line, "%s", word);

	for (; *pairs; pairs += 2) {
		if (!pairs[1] || !*pairs[1])
			continue;
		n += (size_t)snprintf(line + n, sizeof line - n, " %s=", pairs[0]);
		if (n < sizeof line)
			n += mt_token_escape(pairs[1], line + n, sizeof line - n);
		if (n + 2 > sizeof line)
			return -EFBIG;
	}
	line[n++] = '\n';
	return mt_reply_bytes(s, line, n);
}

int mt_reply_error(struct mt_reply *s, const struct mt_err *e)
{
	const char *code = e->blame == MT_BLAME_LIMIT ? "5" : "3";

	s->told = true;
	s->full = false;
	return mt_reply_line(s, "error",
			     (const char *[]){ "code", code, "op", e->op, "on", e->subject, "at",
					       e->where, "text", e->text, NULL });
}

/*
 * Every failure gets an error line, since an answer that only stops would not say why. A policy's
 * connect_other() whose lines have no room is no failure, and @err is 0: then the full buffer
 * refuses the end line, and from `others` without `end` the reader knows that lines are missing.
 */
int mt_reply_end(struct mt_reply *s, int err, struct mt_err *e)
{
	if (err && s->full)
		mt_answer_too_long(e);
	else if (err && !e->code)
		mt_fail(e, -err, "evaluator", "", NULL);
	if (err && !s->told)
		mt_reply_error(s, e);
	/* refuse and error lines are answers, too */
	return mt_reply_bytes(s, "end\n", 4) || mt_reply_flush(s) || err;
}

int mt_reply_blob(struct mt_reply *s, const char *word, const char *bytes, size_t n)
{
	char size[24];

	if (!has_room(s, n + 64)) /* checked for both: a first line without its bytes is worse */
		return -EFBIG;
	snprintf(size, sizeof size, "%zu", n);
	return mt_reply_line(s, word, (const char *[]){ "bytes", size, NULL }) ||
			mt_reply_bytes(s, bytes, n)
		? -EPIPE
		: 0;
}
