/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* state_open.c - opening the state directory: its owner, and this namespace's folder in it */
#include "plan/namespace.h"
#include "plan/state.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int check_owner(int fd, const char *path, struct mt_err *e)
{
	struct stat st;

	if (fstat(fd, &st))
		return mt_fail(e, errno, "state", path, NULL);
	if (st.st_uid != geteuid() || st.st_mode & 022)
		return mt_fail(e, EACCES, "state", path,
			       "it must belong to uid %u and be writable by nobody else",
			       (unsigned)geteuid());
	return 0;
}

int mt_state_open(struct mt_state *s, const char *path, bool create, struct mt_err *e)
{
	int err = create ? mt_state_make_folder(AT_FDCWD, path) : 0, root;

	s->path = path;
	s->whole = s->unmarked = false;
	if (err)
		return mt_fail(e, -err, "state", path, NULL);
	s->dir = -1;
	root = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (root < 0)
		return errno == ENOENT && !create ? 0 : mt_fail(e, errno, "state", path, NULL);
	err = check_owner(root, path, e);
	if (err)
		close(root);
	else
		err = mt_namespace_enter(s, root, create, e);
	if (!err && create)
		err = mt_state_fill(s, e);
	if (err)
		mt_state_close(s);
	return err;
}
