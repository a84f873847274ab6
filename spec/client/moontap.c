/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* moontap.c - a stand-in for moontap: prints what it was called with, and copies its input */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	FILE *copy = fopen("fallback", "w");
	const char *env = getenv("FLAVOUR");
	int c;

	for (int i = 0; i < argc; i++)
		printf("%s|", argv[i]);
	printf("%s\n", env ? env : "");
	while (copy && (c = getchar()) != EOF)
		putc(c, copy);
	return copy && !fclose(copy) && !ferror(stdin) ? 42 : 43;
}
