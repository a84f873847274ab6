/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* codec.h - C structs to JSON and back, by their tables */
#ifndef MT_VARLINK_CODEC_H
#define MT_VARLINK_CODEC_H

#include "varlink/varlink_tables.h"

#include <jansson.h>

/** mt_varlink_encode() - an object of a struct's fields
 * @from:	what is NULL, and not optional, is "", or an empty array
 * @exact:	a text must be UTF-8; else it is as mt_json_text() writes it
 *
 * Return: NULL: no memory, or a text is no UTF-8. */
json_t *mt_varlink_encode(const struct mt_varlink_struct *s, const void *from, bool exact);

/**
 * mt_varlink_decode() - fill a struct from an object
 * @j:		NULL: an empty object
 * @strict:	refuse members that the table does not have; else ignore them
 * @to:		out: its strings are in @p
 * @bad:	out: of -EINVAL, the field that is wrong, missing, or too much; in @p
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int mt_varlink_decode(const struct mt_varlink_struct *s, const json_t *j, bool strict,
		      struct mt_pool *p, void *to, const char **bad);

#endif
