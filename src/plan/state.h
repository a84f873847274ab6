/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * state.h - the state directory: what outlives a run
 *
 *   nic/DEV            the journal of one device, locked by flock on itself
 *   run/DEV            the steps of a run in progress, or of one that was killed
 *   shared/KIND-KEY/   an object that several NICs may need: its journal, and a claim of each
 *   domain/DRIVER-NAME what is remembered of a guest
 *   log/DRIVER-NAME    what became of its last runs
 *   lookup/            links from guests and taps to these: plan/lookup.h
 *   netns/COOKIE/      the same of each other network namespace: plan/namespace.h
 *
 * A reboot ends /run as well as the kernel's network state, so nothing is synced to a disk.
 */
#ifndef MT_PLAN_STATE_H
#define MT_PLAN_STATE_H

#include "base/err.h"
#include "base/pool.h"

#include <stdbool.h>
#include <stdint.h>

struct mt_host;

struct mt_state {
	int dir;	      /* descriptor of this network namespace's folder; -1: there is none */
	uint64_t netns;	      /* cookie of the network namespace that this is about; 0: unknown */
	struct mt_host *host; /* of that namespace; borrowed */
	const char *path;     /* for messages; borrowed */
	bool whole;	      /* mt_state_fill() was done */
	bool unmarked;	      /* its link `namespace` is missing: plan/namespace.h */
};

/**
 * mt_state_open() - open a state directory, in it the folder of one network namespace
 * @s:		its netns and host set
 * @path:	absolute or relative; borrowed
 * @create:	create it and its folders where they are missing
 *
 * The directory must belong to the caller, and nobody else may be able to write it (else -EACCES).
 * Return: 0 (also when it does not exist, without @create), or -errno with @e filled.
 */
int mt_state_open(struct mt_state *s, const char *path, bool create, struct mt_err *e);

/** mt_state_fill() - create the folders that are missing in an open state directory, unless it was
 * done before. Return: 0 or -errno with @e filled. */
int mt_state_fill(struct mt_state *s, struct mt_err *e);
void mt_state_close(struct mt_state *s);

/** mt_state_make_folder() - as mt_state_folder(), below any descriptor. Return: 0 or -errno. */
int mt_state_make_folder(int dir, const char *folder);

/** mt_state_folder() - create a folder; one that is there is fine. Modes do not depend on the
 * umask, here and below. Return: 0 or -errno with @e filled. */
int mt_state_folder(const struct mt_state *s, const char *folder, struct mt_err *e);

/** mt_state_create() - open a file anew and empty, without a lock. Return: 0 or -errno. */
int mt_state_create(const struct mt_state *s, const char *file, int *fd, struct mt_err *e);

/**
 * mt_state_lock() - open a file of the state directory and lock it
 * @file:	"nic/vnet0"; created, empty, when it is not there
 * @fd:		out: the lock is held until it is closed
 *
 * Waits 15 s at the most. The file may be replaced meanwhile: the one that has the name is locked.
 * Return: 0; -EAGAIN: somebody holds it; or another -errno.
 */
int mt_state_lock(const struct mt_state *s, const char *file, int *fd, struct mt_err *e);

/**
 * mt_state_write() - write a file's new content beside the old, and lock it
 * @fd:		out: for mt_state_put(), which replaces the old file, or mt_state_discard()
 *
 * Return: 0 or -errno with @e filled.
 */
int mt_state_write(const struct mt_state *s, const char *file, const char *text, size_t n, int *fd,
		   struct mt_err *e);

/**
 * mt_state_put() - replace a file by what was written beside it
 * @lock:	in: the lock held on the old file, or -1; out: the lock on the new one
 * @fd:		of mt_state_write(), and -1 afterwards; -1: what an earlier process wrote
 *
 * Return: 0 or -errno: then nothing has changed; -ENOENT: there is nothing beside it (no @e).
 */
int mt_state_put(const struct mt_state *s, const char *file, int *lock, int *fd, struct mt_err *e);

/** mt_state_discard() - delete what was written beside a file, and close it; absent is fine */
void mt_state_discard(const struct mt_state *s, const char *file, int *fd);

/** mt_state_replace() - mt_state_write() and mt_state_put(): all or nothing; @lock as there */
int mt_state_replace(const struct mt_state *s, const char *file, const char *text, size_t n,
		     int *lock, struct mt_err *e);

/** mt_state_read() - a file's whole text, NUL-ended, in @p; -ENOENT when it is not there (no @e) */
int mt_state_read(const struct mt_state *s, const char *file, struct mt_pool *p, char **text,
		  struct mt_err *e);

/** mt_state_list() - names in one folder, sorted, in @p; none when it is not there */
int mt_state_list(const struct mt_state *s, const char *folder, struct mt_pool *p, char ***names,
		  size_t *n, struct mt_err *e);

/** mt_state_any() - whether a folder has a name that begins with @prefix and is not @but, without
 * reading all of a large one. Return: 1, 0, or -errno with @e filled. */
int mt_state_any(const struct mt_state *s, const char *folder, const char *prefix, const char *but,
		 struct mt_err *e);

/** mt_state_remove() - unlink a file; absent is fine. Return: 0 or -errno with @e filled. */
int mt_state_remove(const struct mt_state *s, const char *file, struct mt_err *e);

/** mt_state_empty() - truncate a file, and keep its lock, @fd. Return: 0 or -errno, @e filled. */
int mt_state_empty(int fd, const char *file, struct mt_err *e);

/** mt_state_try_lock() - as mt_state_lock(), of a file that is there, without waiting
 * Return: 0; -ENOENT; -EAGAIN: somebody holds it. */
int mt_state_try_lock(const struct mt_state *s, const char *file, int *fd);

/** mt_state_is_locked() - whether somebody holds the lock of a file; false when there is no file */
bool mt_state_is_locked(const struct mt_state *s, const char *file);

/** mt_state_is_empty() - whether a file exists and is empty: then it is, or was, only a lock */
bool mt_state_is_empty(const struct mt_state *s, const char *file);

/** mt_state_modified() - when a file was written last, in seconds since 1970; 0: it is not there */
uint64_t mt_state_modified(const struct mt_state *s, const char *file);

/** mt_state_unlock() - release a lock; an empty file was nothing but the lock, and is deleted */
void mt_state_unlock(const struct mt_state *s, const char *file, int fd);

/** mt_state_path() - "nic/vnet0". Returns @buf. */
const char *mt_state_path(const char *folder, const char *dev, char buf[static 32]);

/** mt_state_file_name() - any text as one file name of at most 200 bytes: / and blanks are escaped,
 * a longer text is cut and ends in a hash of the whole. Returns @buf. */
char *mt_state_file_name(const char *text, char *buf, size_t n);

#endif
