/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* value.c - any text as a value of each type: what is accepted must come back from its text */
#include "base/value.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const struct mt_enum_name colours[] = { { "red", 1 }, { "green", 7 }, { NULL, 0 } };

/* seed.lua has a text for each, in this order. */
static const struct mt_field fields[] = {
	{ "name", MT_NAME },
	{ "link", MT_LINK },
	{ "text", MT_TEXT },
	{ "number", MT_UINT, 2, .min = 68 },
	{ "bool", MT_BOOL, 1 },
	{ "mac", MT_MAC, 6 },
	{ "ip", MT_IP },
	{ "prefix", MT_PREFIX },
	{ "colour", MT_ENUM, 1, .enum_names = colours },
	{ "user", MT_USER, 4 },
	{ "group", MT_GROUP, 4 },
	{ "ports", MT_RANGE, 2, .min = 1 },
	{ "vids", MT_VIDS },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct mt_field *f = n ? &fields[*data % (sizeof fields / sizeof *fields)] : fields;
	struct mt_pool pool = { .limit = 1ul << 20 };
	char *text = mt_pool_copy(&pool, n ? (const char *)data + 1 : "", n ? n - 1 : 0);
	char one[MT_VALUE_TEXT], two[MT_VALUE_TEXT];
	struct mt_value v, again;
	struct mt_err e = { 0 };
	const char *printed;

	if (mt_value_parse(f, text, &pool, &v, &e)) {
		if (!e.code || !*e.text || v.state != MT_UNSET)
			abort();
	} else {
		printed = mt_value_print(f, &v, one);
		if (mt_value_parse(f, printed, NULL, &again, &e) ||
		    !mt_value_equal(f, &v, &again) ||
		    strcmp(mt_value_print(f, &again, two), printed))
			abort();
	}
	mt_pool_free(&pool);
	return 0;
}
