/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * policy_files.h - the policy's file and the hooks' files: opened early, read when needed
 *
 * A confined evaluator can open nothing, and which hooks a policy uses is not known before it runs.
 * So mt_files_open() opens every file of the hook directories, which costs microseconds, and gets
 * owner and mode by the descriptor. mt_files_read() checks them, of the files that are used.
 */
#ifndef MT_EVALUATOR_POLICY_FILES_H
#define MT_EVALUATOR_POLICY_FILES_H

#include "base/err.h"
#include "base/pool.h"

#include <stdbool.h>
#include <sys/stat.h>

#define MT_FILES_MAX	  256 /* hook files in all */
#define MT_FILE_BYTES_MAX (1u << 20)

struct mt_file {
	struct mt_file *next;
	int fd;		/* -1: it could not be opened */
	int code;	/* errno value of open(2) or fstat(2); 0: none */
	struct stat st; /* taken when it was opened: the filter forbids fstat(2) later */
	const char *path;
	char name[64]; /* of a hook: without folder and .lua */
};

struct mt_files {
	struct mt_file policy;
	struct mt_file *hooks;
	unsigned n;
	bool more;	     /* there are more than MT_FILES_MAX hooks; the rest is not opened */
	struct mt_pool pool; /* of the hooks */
	unsigned runner;     /* uid of the user who runs moontap, before it was dropped */
};

/**
 * mt_files_open() - open the policy and the hook files
 * @optional:	an absent policy is fine: policy.fd is -1
 * @dirs:	NULL-ended; an absent one is fine
 *
 * Return: 0, or -errno blamed on the input.
 */
int mt_files_open(struct mt_files *f, const char *policy, bool optional, const char *const *dirs,
		  struct mt_err *e);

/**
 * mt_files_descriptors() - put the open descriptors into @fds
 * @fds:	room for MT_FILES_MAX + 1
 *
 * Return: how many there are.
 */
unsigned mt_files_descriptors(const struct mt_files *f, int *fds);

/**
 * mt_files_read() - read a file's whole text
 * @text:	out: NUL-ended, kept in @p
 *
 * The file must belong to root or to the user who runs moontap, and be writable by no other.
 *
 * Return: 0 or -errno blamed on the input.
 */
int mt_files_read(const struct mt_files *all, const struct mt_file *f, const char **text, size_t *n,
		  struct mt_pool *p, struct mt_err *e);

/** mt_files_hook() - read a hook's text by its name; @text, @path and Return as mt_files_read() */
int mt_files_hook(const struct mt_files *f, const char *name, const char **text, size_t *n,
		  const char **path, struct mt_pool *p, struct mt_err *e);

/** mt_files_checksum() - 16 hex digits by which texts differ; no protection against forgery */
void mt_files_checksum(const char *text, size_t n, char sum[static 17]);

#endif
