/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* decode.c - JSON to C structs, by their tables */
#include "varlink/codec.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

struct decoding {
	struct mt_pool *p;
	bool strict;
	const char **bad;
};

static int structure(struct decoding *d, const struct mt_varlink_struct *s, const json_t *j,
		     void *to);

static const char *text(struct decoding *d, const json_t *j)
{
	return mt_pool_copy(d->p, json_string_value(j), json_string_length(j));
}

static const char *number(struct decoding *d, const json_t *j)
{
	char word[24];

	return mt_pool_copy(d->p, word,
			    (size_t)snprintf(word, sizeof word, "%" JSON_INTEGER_FORMAT,
					     json_integer_value(j)));
}

/* Return: 0; -EINVAL: it is of another type. */
static int item(struct decoding *d, const struct mt_varlink_field *f, const json_t *j,
		const void **to)
{
	void *room;

	switch (f->type) {
	case MT_VARLINK_TEXTS:
		*to = json_is_string(j) ? text(d, j) : NULL;
		return !json_is_string(j) ? -EINVAL : *to ? 0 : -ENOMEM;
	case MT_VARLINK_NUMBERS:
		*to = json_is_integer(j) ? number(d, j) : NULL;
		return !json_is_integer(j) ? -EINVAL : *to ? 0 : -ENOMEM;
	default:
		*to = room = mt_pool_alloc(d->p, f->of->size);
		return room ? structure(d, f->of, j, room) : -ENOMEM;
	}
}

static int list(struct decoding *d, const struct mt_varlink_field *f, const json_t *j,
		const void *const **to)
{
	const void **all;
	int err = 0;

	if (!json_is_array(j))
		return -EINVAL;
	all = mt_pool_alloc(d->p, (json_array_size(j) + 1) * sizeof *all);
	for (size_t i = 0; all && !err && i < json_array_size(j); i++)
		err = item(d, f, json_array_get(j, i), &all[i]);
	*to = all;
	return all ? err : -ENOMEM;
}

static int value(struct decoding *d, const struct mt_varlink_field *f, const json_t *j, void *to)
{
	json_int_t n = json_integer_value(j);

	switch (f->type) {
	case MT_VARLINK_TEXT:
		*(const char **)to = json_is_string(j) ? text(d, j) : NULL;
		return !json_is_string(j) ? -EINVAL : *(const char **)to ? 0 : -ENOMEM;
	case MT_VARLINK_UINT:
		*(unsigned *)to = (unsigned)n;
		return json_is_integer(j) && n >= 0 && n <= UINT_MAX ? 0 : -EINVAL;
	case MT_VARLINK_UINT64:
		*(uint64_t *)to = (uint64_t)n;
		return json_is_integer(j) && n >= 0 ? 0 : -EINVAL;
	case MT_VARLINK_BOOL:
		*(int *)to = json_is_true(j);
		return json_is_boolean(j) ? 0 : -EINVAL;
	case MT_VARLINK_TEXTS:
	case MT_VARLINK_NUMBERS:
	case MT_VARLINK_STRUCTS:
		return list(d, f, j, to);
	}
	return -EINVAL;
}

static bool has_field(const struct mt_varlink_struct *s, const char *name)
{
	for (const struct mt_varlink_field *f = s->fields; f && f->name; f++)
		if (!strcmp(f->name, name))
			return true;
	return false;
}

static int bad(struct decoding *d, const char *name)
{
	if (!*d->bad)
		*d->bad = mt_pool_copy(d->p, name, strlen(name));
	return *d->bad ? -EINVAL : -ENOMEM;
}

static int structure(struct decoding *d, const struct mt_varlink_struct *s, const json_t *j,
		     void *to)
{
	const char *name;
	json_t *ignored;

	if (j && !json_is_object(j))
		return -EINVAL;
	json_object_foreach((json_t *)j, name,
			    ignored) if (d->strict && !has_field(s, name)) return bad(d, name);
	for (const struct mt_varlink_field *f = s->fields; f && f->name; f++) {
		const json_t *member = json_object_get(j, f->name);
		int err;

		if (f->optional && (!member || json_is_null(member)))
			continue;
		err = value(d, f, member, (char *)to + f->at);
		if (err)
			return err == -EINVAL ? bad(d, f->name) : err;
	}
	return 0;
}

int mt_varlink_decode(const struct mt_varlink_struct *s, const json_t *j, bool strict,
		      struct mt_pool *p, void *to, const char **wrong)
{
	struct decoding d = { p, strict, wrong };

	*wrong = NULL;
	memset(to, 0, s->size);
	return structure(&d, s, j, to);
}
