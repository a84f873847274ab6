/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* journal.c - any bytes as a journal: each step comes back from its text, and can be taken back */
#include "kernel/host.h"
#include "plan/journal.h"
#include "base/tokens.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void same_after_text(const struct mt_step *s, struct mt_pool *p)
{
	size_t n = mt_step_print(s, NULL, 0);
	char *text = mt_pool_alloc(p, n + 1), *copy, *other = mt_pool_alloc(p, n + 1);
	char *words[2 * MT_FIELDS_MAX + 4];
	struct mt_step again;
	struct mt_err e = { 0 };
	int count;

	mt_step_print(s, text, n + 1);
	copy = mt_pool_copy(p, text, n);
	count = mt_tokens_split(copy, words, sizeof words / sizeof *words);
	if (count < 0 || mt_step_parse(mt_kinds, words, count, &again, p, &e))
		abort();
	if (mt_step_print(&again, other, n + 1) != n || strcmp(text, other))
		abort();
}

/* As it is, gone, and as somebody else would have it. */
static void take_back(const struct mt_step *s)
{
	struct mt_record has = s->put;
	struct mt_step back;
	uint32_t left;

	mt_step_inverse(s, NULL, &back, &left);
	mt_step_inverse(s, &has, &back, &left);
	if (s->op == MT_ADD && !s->existed && (left || back.op != MT_DELETE))
		abort(); /* what moontap put, and nobody touched, goes */
	for (int i = has.kind->nkeys; i < has.kind->nfields; i++)
		mt_record_put(&has, i, (struct mt_value){ 0 });
	mt_step_inverse(s, &has, &back, &left);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct mt_pool pool = { .limit = 64ul << 20 };
	char *text = mt_pool_copy(&pool, (const char *)data, n);
	struct mt_steps folded = { .pool = &pool };
	struct mt_journal j;
	struct mt_err e = { 0 };

	if (mt_journal_parse(mt_kinds, "nic/x", text, &pool, &j, &e)) {
		if (!e.code || e.blame != MT_BLAME_UNDO)
			abort();
		mt_pool_free(&pool);
		return 0;
	}
	for (size_t i = 0; i < j.steps.n; i++) {
		same_after_text(&j.steps.at[i], &pool);
		take_back(&j.steps.at[i]);
		mt_steps_fold(&folded, &j.steps.at[i]);
	}
	if (folded.n > j.steps.n)
		abort();
	mt_steps_sort(&folded);
	for (size_t i = 0; i < folded.n; i++)
		same_after_text(&folded.at[i], &pool);
	mt_pool_free(&pool);
	return 0;
}
