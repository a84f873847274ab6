/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor_read.c - the host's files and folders, below the doctor's root */
#include "cli/doctor/doctor.h"

#include <dirent.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_MAX (256l << 10) /* bytes: the end of a log is enough */

const char *mt_doctor_path(const struct mt_doctor *d, const char *path, char buf[static PATH_MAX])
{
	snprintf(buf, PATH_MAX, "%s%s", d->root, path);
	return buf;
}

bool mt_doctor_is_there(const struct mt_doctor *d, const char *path)
{
	char buf[PATH_MAX];

	return !access(mt_doctor_path(d, path, buf), F_OK);
}

const char *mt_doctor_read(struct mt_doctor *d, const char *path)
{
	static char text[READ_MAX];
	char buf[PATH_MAX];
	FILE *f = fopen(mt_doctor_path(d, path, buf), "re");
	size_t n;

	if (!f)
		return NULL;
	fseek(f, -READ_MAX, SEEK_END); /* fails, harmlessly, on a shorter file, or in /proc */
	n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	return mt_pool_copy(&d->p, text, n);
}

static int by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;
	int order = strcmp(strrchr(*x, '/'), strrchr(*y, '/'));

	return order ? order : strcmp(*x, *y); /* /etc before /run before /usr */
}

const char *const *mt_doctor_files(struct mt_doctor *d, const char *const *folders,
				   const char *pattern)
{
	static const char *const none[] = { NULL };
	enum { MOST = 512 };
	const char **files = mt_pool_alloc(&d->p, (MOST + 1) * sizeof *files);
	size_t n = 0;

	for (; files && *folders; folders++) {
		char path[PATH_MAX], file[512];
		DIR *dir = opendir(mt_doctor_path(d, *folders, path));

		for (struct dirent *i; dir && n < MOST && (i = readdir(dir));) {
			snprintf(file, sizeof file, "%s/%s", *folders, i->d_name);
			if (strcmp(i->d_name, ".") && strcmp(i->d_name, "..") &&
			    !fnmatch(pattern, i->d_name, 0))
				n += (files[n] = mt_pool_copy(&d->p, file, strlen(file))) != NULL;
		}
		if (dir)
			closedir(dir);
	}
	if (!files)
		return none;
	files[n] = NULL;
	qsort(files, n, sizeof *files, by_name);
	return files;
}
