/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plain_file.c - reading, writing and listing small files without following links */
#include "files/plain_file.h"
#include "base/bytes.h"
#include "base/libc.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

bool mt_plain_path(const char *path)
{
	for (const char *at = path, *part; *at == '/'; at = part + strcspn(part, "/")) {
		part = at + 1;
		if (!*part || *part == '/' || (*part == '.' && strchr("/", part[1])) ||
		    (!strncmp(part, "..", 2) && strchr("/", part[2])))
			return false;
	}
	for (const char *c = path; *c; c++)
		if (isspace((unsigned char)*c) || iscntrl((unsigned char)*c))
			return false;
	return *path == '/';
}

int mt_plain_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int read_text(int fd, char text[static MT_PLAIN_FILE_MAX])
{
	size_t n = 0;
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	for (ssize_t got = 1; got > 0 && n < MT_PLAIN_FILE_MAX;) {
		got = read(fd, text + n, MT_PLAIN_FILE_MAX - n);
		if (got < 0)
			return -errno;
		n += (size_t)got;
	}
	if (n == MT_PLAIN_FILE_MAX || memchr(text, 0, n))
		return -EINVAL;
	text[n] = 0;
	return 0;
}

int mt_plain_read(int folder, const char *name, char text[static MT_PLAIN_FILE_MAX])
{
	/* a fifo must not block */
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), err;

	*text = 0;
	if (fd < 0)
		return errno == ELOOP ? -EINVAL : -errno;
	err = read_text(fd, text);
	close(fd);
	return err;
}

/* Where the file system has no files without a name: a killed process leaves one that begins with a
 * dot, which the next one replaces. */
static int add_beside(int folder, const char *name, const char *text)
{
	const int how = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	char beside[320];
	int fd, err;

	snprintf(beside, sizeof beside, ".moontap-%.255s", name);
	unlinkat(folder, beside, 0);
	fd = openat(folder, beside, how, 0644);
	if (fd < 0)
		return -errno;
	err = fchmod(fd, 0644) ? -errno : mt_write_all(fd, text, strlen(text));
	close(fd);
	if (!err && syscall(SYS_renameat2, folder, beside, folder, name, RENAME_NOREPLACE))
		err = -errno;
	if (err)
		unlinkat(folder, beside, 0);
	return err;
}

/* A file without a name gets one at the end; a process that is killed leaves nothing. */
int mt_plain_add(int folder, const char *name, const char *text)
{
	int fd = openat(folder, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0644), err;
	char path[32];

	if (fd < 0) /* EISDIR: the kernel knows none; EOPNOTSUPP: the file system */
		return errno == EISDIR || errno == EOPNOTSUPP ? add_beside(folder, name, text)
							      : -errno;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	err = fchmod(fd, 0644) ? -errno : mt_write_all(fd, text, strlen(text));
	if (!err && linkat(AT_FDCWD, path, folder, name, AT_SYMLINK_FOLLOW))
		err = -errno;
	close(fd);
	return err;
}

/* By one write(2): what was longer is filled up with empty lines, and then cut. */
int mt_plain_rewrite(int folder, const char *name, const char *text)
{
	int fd = openat(folder, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), err = 0;
	size_t n = strlen(text), whole = n;
	char bytes[MT_PLAIN_FILE_MAX];
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > MT_PLAIN_FILE_MAX ||
	    n > MT_PLAIN_FILE_MAX) {
		close(fd);
		return -EINVAL;
	}
	if ((size_t)st.st_size > whole)
		whole = (size_t)st.st_size;
	memset(bytes, '\n', sizeof bytes);
	memcpy(bytes, text, n);
	if (write(fd, bytes, whole) != (ssize_t)whole)
		err = errno ? -errno : -EIO;
	else if (ftruncate(fd, (off_t)n))
		err = -errno;
	close(fd);
	return err;
}

int mt_plain_list(int folder, int (*each)(void *data, const char *name), void *data)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (!d) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return err;
	}
	for (struct dirent *i; !err && (i = readdir(d));)
		if (*i->d_name != '.')
			err = each(data, i->d_name);
	closedir(d);
	return err;
}
