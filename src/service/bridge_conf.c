/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bridge_conf.c - read the lines of /etc/qemu/bridge.conf */
#include "service/bridge_conf.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define DEEP 8 /* files that include each other */

static bool denies(const char *path, const char *bridge, int deep);

static bool line_denies(const char *line, const char *bridge, int deep)
{
	char word[16], value[PATH_MAX];
	int n = sscanf(line, " %15s %4095s", word, value);

	if (n < 1 || *word == '#' || !strcmp(word, "allow"))
		return false;
	if (n == 2 && !strcmp(word, "deny"))
		return !strcmp(value, "all") || !strcmp(value, bridge);
	if (n == 2 && !strcmp(word, "include"))
		return denies(value, bridge, deep + 1);
	return true;
}

static bool denies(const char *path, const char *bridge, int deep)
{
	char line[PATH_MAX + 32];
	bool denied = false;
	FILE *f;

	if (deep == DEEP)
		return true;
	f = fopen(path, "re");
	if (!f)
		return errno != ENOENT || deep;
	while (!denied && fgets(line, sizeof line, f))
		denied = line_denies(line, bridge, deep);
	denied |= ferror(f);
	fclose(f);
	return denied;
}

bool mt_bridge_conf_denies(const char *path, const char *bridge)
{
	return denies(path, bridge, 0);
}
