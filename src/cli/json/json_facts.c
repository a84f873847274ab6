/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json_facts.c - facts as JSON, written as they are walked
 *
 * jansson's tree of a thousand NICs' facts would take longer to build than their XML to parse.
 */
#include "cli/json/json.h"
#include "base/text.h"
#include "domain/facts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t mt_json_flags(const char *text)
{
	bool safe = true;

	for (; *text && safe; text += text[0] == '\n' ? 1 : mt_text_char(text, &safe))
		;
	return MT_JSON_FLAGS | (safe ? 0 : JSON_ENSURE_ASCII);
}

/* Fast for printable ASCII, which most strings are; jansson escapes the others. */
static void put_string(FILE *f, const char *s)
{
	size_t n = 0;
	json_t *j;

	while ((unsigned char)s[n] >= ' ' && (unsigned char)s[n] < 127 && s[n] != '"' &&
	       s[n] != '\\')
		n++;
	if (!s[n]) {
		putc_unlocked('"', f);
		fwrite_unlocked(s, 1, n, f);
		putc_unlocked('"', f);
		return;
	}
	j = mt_json_text(s);
	if (j)
		json_dumpf(j, f, JSON_ENCODE_ANY | mt_json_flags(s));
	json_decref(j);
}

static void put_line(FILE *f, int depth)
{
	putc_unlocked('\n', f);
	for (int i = 0; i < depth; i++)
		fwrite_unlocked("  ", 1, 2, f);
}

static void put_fact(FILE *f, const struct mt_fact *fact, int depth)
{
	const char *ends = fact->type == MT_FACT_OBJECT ? "{}" : "[]";

	switch (fact->type) {
	case MT_FACT_STRING:
		put_string(f, fact->string);
		return;
	case MT_FACT_INTEGER:
		fprintf(f, "%" PRId64, fact->integer);
		return;
	case MT_FACT_BOOLEAN:
		fputs_unlocked(fact->boolean ? "true" : "false", f);
		return;
	case MT_FACT_OBJECT:
	case MT_FACT_ARRAY:
		break;
	}
	putc_unlocked(ends[0], f);
	mt_fact_each (in, fact) {
		put_line(f, depth + 1);
		if (fact->type == MT_FACT_OBJECT) {
			put_string(f, in->name);
			fputs_unlocked(": ", f);
		}
		put_fact(f, in, depth + 1);
		if (in->next)
			putc_unlocked(',', f);
	}
	if (fact->in.n)
		put_line(f, depth);
	putc_unlocked(ends[1], f);
}

bool mt_json_facts(const char *bytes, size_t n, FILE *out)
{
	struct mt_pool p = { 0 };
	struct mt_fact *root;
	struct mt_err e;
	bool all = !mt_fact_parse(bytes, n, &p, &root, &e);

	if (all)
		put_fact(out, root, 0);
	mt_pool_free(&p);
	return all;
}
