/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* guest_text.h - the text of a remembered guest's record: guest_record.h has its form */
#ifndef MT_ENGINE_GUEST_TEXT_H
#define MT_ENGINE_GUEST_TEXT_H

#include "ask/answer.h"

struct mt_guest_record {
	const char *driver, *name, *uuid;
	uint64_t netns;		 /* cookie of the network namespace in which it was written */
	bool incoming, started;	 /* as in the event that was remembered */
	bool by_up;		 /* a person's up remembered it; else an event */
	uint64_t since;		 /* when it was written: seconds since 1970 */
	struct mt_answer answer; /* name, uuid, nics and facts, as the evaluator answered */
};

/**
 * mt_guest_text_read() - read a record
 * @text:	overwritten, and borrowed by @m
 * @m:		out: all but since; other strings are in @p
 *
 * Return: 0; -ENOENT: it is empty, so it is only a lock (no @e); or -errno.
 */
int mt_guest_text_read(char *text, struct mt_pool *p, struct mt_guest_record *m, struct mt_err *e);

/**
 * mt_guest_text_read_head() - the same without the facts, of a text that stays as it is
 *
 * Return: as mt_guest_text_read().
 */
int mt_guest_text_read_head(const char *text, struct mt_pool *p, struct mt_guest_record *m,
			    struct mt_err *e);

#endif
