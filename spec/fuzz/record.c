/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* record.c - any line as a record: what is accepted must come back from its text the same */
#include "kernel/host.h"
#include "plan/step_commands.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* As long as it says, when there is room and when there is none. */
static char *print(const struct mt_record *r, struct mt_pool *p)
{
	size_t n = mt_record_print(r, 0, NULL, 0);
	char *text = mt_pool_alloc(p, n + 1), *cut = malloc(n + 1);

	if (mt_record_print(r, 0, text, n + 1) != n || strlen(text) != n)
		abort();
	for (size_t room = n; room > n / 2; room--)
		if (mt_record_print(r, 0, cut, room) != n || strlen(cut) >= room)
			abort();
	free(cut);
	return text;
}

static void same_after_text(const struct mt_record *r, struct mt_pool *p)
{
	char *text = print(r, p), *copy = mt_pool_copy(p, text, strlen(text));
	struct mt_record again;
	struct mt_err e = { 0 };

	for (const char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 127)
			abort();
	if (mt_record_read(mt_kinds, copy, &again, p, &e) || strcmp(print(&again, p), text))
		abort();
	for (int i = 0; i < r->kind->nfields; i++)
		if (!mt_value_equal(&r->kind->fields[i], &r->v[i], &again.v[i]))
			abort();
}

/* What a person would type for it, for all that may be done with it. */
static void in_words(const struct mt_record *r)
{
	static const enum mt_op ops[] = { MT_ADD, MT_CHANGE, MT_DELETE };
	char buf[8192], subject[32];

	mt_record_subject(r, subject, sizeof subject);
	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
		mt_sh_print(ops[i], r, NULL, buf, sizeof buf);
		mt_sh_print(ops[i], r, NULL, buf, 16);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct mt_pool pool = { .limit = 16ul << 20 };
	char *line = mt_pool_copy(&pool, (const char *)data, n);
	struct mt_record r;
	struct mt_err e = { 0 };

	if (mt_record_read(mt_kinds, line, &r, &pool, &e)) {
		if (!e.code || !*e.text)
			abort();
	} else {
		same_after_text(&r, &pool);
		if (!mt_record_check(&r, &e)) {
			in_words(&r);
			if (r.kind->set_defaults)
				r.kind->set_defaults(&r);
			same_after_text(&r, &pool);
			in_words(&r);
		}
	}
	mt_pool_free(&pool);
	return 0;
}
