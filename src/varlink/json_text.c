/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* json_text.c - texts that may be no UTF-8, as JSON */
#include "varlink/json_text.h"

#define TEXT_MAX 4096

json_t *mt_json_text(const char *s)
{
	json_t *j = json_string(s);
	char copy[TEXT_MAX];
	size_t n = 0;

	if (j)
		return j;
	for (; *s && n < sizeof copy - 1; s++)
		copy[n++] = (unsigned char)*s < 128 ? *s : '?';
	copy[n] = 0;
	return json_string(copy);
}
