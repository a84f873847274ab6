/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* glibc_symbols.c - what a libmnl that was built for glibc uses, and musl has not: only
 * mnl_nlmsg_fprintf() calls these, and nobody calls that */
#include <stdarg.h>
#include <stdio.h>

int __fprintf_chk(FILE *f, int flag, const char *format, ...);
const unsigned short **__ctype_b_loc(void);

int __fprintf_chk(FILE *f, int flag, const char *format, ...)
{
	va_list words;
	int n;

	(void)flag;
	va_start(words, format);
	n = vfprintf(f, format, words);
	va_end(words);
	return n;
}

const unsigned short **__ctype_b_loc(void)
{
	static const unsigned short *none;

	return &none;
}
