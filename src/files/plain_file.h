/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plain_file.h - small files in folders that somebody else may write: no link is followed, and no
 * file is replaced that was not read before
 *
 * Only for the kinds that are made of files. Nothing here works in the confined evaluator, which
 * may not open files: there each call fails with -ENOSYS.
 */
#ifndef MT_FILES_PLAIN_FILE_H
#define MT_FILES_PLAIN_FILE_H

#include <stdbool.h>
#include <stddef.h>

#define MT_PLAIN_FILE_MAX 1024 /* bytes of a file, its NUL included */

/** mt_plain_path() - whether a path is absolute and plain: no blanks, no "//", no component . or .. ,
 * no / at its end. So a pattern of the policy's that fits it means what it says. */
bool mt_plain_path(const char *path);

/** mt_plain_folder() - open a folder that is no link. Return: a descriptor, or -errno. */
int mt_plain_folder(const char *path);

/** mt_plain_read() - read a file of a folder
 * @text:	out: its text, NUL-ended
 *
 * Return: 0; -EINVAL: it is no regular file, too long, or has a NUL; or another -errno. */
int mt_plain_read(int folder, const char *name, char text[static MT_PLAIN_FILE_MAX]);

/** mt_plain_write() - write a file beside its place, and rename it
 * @replace:	whether a file of that name may be there
 *
 * Return: 0; -EEXIST: one is there; or another -errno. */
int mt_plain_write(int folder, const char *name, const char *text, bool replace);

/** mt_plain_add() - the same for a file that several processes may add at once: one succeeds. No
 * watcher of the folder is told of it as of a rename. Return: 0; -EEXIST; or another -errno. */
int mt_plain_add(int folder, const char *name, const char *text);

/** mt_plain_list() - the names in a folder that do not begin with a dot, until @each says no
 * @folder:	stays open
 *
 * Return: what @each returned last, or -errno. */
int mt_plain_list(int folder, int (*each)(void *data, const char *name), void *data);

#endif
