/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* request.c - write a request as command-line words, and read it, by one table of its fields */
#include "ask/request.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST "version=" MOONTAP_VERSION /* both programs must be of the same version */

enum type { TEXT, LIST, FLAG, NUMBER };

#define FIELD(TYPE, WORD, MEMBER)                                               \
	{                                                                       \
		WORD, TYPE, offsetof(struct mt_eval_request, MEMBER),           \
			sizeof(((const struct mt_eval_request *)NULL)->MEMBER), \
	}

static const struct field {
	const char *word;
	enum type type;
	size_t at, size;
} fields[] = {
	FIELD(NUMBER, "fd", source.fd),
	FIELD(FLAG, "facts", source.facts),
	FIELD(TEXT, "name", source.name),
	FIELD(TEXT, "policy", policy),
	FIELD(FLAG, "policy_optional", policy_optional),
	FIELD(LIST, "hooks", hooks),
	FIELD(NUMBER, "want", want),
	FIELD(FLAG, "managed", managed),
	FIELD(FLAG, "unmanaged", unmanaged),
	FIELD(LIST, "only", only),
	FIELD(TEXT, "unnamed", unnamed),
	FIELD(TEXT, "dev", dev),
	FIELD(LIST, "note", notes),
	FIELD(LIST, "lease", leases),
	FIELD(NUMBER, "attempt", attempt),
	FIELD(TEXT, "qemu_name", qemu_name),
	FIELD(TEXT, "qemu_uuid", qemu_uuid),
	FIELD(TEXT, "qemu_mac", qemu_mac),
	FIELD(TEXT, "caller_user", caller_user),
	FIELD(NUMBER, "caller_uid", caller_uid),
	FIELD(NUMBER, "caller_gid", caller_gid),
	FIELD(LIST, "caller_group", caller_groups),
	FIELD(TEXT, "caller_bridge", caller_bridge),
	FIELD(FLAG, "known", known),
	FIELD(FLAG, "incoming", incoming),
	FIELD(FLAG, "inactive", inactive),
	FIELD(TEXT, "prefix", prefix),
	FIELD(TEXT, "schema", schema),
	FIELD(NUMBER, "libvirt", libvirt),
	FIELD(NUMBER, "deadline_ms", deadline_ms),
	FIELD(NUMBER, "memory", memory),
	FIELD(NUMBER, "parent", parent),
};

#define NFIELDS (sizeof fields / sizeof *fields)

/* --- writing ---------------------------------------------------------------------------------- */

struct words {
	struct mt_pool *pool;
	char **at;
	size_t n;
	bool failed;
};

static void add(struct words *w, const char *word, const char *value)
{
	size_t n = strlen(word) + 1 + strlen(value);
	char *s = mt_pool_alloc(w->pool, n + 1);

	if (s)
		snprintf(s, n + 1, "%s=%s", word, value);
	else
		w->failed = true;
	w->at[w->n++] = s;
}

static void write_field(struct words *w, const struct mt_eval_request *q, const struct field *f)
{
	const void *at = (const char *)q + f->at;
	const char *const *list = f->type == LIST ? *(const char *const *const *)at : NULL;
	char number[24];

	switch (f->type) {
	case TEXT:
		if (*(const char *const *)at)
			add(w, f->word, *(const char *const *)at);
		break;
	case LIST:
		for (; list && *list; list++)
			add(w, f->word, *list);
		break;
	case FLAG:
		if (*(const bool *)at)
			add(w, f->word, "1");
		break;
	case NUMBER:
		snprintf(number, sizeof number, "%lld",
			 f->size == 4 ? *(const int *)at : *(const long long *)at);
		add(w, f->word, number);
		break;
	}
}

int mt_request_to_args(const struct mt_eval_request *q, const char *program, struct mt_pool *p,
		       char ***words, struct mt_err *e)
{
	struct words w = { .pool = p };
	size_t most = NFIELDS + 3;

	for (const char *const *l = q->hooks; l && *l; l++)
		most++;
	for (const char *const *l = q->only; l && *l; l++)
		most++;
	for (const char *const *l = q->notes; l && *l; l++)
		most++;
	for (const char *const *l = q->leases; l && *l; l++)
		most++;
	for (const char *const *l = q->caller_groups; l && *l; l++)
		most++;
	w.at = mt_pool_alloc(p, most * sizeof *w.at);
	if (!w.at)
		return mt_fail(e, ENOMEM, "evaluator", "", NULL);
	w.at[w.n++] = mt_pool_copy(p, program, strlen(program));
	w.at[w.n++] = mt_pool_copy(p, FIRST, strlen(FIRST));
	for (size_t i = 0; i < NFIELDS; i++)
		write_field(&w, q, &fields[i]);
	*words = w.at;
	return w.failed || !w.at[0] || !w.at[1] ? mt_fail(e, ENOMEM, "evaluator", "", NULL) : 0;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* Append to a list. Its words are adjacent, so the words from its first one on bound its length. */
static int append(char **words, const char ***list, size_t *n, const char *value, struct mt_pool *p)
{
	size_t most = 2;

	if (!*list) {
		for (char **w = words; *w; w++)
			most++;
		*list = mt_pool_alloc(p, most * sizeof **list);
	}
	if (!*list)
		return -ENOMEM;
	(*list)[(*n)++] = value;
	return 0;
}

static int read_field(char **words, const struct field *f, const char *value, size_t *n,
		      struct mt_pool *p, struct mt_eval_request *q)
{
	void *at = (char *)q + f->at;

	switch (f->type) {
	case TEXT:
		*(const char **)at = value;
		break;
	case LIST:
		return append(words, at, n, value, p);
	case FLAG:
		*(bool *)at = true;
		break;
	case NUMBER:
		if (f->size == 4)
			*(int *)at = (int)strtoll(value, NULL, 10);
		else
			*(long long *)at = strtoll(value, NULL, 10);
		break;
	}
	return 0;
}

int mt_request_from_args(char **words, struct mt_pool *p, struct mt_eval_request *q,
			 struct mt_err *e)
{
	size_t listed[NFIELDS] = { 0 };

	*q = (struct mt_eval_request){ .source.fd = -1 };
	if (!*words || strcmp(*words++, FIRST))
		return mt_bad(e, "evaluator", "", "it is of another version of moontap");
	for (; *words; words++) {
		size_t n = strcspn(*words, "="), i = 0;

		while (i < NFIELDS && (strncmp(fields[i].word, *words, n) || fields[i].word[n]))
			i++;
		if (i == NFIELDS || !(*words)[n])
			return mt_bad(e, "evaluator", *words, "it means nothing");
		if (read_field(words, &fields[i], *words + n + 1, &listed[i], p, q))
			return mt_fail(e, ENOMEM, "evaluator", "", NULL);
	}
	return 0;
}
