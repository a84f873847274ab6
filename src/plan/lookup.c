/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lookup.c - links to journals and to remembered guests, by guest and by tap */
#include "plan/lookup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COMPLETE "lookup/complete"

enum { FOLDER = 256, PATH = 512 };

static const struct {
	const char *folder, *files; /* of the links, and of what they name */
} kinds[] = {
	[MT_LOOKUP_GUEST] = { "lookup/guest", "nic" },
	[MT_LOOKUP_TAP] = { "lookup/tap", "domain" },
};

static char *folder_of(enum mt_lookup by, const char *key, char buf[static FOLDER])
{
	snprintf(buf, FOLDER, "%s/%s", kinds[by].folder, key);
	return buf;
}

static int make_folders(const struct mt_state *s, enum mt_lookup by, const char *folder,
			struct mt_err *e)
{
	int err = mt_state_folder(s, folder, e);

	if (err == -ENOENT && !mt_state_folder(s, "lookup", e) &&
	    !mt_state_folder(s, kinds[by].folder, e))
		err = mt_state_folder(s, folder, e);
	if (!err) /* a process may have been killed before it set the mode */
		fchmodat(s->dir, folder, 0700, 0);
	return err;
}

int mt_lookup_add(const struct mt_state *s, enum mt_lookup by, const char *key, const char *entry,
		  struct mt_err *e)
{
	char folder[FOLDER], link[PATH], file[PATH];

	snprintf(link, sizeof link, "%s/%s", folder_of(by, key, folder), entry);
	snprintf(file, sizeof file, "../../../%s/%s", kinds[by].files, entry);
	for (int tries = 0; symlinkat(file, s->dir, link); tries++) {
		int code = errno;

		if (code == EEXIST)
			return 0;
		/* another process may have removed the folder with its last entry just now */
		if ((code != ENOENT && code != EACCES) || tries > 100)
			return mt_fail(e, code, "state", link, NULL);
		if (make_folders(s, by, folder, e) && e->code != ENOENT)
			return -e->code;
	}
	return 0;
}

int mt_lookup_drop(const struct mt_state *s, enum mt_lookup by, const char *key, const char *entry,
		   struct mt_err *e)
{
	char folder[FOLDER], link[PATH];

	snprintf(link, sizeof link, "%s/%s", folder_of(by, key, folder), entry);
	if (mt_state_remove(s, link, e))
		return -e->code;
	if (s->dir >= 0)
		unlinkat(s->dir, folder, AT_REMOVEDIR); /* fails unless it was the last one */
	return 0;
}

bool mt_lookup_is_complete(const struct mt_state *s)
{
	struct stat st;

	return s->dir >= 0 && !fstatat(s->dir, COMPLETE, &st, AT_SYMLINK_NOFOLLOW);
}

int mt_lookup_complete(const struct mt_state *s, struct mt_err *e)
{
	if (mt_state_folder(s, "lookup", e))
		return -e->code;
	return symlinkat("yes", s->dir, COMPLETE) && errno != EEXIST
		? mt_fail(e, errno, "state", COMPLETE, NULL)
		: 0;
}

int mt_lookup_find(const struct mt_state *s, enum mt_lookup by, const char *key, struct mt_pool *p,
		   char ***names, size_t *n, struct mt_err *e)
{
	char folder[FOLDER];

	*n = 0;
	if (!mt_lookup_is_complete(s))
		return -ENOENT;
	return mt_state_list(s, folder_of(by, key, folder), p, names, n, e);
}

/* --- mending ---------------------------------------------------------------------------------- */

static bool is_there(const struct mt_state *s, const char *folder, const char *name)
{
	char file[PATH];
	struct stat st;

	snprintf(file, sizeof file, "%s/%s", folder, name);
	return !fstatat(s->dir, file, &st, AT_SYMLINK_NOFOLLOW);
}

/* Whether a link names a file; of a run that was killed before its commit, perhaps only in run/. */
static bool is_named(const struct mt_state *s, enum mt_lookup by, const char *entry)
{
	return is_there(s, kinds[by].files, entry) ||
		(by == MT_LOOKUP_GUEST && is_there(s, "run", entry));
}

/* Under the lock of the missing file, so that no other process is about to write it. */
static int drop_if_gone(const struct mt_state *s, enum mt_lookup by, const char *key,
			const char *entry, struct mt_err *e)
{
	char file[PATH];
	int lock, err = 0;

	if (is_named(s, by, entry))
		return 0;
	snprintf(file, sizeof file, "%s/%s", kinds[by].files, entry);
	if (mt_state_lock(s, file, &lock, e))
		return -e->code;
	if (lseek(lock, 0, SEEK_END) == 0 && !(by == MT_LOOKUP_GUEST && is_there(s, "run", entry)))
		err = mt_lookup_drop(s, by, key, entry, e);
	mt_state_unlock(s, file, lock);
	return err;
}

static int mend_key(const struct mt_state *s, enum mt_lookup by, const char *key, struct mt_pool *p,
		    struct mt_err *e)
{
	char folder[FOLDER], **entries;
	size_t n;
	int err = mt_state_list(s, folder_of(by, key, folder), p, &entries, &n, e);

	for (size_t i = 0; !err && i < n; i++)
		err = drop_if_gone(s, by, key, entries[i], e);
	if (!err && !n) /* created for a link, and the process was killed */
		unlinkat(s->dir, folder, AT_REMOVEDIR);
	return err;
}

int mt_lookup_mend(const struct mt_state *s, struct mt_err *e)
{
	int err = 0;

	for (enum mt_lookup by = MT_LOOKUP_GUEST; !err && by <= MT_LOOKUP_TAP; by++) {
		struct mt_pool p = { 0 };
		char **keys;
		size_t n;

		err = mt_state_list(s, kinds[by].folder, &p, &keys, &n, e);
		for (size_t i = 0; !err && i < n; i++)
			err = mend_key(s, by, keys[i], &p, e);
		mt_pool_free(&p);
	}
	return err;
}

/* --- journals --------------------------------------------------------------------------------- */

char *mt_lookup_guest(const char *driver, const char *name, char buf[static 240])
{
	char both[1024];

	snprintf(both, sizeof both, "%s-%s", driver, name);
	return mt_state_file_name(both, buf, 240);
}

char *mt_lookup_guest_of(const struct mt_record *header, char buf[static 240])
{
	return mt_lookup_guest(mt_header_text(header, MT_HEADER_DRIVER),
			       mt_header_text(header, MT_HEADER_DOMAIN), buf);
}

static bool has_link(const struct mt_record *header)
{
	return header->kind && *mt_header_text(header, MT_HEADER_DOMAIN);
}

int mt_lookup_add_nic(const struct mt_state *s, const struct mt_record *header, struct mt_err *e)
{
	char key[240];

	return has_link(header) ? mt_lookup_add(s, MT_LOOKUP_GUEST, mt_lookup_guest_of(header, key),
						header->v[MT_HEADER_DEV].name, e)
				: 0;
}

int mt_lookup_drop_nic(const struct mt_state *s, const struct mt_record *header, struct mt_err *e)
{
	char key[240];

	return has_link(header)
		? mt_lookup_drop(s, MT_LOOKUP_GUEST, mt_lookup_guest_of(header, key),
				 header->v[MT_HEADER_DEV].name, e)
		: 0;
}

int mt_lookup_settle_nic(const struct mt_state *s, const struct mt_record *header, int lock,
			 struct mt_err *e)
{
	if (lseek(lock, 0, SEEK_END) || !has_link(header) ||
	    is_there(s, "run", header->v[MT_HEADER_DEV].name))
		return 0;
	return mt_lookup_drop_nic(s, header, e);
}
