/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * doctor_holder.c - which QEMU has a tap open: proc(5), and "iff:" of a tun descriptor's fdinfo
 *
 * drivers/net/tun.c tun_chr_show_fdinfo(). It prints a name alone. So a QEMU in another network
 * namespace is taken for the holder of a tap of that namespace.
 */
#include "cli/doctor/doctor.h"
#include "engine/qemu.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static DIR *open_folder(const struct mt_doctor *d, const char *path)
{
	char buf[PATH_MAX];

	return opendir(mt_doctor_path(d, path, buf));
}

static bool is_tun(const struct mt_doctor *d, const char *path)
{
	char buf[PATH_MAX], target[64];
	ssize_t n = readlink(mt_doctor_path(d, path, buf), target, sizeof target - 1);

	return n == 12 && !memcmp(target, "/dev/net/tun", 12);
}

/* Whether a process is in this network namespace, as far as can be known. */
static bool is_here(const struct mt_doctor *d, const char *pid)
{
	char path[64], buf[PATH_MAX];
	struct stat own, its;

	snprintf(path, sizeof path, "/proc/%.16s/ns/net", pid);
	return stat("/proc/self/ns/net", &own) || stat(mt_doctor_path(d, path, buf), &its) ||
		(own.st_dev == its.st_dev && own.st_ino == its.st_ino);
}

static bool has_tap(struct mt_doctor *d, const char *pid, const char *dev)
{
	char path[64], line[256];
	DIR *dir;
	bool found = false;

	snprintf(path, sizeof path, "/proc/%.16s/fd", pid);
	dir = open_folder(d, path);
	for (struct dirent *i; dir && !found && (i = readdir(dir));) {
		const char *text;

		snprintf(path, sizeof path, "/proc/%.16s/fd/%.16s", pid, i->d_name);
		if (!is_tun(d, path))
			continue;
		snprintf(path, sizeof path, "/proc/%.16s/fdinfo/%.16s", pid, i->d_name);
		text = mt_doctor_read(d, path);
		mt_doctor_each_line(line, text ? text : "") found |=
			!strncmp(line, "iff:\t", 5) && !strcmp(line + 5, dev);
	}
	if (dir)
		closedir(dir);
	return found;
}

/* All arguments, each ended by a NUL, however long. To be freed; @n: out: bytes. */
static char *command_line(const struct mt_doctor *d, const char *pid, size_t *n)
{
	char path[64], buf[PATH_MAX], *text = NULL;
	size_t cap = 0;
	ssize_t got;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%.16s/cmdline", pid);
	f = fopen(mt_doctor_path(d, path, buf), "re");
	got = f ? getdelim(&text, &cap, EOF, f) : -1;
	if (f)
		fclose(f);
	*n = got > 0 ? (size_t)got : 0;
	return text;
}

/* The guest of a QEMU; "": it has no name; NULL: it is no QEMU. */
static const char *guest_of(struct mt_doctor *d, const char *pid)
{
	char name[256] = "";
	const char *word;
	size_t n;
	char *text = command_line(d, pid, &n);
	bool qemu = n && text[n - 1] == 0 && (strstr(text, "qemu") || strstr(text, "kvm"));

	for (word = text; qemu && word < text + n; word += strlen(word) + 1) {
		const char *next = word + strlen(word) + 1;

		if (next < text + n && (!strcmp(word, "-name") || !strcmp(word, "--name")))
			mt_qemu_option(next, "guest", "guest", name, sizeof name);
	}
	free(text);
	return qemu ? mt_pool_copy(&d->p, name, strlen(name)) : NULL;
}

const char *mt_doctor_holder(struct mt_doctor *d, const char *dev, char pid[static 17])
{
	DIR *proc = open_folder(d, "/proc");
	const char *guest = NULL;

	for (struct dirent *i; proc && !guest && (i = readdir(proc));) {
		if (!isdigit((unsigned char)*i->d_name) || strlen(i->d_name) > 16)
			continue;
		strcpy(pid, i->d_name);
		if (is_here(d, pid) && has_tap(d, pid, dev))
			guest = guest_of(d, pid);
	}
	if (proc)
		closedir(proc);
	return guest;
}
