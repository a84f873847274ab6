/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* seeded.c - main() for a fuzzer of spec/fuzz: it takes each file that is named, once */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void take(const char *path)
{
	FILE *f = fopen(path, "rb");
	long n = f && !fseek(f, 0, SEEK_END) ? ftell(f) : -1;
	uint8_t *data = n < 0 ? NULL : malloc((size_t)n + 1);

	if (!data || fseek(f, 0, SEEK_SET) || fread(data, 1, (size_t)n, f) != (size_t)n) {
		perror(path);
		exit(1);
	}
	fclose(f);
	LLVMFuzzerTestOneInput(data, (size_t)n);
	free(data);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		take(argv[i]);
	return 0;
}
