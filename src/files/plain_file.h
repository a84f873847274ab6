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

/** mt_plain_add() - add a file, whole or not at all; of several processes that do so one succeeds
 *
 * A watcher of the folder is not told of it as of a file that is written: mt_plain_rewrite() does.
 * Return: 0; -EEXIST: one of that name is there; or another -errno. */
int mt_plain_add(int folder, const char *name, const char *text);

/** mt_plain_rewrite() - give a file that is there another text, at once; a process that is killed
 * may leave empty lines at its end. Return: 0; -EINVAL: it is no regular file; or another -errno. */
int mt_plain_rewrite(int folder, const char *name, const char *text);

/** mt_plain_list() - the names in a folder that do not begin with a dot, until @each says no
 * @folder:	stays open
 *
 * Return: what @each returned last, or -errno. */
int mt_plain_list(int folder, int (*each)(void *data, const char *name), void *data);

#endif
