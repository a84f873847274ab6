/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* encode.c - C structs to JSON, by their tables */
#include "varlink/codec.h"
#include "varlink/json_text.h"

#include <stdlib.h>

static json_t *list(const struct mt_varlink_field *f, const void *const *at)
{
	json_t *j = json_array();

	for (; at && *at; at++)
		json_array_append_new(j,
				      f->type == MT_VARLINK_STRUCTS
					      ? mt_varlink_encode(f->of, *at, false)
					      : f->type == MT_VARLINK_TEXTS
					      ? mt_json_text(*at)
					      : json_integer(strtoll(*at, NULL, 10)));
	return j;
}

static json_t *value(const struct mt_varlink_field *f, const void *member, bool exact)
{
	const void *pointer = f->type == MT_VARLINK_UINT || f->type == MT_VARLINK_UINT64 ||
			f->type == MT_VARLINK_BOOL
		? member
		: *(const void *const *)member;

	if (!pointer && f->optional)
		return json_null();
	switch (f->type) {
	case MT_VARLINK_TEXT:
		return exact ? json_string(pointer) : mt_json_text(pointer ? pointer : "");
	case MT_VARLINK_UINT:
		return json_integer(*(const unsigned *)member);
	case MT_VARLINK_UINT64:
		return json_integer((json_int_t) * (const uint64_t *)member);
	case MT_VARLINK_BOOL:
		return json_boolean(*(const int *)member);
	case MT_VARLINK_TEXTS:
	case MT_VARLINK_NUMBERS:
	case MT_VARLINK_STRUCTS:
		return list(f, pointer);
	}
	return NULL;
}

json_t *mt_varlink_encode(const struct mt_varlink_struct *s, const void *from, bool exact)
{
	json_t *j = json_object();

	for (const struct mt_varlink_field *f = s->fields; f && f->name; f++)
		if (json_object_set_new(j, f->name, value(f, (const char *)from + f->at, exact))) {
			json_decref(j);
			return NULL;
		}
	return j;
}
