/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* state.c - files under the state directory, and their locks */
#include "plan/state.h"
#include "base/hash.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/tokens.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define LOCK_WAIT_MS 15000 /* longer than a whole event of another may take: its deadline is 10 s */
#define FILE_MAX     (65u << 20) /* a remembered guest has all facts of an answer: 64 MiB at most */

static const char *const folders[] = { "nic", "run", "shared", "domain", "log", "lookup" };

/* Sets the mode in spite of the umask: moontap has no CAP_DAC_OVERRIDE to do without its bits. */
int mt_state_make_folder(int dir, const char *folder)
{
	if (mkdirat(dir, folder, 0700))
		return errno == EEXIST ? 0 : -errno;
	return fchmodat(dir, folder, 0700, 0) ? -errno : 0;
}

/* A process may have been killed between the creation of a file and the setting of its mode. */
static void mend_modes(int dir, const char *file)
{
	char folder[320];
	const char *slash = strrchr(file, '/');

	if (slash && snprintf(folder, sizeof folder, "%.*s", (int)(slash - file), file) > 0)
		(void)!fchmodat(dir, folder, 0700, 0);
	(void)!fchmodat(dir, file, 0600, 0);
}

static int open_file(int dir, const char *file, int how)
{
	int fd;

	how |= O_CLOEXEC | O_NOFOLLOW;
	fd = openat(dir, file, how, 0600);
	if (fd < 0 && errno == EACCES) {
		mend_modes(dir, file);
		fd = openat(dir, file, how, 0600);
	}
	if (fd >= 0 && how & O_CREAT && fchmod(fd, 0600)) {
		int err = errno;

		close(fd);
		errno = err;
		return -1;
	}
	return fd;
}

int mt_state_create(const struct mt_state *s, const char *file, int *fd, struct mt_err *e)
{
	*fd = open_file(s->dir, file, O_RDWR | O_CREAT | O_TRUNC | O_APPEND);
	return *fd < 0 ? mt_fail(e, errno, "state", file, NULL) : 0;
}

int mt_state_folder(const struct mt_state *s, const char *folder, struct mt_err *e)
{
	int err = mt_state_make_folder(s->dir, folder);

	return err ? mt_fail(e, -err, "state", folder, NULL) : 0;
}

int mt_state_fill(struct mt_state *s, struct mt_err *e)
{
	for (size_t i = 0; !s->whole && i < sizeof folders / sizeof *folders; i++)
		if (mt_state_folder(s, folders[i], e))
			return -e->code;
	s->whole = true;
	return 0;
}

void mt_state_close(struct mt_state *s)
{
	if (s->dir >= 0)
		close(s->dir);
	s->dir = -1;
}

/* flock(2) has no time-out, and a library must not install a signal handler to interrupt it. */
static int wait_for_lock(int fd)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	int64_t end = mt_now_ms() + LOCK_WAIT_MS;

	while (flock(fd, LOCK_EX | LOCK_NB)) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		if (mt_now_ms() > end)
			return -EAGAIN;
		nanosleep(&pause, NULL);
	}
	return 0;
}

static bool is_current(int dir, const char *file, int fd)
{
	struct stat held, named;

	return !fstat(fd, &held) && !fstatat(dir, file, &named, AT_SYMLINK_NOFOLLOW) &&
		held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

int mt_state_lock(const struct mt_state *s, const char *file, int *fd, struct mt_err *e)
{
	int err;

	*fd = -1;
	if (s->dir < 0)
		return mt_fail(e, ENOENT, "state", s->path, NULL);
	for (;;) {
		*fd = open_file(s->dir, file, O_RDWR | O_CREAT | O_APPEND);
		if (*fd < 0)
			return mt_fail(e, errno, "lock", file, NULL);
		err = wait_for_lock(*fd);
		if (!err && is_current(s->dir, file, *fd))
			return 0;
		close(*fd);
		*fd = -1;
		if (err == -EAGAIN)
			return mt_fail(e, EAGAIN, "lock", file,
				       "another moontap has been at work on it for %d s",
				       LOCK_WAIT_MS / 1000);
		if (err)
			return mt_fail(e, -err, "lock", file, NULL);
	}
}

/* The name of a file that is being written, longer than any device's. */
static const char *making(const char *file, char buf[static 320])
{
	const char *slash = strrchr(file, '/');

	snprintf(buf, 320, "%.*s.moontap-is-making-%s", slash ? (int)(slash - file) + 1 : 0, file,
		 slash ? slash + 1 : file);
	return buf;
}

void mt_state_discard(const struct mt_state *s, const char *file, int *fd)
{
	char beside[320];

	if (s->dir >= 0)
		unlinkat(s->dir, making(file, beside), 0);
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int mt_state_write(const struct mt_state *s, const char *file, const char *text, size_t n, int *fd,
		   struct mt_err *e)
{
	char beside[320];
	int err = 0;

	*fd = open_file(s->dir, making(file, beside), O_RDWR | O_CREAT | O_TRUNC | O_APPEND);
	if (*fd < 0)
		return mt_fail(e, errno, "state", file, NULL);
	if (flock(*fd, LOCK_EX | LOCK_NB))
		err = -errno;
	if (!err)
		err = mt_write_all(*fd, text, n);
	if (!err)
		return 0;
	mt_state_discard(s, file, fd);
	return mt_fail(e, -err, "state", file, NULL);
}

int mt_state_put(const struct mt_state *s, const char *file, int *lock, int *fd, struct mt_err *e)
{
	char beside[320];
	int new = *fd;

	making(file, beside);
	if (new < 0)
		new = open_file(s->dir, beside, O_RDWR | O_APPEND);
	if (new < 0 && errno == ENOENT)
		return -ENOENT;
	if (new < 0 || (*fd < 0 && flock(new, LOCK_EX | LOCK_NB)) ||
	    renameat(s->dir, beside, s->dir, file)) {
		mt_fail(e, errno, "state", file, NULL);
		if (new >= 0 && new != *fd)
			close(new);
		return -e->code;
	}
	if (*lock >= 0)
		close(*lock);
	*lock = new;
	*fd = -1;
	return 0;
}

int mt_state_replace(const struct mt_state *s, const char *file, const char *text, size_t n,
		     int *lock, struct mt_err *e)
{
	int fd = -1;

	if (mt_state_write(s, file, text, n, &fd, e))
		return -e->code;
	if (!mt_state_put(s, file, lock, &fd, e))
		return 0;
	mt_state_discard(s, file, &fd);
	return -e->code;
}

int mt_state_read(const struct mt_state *s, const char *file, struct mt_pool *p, char **text,
		  struct mt_err *e)
{
	struct stat st;
	int fd, err = 0;
	size_t n = 0;

	*text = NULL;
	fd = s->dir < 0 ? -1 : open_file(s->dir, file, O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		return s->dir < 0 || errno == ENOENT ? -ENOENT
						     : mt_fail(e, errno, "state", file, NULL);
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX)
		err = mt_fail(e, EINVAL, "state", file, "it is no file of moontap's");
	else if (!(*text = mt_pool_alloc(p, (size_t)st.st_size + 1)))
		err = mt_fail(e, ENOMEM, "state", file, NULL);
	while (!err && n < (size_t)st.st_size) {
		ssize_t got = read(fd, *text + n, (size_t)st.st_size - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	close(fd);
	return err;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* @d: out: NULL: there is no such folder. One that cannot be read is an error. */
static int open_folder(const struct mt_state *s, const char *folder, DIR **d, struct mt_err *e)
{
	int fd = s->dir < 0 ? -1 : openat(s->dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), err;

	*d = NULL;
	if (fd < 0)
		return s->dir < 0 || errno == ENOENT ? 0 : mt_fail(e, errno, "state", folder, NULL);
	*d = fdopendir(fd);
	if (*d)
		return 0;
	err = errno;
	close(fd);
	return mt_fail(e, err, "state", folder, NULL);
}

int mt_state_list(const struct mt_state *s, const char *folder, struct mt_pool *p, char ***names,
		  size_t *n, struct mt_err *e)
{
	DIR *d;
	size_t cap = 0;
	int err = open_folder(s, folder, &d, e);

	*names = NULL;
	*n = 0;
	for (struct dirent *i; d && !err && (i = readdir(d));) {
		if (!strncmp(i->d_name, ".moontap-is-making-", 19) || !strcmp(i->d_name, ".") ||
		    !strcmp(i->d_name, ".."))
			continue;
		*names = mt_pool_room(p, *names, *n, &cap, sizeof **names);
		if (!*names || !((*names)[*n] = mt_pool_copy(p, i->d_name, strlen(i->d_name))))
			err = mt_fail(e, ENOMEM, "state", folder, NULL);
		else
			++*n;
	}
	if (d)
		closedir(d);
	if (!err && *names)
		qsort(*names, *n, sizeof **names, by_name);
	return err;
}

/* By getdents64(2) with a small buffer: readdir(3) would read a thousand names at once. Where
 * a file's size has 64 bits, its struct is readdir(3)'s. */
int mt_state_any(const struct mt_state *s, const char *folder, const char *prefix, const char *but,
		 struct mt_err *e)
{
	alignas(struct dirent) char names[1024];
	int fd = s->dir < 0 ? -1 : openat(s->dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ssize_t n = 0;
	bool any = false;

	if (fd < 0)
		return s->dir < 0 || errno == ENOENT ? 0 : mt_fail(e, errno, "state", folder, NULL);
	while (!any && (n = syscall(SYS_getdents64, fd, names, sizeof names)) > 0)
		for (ssize_t at = 0; at < n;) {
			const struct dirent *i = (const void *)(names + at);

			any |= !strncmp(i->d_name, prefix, strlen(prefix)) &&
				strcmp(i->d_name, but);
			at += i->d_reclen;
		}
	if (n < 0)
		mt_fail(e, errno, "state", folder, NULL);
	close(fd);
	return n < 0 ? -e->code : any;
}

int mt_state_remove(const struct mt_state *s, const char *file, struct mt_err *e)
{
	if (s->dir < 0 || !unlinkat(s->dir, file, 0) || errno == ENOENT)
		return 0;
	return mt_fail(e, errno, "state", file, NULL);
}

int mt_state_empty(int fd, const char *file, struct mt_err *e)
{
	return ftruncate(fd, 0) ? mt_fail(e, errno, "state", file, NULL) : 0;
}

int mt_state_try_lock(const struct mt_state *s, const char *file, int *fd)
{
	*fd = s->dir < 0 ? -1 : open_file(s->dir, file, O_RDWR | O_APPEND);
	if (*fd < 0)
		return -ENOENT;
	if (!flock(*fd, LOCK_EX | LOCK_NB) && is_current(s->dir, file, *fd))
		return 0;
	close(*fd);
	*fd = -1;
	return -EAGAIN;
}

bool mt_state_is_locked(const struct mt_state *s, const char *file)
{
	int fd = s->dir < 0 ? -1
			    : openat(s->dir, file, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	bool locked = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;

	if (fd >= 0)
		close(fd);
	return locked;
}

bool mt_state_is_empty(const struct mt_state *s, const char *file)
{
	struct stat st;

	return s->dir >= 0 && !fstatat(s->dir, file, &st, AT_SYMLINK_NOFOLLOW) && !st.st_size;
}

uint64_t mt_state_modified(const struct mt_state *s, const char *file)
{
	struct stat st;

	return s->dir < 0 || fstatat(s->dir, file, &st, AT_SYMLINK_NOFOLLOW)
		? 0
		: (uint64_t)st.st_mtim.tv_sec;
}

void mt_state_unlock(const struct mt_state *s, const char *file, int fd)
{
	struct mt_err ignored;

	if (lseek(fd, 0, SEEK_END) == 0)
		mt_state_remove(s, file, &ignored);
	close(fd);
}

const char *mt_state_path(const char *folder, const char *dev, char buf[static 32])
{
	snprintf(buf, 32, "%s/%s", folder, dev);
	return buf;
}

char *mt_state_file_name(const char *text, char *buf, size_t n)
{
	uint64_t sum = mt_hash(MT_HASH_START, text, strlen(text));
	size_t len = 0, most = n < 200 ? n - 1 : 200;

	for (const char *c = text; *c; c++) {
		bool plain = (unsigned char)*c > ' ' && *c != '/' && *c != '%' && *c != 127 &&
			!(*c == '.' && c == text);

		if (len + 3 > most - 17) {
			len += (size_t)snprintf(buf + len, n - len, "-%016llx",
						(unsigned long long)sum);
			break;
		}
		if (plain)
			buf[len++] = *c;
		else
			len += (size_t)snprintf(buf + len, 4, "%%%02x", (unsigned char)*c);
	}
	buf[len] = 0;
	return buf;
}
