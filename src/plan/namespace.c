/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* namespace.c - finding or creating a namespace's folder, and deleting those that are gone */
#include "plan/namespace.h"
#include "base/text.h"
#include "kernel/host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARK  "namespace"
#define OTHER 48 /* bytes of "netns/COOKIE" */

/* The folders to empty when a namespace is gone. (Its log stays, unless it has a folder of its own,
 * which is deleted as a whole.) */
static const char *const kept[] = { "nic", "run", "shared", "domain", "lookup" };

enum { KEPT = sizeof kept / sizeof *kept };

static const char *folder_of(uint64_t cookie, char buf[static OTHER])
{
	snprintf(buf, OTHER, "netns/%llu", (unsigned long long)cookie);
	return buf;
}

/* --- the mark --------------------------------------------------------------------------------- */

static int read_mark(int dir, struct mt_namespace *n)
{
	unsigned long long cookie, dev, inode;
	char text[sizeof n->path + 64];
	ssize_t len = readlinkat(dir, MARK, text, sizeof text - 1);
	int at = 0;

	*n = (struct mt_namespace){ 0 };
	if (len < 0)
		return -errno;
	text[len] = 0;
	if (sscanf(text, "%llu:%llu:%llu:%n", &cookie, &dev, &inode, &at) != 3 || !at)
		return -EINVAL;
	n->cookie = cookie;
	n->dev = dev;
	n->inode = inode;
	snprintf(n->path, sizeof n->path, "%.*s", (int)sizeof n->path - 1, text + at);
	return 0;
}

static int write_mark(int dir, const struct mt_namespace *n)
{
	char text[sizeof n->path + 64];

	snprintf(text, sizeof text, "%llu:%llu:%llu:%s", (unsigned long long)n->cookie,
		 (unsigned long long)n->dev, (unsigned long long)n->inode, n->path);
	return symlinkat(text, dir, MARK) ? -errno : 0;
}

/* Looks where iproute2 and Docker mount namespaces. */
static void find_path(struct mt_namespace *n)
{
	static const char *const folders[] = { "/run/netns", "/run/docker/netns" };
	struct dirent *file;
	struct stat st;

	for (size_t i = 0; i < sizeof folders / sizeof *folders && !*n->path; i++) {
		DIR *d = opendir(folders[i]);

		while (d && (file = readdir(d)))
			if (!fstatat(dirfd(d), file->d_name, &st, 0) && st.st_dev == n->dev &&
			    st.st_ino == n->inode)
				snprintf(n->path, sizeof n->path, "%s/%.200s", folders[i],
					 file->d_name);
		if (d)
			closedir(d);
	}
}

static struct mt_namespace describe(const struct mt_state *s)
{
	struct mt_namespace n = { .cookie = s->netns };

	mt_host_namespace(s->host, &n.dev, &n.inode);
	if (n.inode)
		find_path(&n);
	return n;
}

/* --- what was written before there were folders ----------------------------------------------- */

/* The cookie in the first line of a journal or of a remembered guest; 0: it has none. */
static uint64_t cookie_in(int dir, const char *file)
{
	char text[4096], *netns;
	int fd = openat(dir, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return 0;
	text[n] = 0;
	text[strcspn(text, "\n")] = 0;
	netns = strstr(text, " netns=");
	return netns ? strtoull(netns + 7, NULL, 10) : 0;
}

static DIR *open_list(int dir, const char *folder)
{
	int fd = openat(dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (fd >= 0 && !d)
		close(fd);
	return d;
}

static struct dirent *next(DIR *d)
{
	struct dirent *i;

	while (d && (i = readdir(d)))
		if (strcmp(i->d_name, ".") && strcmp(i->d_name, ".."))
			return i;
	return NULL;
}

/* A shared object is a folder, whose journal has the cookie. */
static uint64_t cookie_of(int dir, const char *folder, const char *name)
{
	char path[600];

	snprintf(path, sizeof path, "%s/%s%s", folder, name,
		 strcmp(folder, "shared") ? "" : "/journal");
	return cookie_in(dir, path);
}

static uint64_t written_by(int root, uint64_t ours)
{
	uint64_t other = 0;

	for (int i = 0; i < KEPT; i++) {
		DIR *d = open_list(root, kept[i]);

		for (struct dirent *f; other != ours && (f = next(d));) {
			uint64_t cookie = cookie_of(root, kept[i], f->d_name);

			if (cookie && (!other || cookie == ours))
				other = cookie;
		}
		if (d)
			closedir(d);
	}
	return other ? other : ours;
}

/* Moves what belongs to the namespace @cookie from the state directory itself into its folder. */
static void adopt(int root, int dir, uint64_t cookie)
{
	char path[600];

	for (int i = 0; i < KEPT; i++) {
		DIR *d = open_list(root, kept[i]);

		for (struct dirent *f; (f = next(d));) {
			snprintf(path, sizeof path, "%s/%s", kept[i], f->d_name);
			if (cookie_of(root, kept[i], f->d_name) == cookie)
				renameat(root, path, dir, path);
		}
		if (d)
			closedir(d);
	}
}

/* --- whose folder ----------------------------------------------------------------------------- */

/* Whose state directory it is, by its mark; with @create, writes the mark where there is none. */
static int find_home(struct mt_state *s, int root, bool create, struct mt_namespace *home,
		     struct mt_err *e)
{
	int err = read_mark(root, home);

	if (err == -ENOENT) {
		home->cookie = written_by(root, s->netns);
		s->unmarked = !create;
		if (!create)
			return 0;
		if (home->cookie == s->netns)
			*home = describe(s);
		err = write_mark(root, home);
		if (err == -EEXIST) /* another process was faster */
			err = read_mark(root, home);
	}
	return err
		? mt_fail(e, -err, "state", s->path, "its link '%s' cannot be read or made", MARK)
		: 0;
}

static int make_other(struct mt_state *s, int root, struct mt_err *e)
{
	struct mt_namespace n = describe(s);
	struct mt_state in = { .dir = root, .path = s->path };
	char folder[OTHER];
	int err;

	folder_of(s->netns, folder);
	if (mt_state_folder(&in, "netns", e) || mt_state_folder(&in, folder, e))
		return -e->code;
	s->dir = openat(root, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (s->dir < 0)
		return mt_fail(e, errno, "state", folder, NULL);
	if (mt_state_fill(s, e))
		return -e->code;
	err = write_mark(s->dir, &n);
	if (!err)
		adopt(root, s->dir, s->netns);
	return err && err != -EEXIST ? mt_fail(e, -err, "state", folder, NULL) : 0;
}

int mt_namespace_enter(struct mt_state *s, int root, bool create, struct mt_err *e)
{
	struct mt_namespace home;
	char folder[OTHER];
	int err;

	s->dir = -1;
	err = s->netns ? find_home(s, root, create, &home, e) : 0;
	if (!err && (!s->netns || home.cookie == s->netns)) {
		s->dir = root;
		return 0;
	}
	if (!err) {
		folder_of(s->netns, folder);
		s->dir = openat(root, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (s->dir < 0 && errno != ENOENT)
			err = mt_fail(e, errno, "state", folder, NULL);
		else if (s->dir < 0 && create)
			err = make_other(s, root, e);
	}
	close(root);
	return err;
}

/* --- the others ------------------------------------------------------------------------------- */

static int open_root(const struct mt_state *s, int *root, struct mt_err *e)
{
	*root = open(s->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return *root < 0 && errno != ENOENT ? mt_fail(e, errno, "state", s->path, NULL) : 0;
}

/* Two namespaces never have one inode at the same time: one that has ours is gone. Where even the
 * folder of its path is missing, this process may see another file system: not taken for gone. */
static bool is_gone(const struct mt_namespace *n, const struct mt_namespace *ours)
{
	char folder[sizeof n->path], *slash;
	struct stat st;

	if (ours->inode && n->dev == ours->dev && n->inode == ours->inode)
		return true;
	if (!*n->path)
		return false;
	if (!stat(n->path, &st))
		return st.st_dev != n->dev || st.st_ino != n->inode;
	if (errno != ENOENT)
		return false;
	strcpy(folder, n->path);
	slash = strrchr(folder, '/');
	if (!slash)
		return false;
	*slash = 0;
	return !access(folder, F_OK);
}

static size_t count(int dir, const char *folder, const char *but)
{
	DIR *d = open_list(dir, folder);
	char path[600];
	size_t n = 0;

	for (struct dirent *f; (f = next(d));) {
		snprintf(path, sizeof path, "%s/%s", but ? but : "", f->d_name);
		n += *f->d_name != '.' && (!but || faccessat(dir, path, F_OK, 0));
	}
	if (d)
		closedir(d);
	return n;
}

static int add(const struct mt_state *s, int root, const char *folder,
	       const struct mt_namespace *ours, struct mt_pool *p, struct mt_namespace **list,
	       size_t *n, size_t *cap, struct mt_err *e)
{
	int dir = openat(root, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct mt_namespace one;

	if (dir < 0)
		return 0;
	if (read_mark(dir, &one) || one.cookie == s->netns) {
		close(dir);
		return 0;
	}
	one.home = !strcmp(folder, ".");
	one.gone = is_gone(&one, ours);
	one.nics = count(dir, "nic", NULL) + count(dir, "run", "nic");
	one.guests = count(dir, "domain", NULL);
	close(dir);
	if (!one.nics && !one.guests && (one.home || !one.gone))
		return 0; /* nothing is kept of it */
	*list = mt_pool_room(p, *list, *n, cap, sizeof **list);
	if (!*list)
		return mt_fail(e, ENOMEM, "state", s->path, NULL);
	(*list)[(*n)++] = one;
	return 0;
}

int mt_namespace_list(const struct mt_state *s, struct mt_pool *p, struct mt_namespace **list,
		      size_t *n, struct mt_err *e)
{
	struct mt_namespace ours = describe(s);
	size_t cap = 0;
	char folder[300];
	int root, err = open_root(s, &root, e);
	DIR *d;

	*list = NULL;
	*n = 0;
	if (err || root < 0 || !s->netns) {
		if (root >= 0)
			close(root);
		return err;
	}
	err = add(s, root, ".", &ours, p, list, n, &cap, e);
	d = open_list(root, "netns");
	for (struct dirent *f; !err && (f = next(d));) {
		snprintf(folder, sizeof folder, "netns/%s", f->d_name);
		err = add(s, root, folder, &ours, p, list, n, &cap, e);
	}
	if (d)
		closedir(d);
	close(root);
	return err;
}

/* --- dropping --------------------------------------------------------------------------------- */

static int empty(int dir, const char *folder)
{
	DIR *d = open_list(dir, folder);
	int err = 0;

	for (struct dirent *f; !err && (f = next(d));) {
		if (!unlinkat(dirfd(d), f->d_name, 0))
			continue;
		err = errno == EISDIR || errno == EPERM ? empty(dirfd(d), f->d_name) : -errno;
		if (!err && unlinkat(dirfd(d), f->d_name, AT_REMOVEDIR))
			err = -errno;
	}
	if (d)
		closedir(d);
	return err;
}

static bool is_worked_on(int dir)
{
	DIR *d = open_list(dir, "nic");
	bool held = false;

	for (struct dirent *f; !held && (f = next(d));) {
		int fd = openat(dirfd(d), f->d_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

		held = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK;
		if (fd >= 0)
			close(fd);
	}
	if (d)
		closedir(d);
	return held;
}

static int drop(int root, const struct mt_namespace *n, const char *folder)
{
	int dir = openat(root, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), err = 0;

	if (dir < 0)
		return errno == ENOENT ? 0 : -errno;
	if (is_worked_on(dir))
		err = -EAGAIN;
	for (int i = 0; !err && i < KEPT; i++)
		err = empty(dir, kept[i]);
	close(dir);
	if (err || n->home)
		return err;
	err = empty(root, folder);
	return err ? err : unlinkat(root, folder, AT_REMOVEDIR) ? -errno : 0;
}

int mt_namespace_drop(const struct mt_state *s, const struct mt_namespace *n, struct mt_err *e)
{
	char folder[OTHER], name[400];
	int root, err = open_root(s, &root, e);

	if (err || root < 0)
		return err;
	err = drop(root, n, n->home ? "." : folder_of(n->cookie, folder));
	close(root);
	mt_namespace_name(n, name, sizeof name);
	if (err == -EAGAIN)
		return mt_fail(e, EAGAIN, "", "", "%s: another moontap is at work in it", name);
	return err ? mt_fail(e, -err, "state", s->path, NULL) : 0;
}

const char *mt_namespace_name(const struct mt_namespace *n, char *buf, size_t size)
{
	snprintf(buf, size, "network namespace %llu%s%s%s", (unsigned long long)n->cookie,
		 *n->path ? " (" : "", n->path, *n->path ? ")" : "");
	return mt_text_clean(buf);
}
