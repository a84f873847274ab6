/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hash.c - FNV-1a */
#include "base/hash.h"

uint64_t mt_hash(uint64_t h, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)bytes[i]) * 1099511628211ull;
	return h;
}
