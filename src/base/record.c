/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* record.c - a record's text: "kind name=value ...", one line; parse(print(r)) == r */
#include "base/kind.h"
#include "base/tokens.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ROOM(len, n)	((len) < (n) ? (n) - (len) : 0)
#define AT(buf, len, n) ((len) < (n) ? (buf) + (len) : NULL)

/* No value is the bare word none; a text that is "none" is escaped. */
static size_t print_field(const struct mt_record *r, int i, char *buf, size_t n)
{
	const struct mt_field *f = &r->kind->fields[i];
	char buffer[MT_VALUE_TEXT];
	const char *text = mt_value_print(f, &r->v[i], buffer);
	size_t len = (size_t)snprintf(buf, n, " %s=", f->name);

	if (r->v[i].state == MT_NONE)
		return len + (size_t)snprintf(AT(buf, len, n), ROOM(len, n), "%s", text);
	return len + mt_token_escape(text, AT(buf, len, n), ROOM(len, n));
}

size_t mt_record_print(const struct mt_record *r, int from, char *buf, size_t n)
{
	size_t len = from ? 0 : (size_t)snprintf(buf, n, "%s", r->kind->name);

	if (n)
		buf[len < n ? len : n - 1] = 0;
	for (int i = from; i < r->kind->nfields; i++)
		if (r->v[i].state != MT_UNSET)
			len += print_field(r, i, AT(buf, len, n), ROOM(len, n));
	return len;
}

static int parse_value(const struct mt_field *f, char *s, struct mt_pool *p, struct mt_value *v,
		       struct mt_err *e)
{
	if (!strcmp(s, "none"))
		return mt_value_none(f, v, e);
	if (mt_token_unescape(s))
		return mt_bad(e, "", f->name, "bad escape in '%.64s'", s);
	return mt_value_parse(f, s, p, v, e);
}

static int parse_word(struct mt_record *r, char *word, struct mt_pool *p, struct mt_err *e)
{
	const struct mt_kind *k = r->kind;
	char *eq = strchr(word, '=');
	struct mt_value v = { 0 };
	int i;

	if (!eq)
		return mt_bad(e, k->name, word, "no '='");
	*eq++ = 0;
	i = mt_kind_field(k, word);
	if (i < 0) {
		const char *near = mt_kind_nearest(k, word);

		return mt_bad(e, k->name, word, "unknown field%s%s%s",
			      near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	}
	if (mt_record_has(r, i))
		return mt_bad(e, k->name, word, "given twice");
	if (parse_value(&k->fields[i], eq, p, &v, e)) {
		snprintf(e->op, sizeof e->op, "%s", k->name);
		return -e->code;
	}
	mt_record_put(r, i, v);
	return 0;
}

int mt_record_parse(struct mt_record *r, char **words, size_t n, struct mt_pool *p,
		    struct mt_err *e)
{
	for (size_t i = 0; i < n; i++) {
		int err = parse_word(r, words[i], p, e);

		if (err)
			return err;
	}
	return 0;
}

int mt_record_read(const struct mt_kind *const *kinds, char *line, struct mt_record *r,
		   struct mt_pool *p, struct mt_err *e)
{
	char *words[MT_FIELDS_MAX + 2];
	int n = mt_tokens_split(line, words, MT_FIELDS_MAX + 2);

	*r = (struct mt_record){ .kind = n > 0 ? mt_kind_find(kinds, words[0]) : NULL };
	if (!r->kind)
		return mt_bad(e, "record", n > 0 ? words[0] : "", "unknown kind");
	return mt_record_parse(r, words + 1, (size_t)n - 1, p, e);
}
