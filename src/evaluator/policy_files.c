/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* policy_files.c - open the policy's and the hooks' files, and read them by their descriptors */
#include "evaluator/policy_files.h"
#include "base/hash.h"
#include "base/tokens.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int bad(struct mt_err *e, int code, const char *path, const char *why)
{
	mt_fail(e, code, "policy", path, why ? "%s" : NULL, why);
	e->blame = MT_BLAME_INPUT;
	return -code;
}

static void open_hook(struct mt_files *f, int dir, const char *folder, const char *file)
{
	size_t len = strlen(file), n = len > 4 ? len - 4 : 0;
	struct mt_file *hook;
	char path[512];

	if (!n || n >= sizeof hook->name || strcmp(file + n, ".lua"))
		return;
	for (hook = f->hooks; hook; hook = hook->next)
		if (!strncmp(hook->name, file, n) && !hook->name[n])
			return; /* an earlier directory has it */
	if (f->n == MT_FILES_MAX) {
		f->more = true;
		return;
	}
	snprintf(path, sizeof path, "%s/%s", folder, file);
	hook = mt_pool_alloc(&f->pool, sizeof *hook);
	if (!hook)
		return;
	hook->path = mt_pool_copy(&f->pool, path, strlen(path));
	hook->fd = openat(dir, file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (!hook->path || (hook->fd < 0 && errno == ENOENT))
		return; /* mt_files_hook() reports it as absent */
	if (hook->fd < 0 || fstat(hook->fd, &hook->st))
		hook->code = errno; /* mt_files_read() reports it */
	memcpy(hook->name, file, n);
	hook->next = f->hooks;
	f->hooks = hook;
	f->n++;
}

static void open_folder(struct mt_files *f, const char *folder)
{
	DIR *d = opendir(folder);

	for (struct dirent *i; d && (i = readdir(d));)
		open_hook(f, dirfd(d), folder, i->d_name);
	if (d)
		closedir(d);
}

int mt_files_open(struct mt_files *f, const char *policy, bool optional, const char *const *dirs,
		  struct mt_err *e)
{
	f->runner = geteuid();
	f->policy.path = policy;
	f->policy.fd = open(policy, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (f->policy.fd < 0)
		return errno == ENOENT && optional ? 0 : bad(e, errno, policy, NULL);
	if (fstat(f->policy.fd, &f->policy.st))
		return bad(e, errno, policy, NULL);
	for (; dirs && *dirs; dirs++)
		open_folder(f, *dirs);
	return 0;
}

unsigned mt_files_descriptors(const struct mt_files *f, int *fds)
{
	unsigned n = 0;

	if (f->policy.fd >= 0)
		fds[n++] = f->policy.fd;
	for (const struct mt_file *hook = f->hooks; hook; hook = hook->next)
		if (hook->fd >= 0)
			fds[n++] = hook->fd;
	return n;
}

int mt_files_read(const struct mt_files *all, const struct mt_file *f, const char **text, size_t *n,
		  struct mt_pool *p, struct mt_err *e)
{
	const struct stat *st = &f->st;
	bool foreign, writable;
	char *to;

	if (f->code)
		return bad(e, f->code, f->path, NULL);
	if (!S_ISREG(st->st_mode))
		return bad(e, EINVAL, f->path, "it is no file");
	foreign = st->st_uid != 0 && st->st_uid != all->runner;
	writable = st->st_mode & 022;
	if (foreign || writable)
		return mt_bad(
			e, "policy", f->path,
			"it belongs to uid %u with mode %04o; it must belong to root or to "
			"who runs moontap, and be writable by nobody else: read it, then%s%s%s",
			(unsigned)st->st_uid, (unsigned)st->st_mode & 07777,
			foreign ? " chown root" : "", foreign && writable ? " and" : "",
			writable ? " chmod go-w" : "");
	if (st->st_size > MT_FILE_BYTES_MAX)
		return bad(e, EFBIG, f->path, "it is larger than 1 MiB");
	to = mt_pool_alloc(p, (size_t)st->st_size + 1);
	if (!to)
		return bad(e, ENOMEM, f->path, NULL);
	for (*n = 0; *n < (size_t)st->st_size;) {
		ssize_t got = pread(f->fd, to + *n, (size_t)st->st_size - *n, (off_t)*n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return bad(e, errno, f->path, NULL);
		if (got == 0)
			break;
		*n += (size_t)got;
	}
	*text = to;
	return 0;
}

int mt_files_hook(const struct mt_files *f, const char *name, const char **text, size_t *n,
		  const char **path, struct mt_pool *p, struct mt_err *e)
{
	const char *names[MT_FILES_MAX + 1], *nearest;
	unsigned i = 0;

	for (const struct mt_file *hook = f->hooks; hook; hook = hook->next) {
		names[i++] = hook->name;
		if (strcmp(hook->name, name))
			continue;
		*path = hook->path;
		return mt_files_read(f, hook, text, n, p, e);
	}
	if (f->more)
		return mt_bad(e, "hook", name,
			      "it is none of the %d hooks that were opened, and there are more "
			      "files: no more are opened",
			      MT_FILES_MAX);
	names[i] = NULL;
	nearest = mt_nearest(name, names, sizeof *names);
	return mt_bad(e, "hook", name, "there is no such hook%s%s%s",
		      nearest ? "; did you mean '" : "", nearest ? nearest : "",
		      nearest ? "'?" : "");
}

void mt_files_checksum(const char *text, size_t n, char sum[static 17])
{
	snprintf(sum, 17, "%016llx", (unsigned long long)mt_hash(MT_HASH_START, text, n));
}
