/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * policy_files.h - the policy's file and the hooks' files: opened early, read when asked for
 *
 * Nothing can be opened once the evaluator is confined, and what a policy will ask for is not known
 * before it runs. So every file of the hook directories is opened, which costs microseconds; owner
 * and mode, taken on the descriptor, are checked of those that are used.
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
	int fd;		/* -1: it could not be opened, */
	int code;	/* for this reason */
	struct stat st; /* taken on the descriptor: fstat is out of reach later on */
	const char *path;
	char name[64]; /* of a hook: without folder and .lua */
};

struct mt_files {
	struct mt_file policy;
	struct mt_file *hooks;
	unsigned n;
	bool more;	     /* there are more hooks than are opened */
	struct mt_pool pool; /* of the hooks */
	unsigned runner;     /* uid of who runs moontap, before it was given up */
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

/** mt_files_descriptors() - put the open descriptors into @fds. Return: how many. */
unsigned mt_files_descriptors(const struct mt_files *f, int *fds);

/**
 * mt_files_read() - a file's whole text
 * @text:	out: NUL-ended, kept in @p
 *
 * It must belong to root, or to who runs moontap, and be nobody else's to write.
 * Return: 0 or -errno blamed on the input.
 */
int mt_files_read(const struct mt_files *all, const struct mt_file *f, const char **text, size_t *n,
		  struct mt_pool *p, struct mt_err *e);

/** mt_files_hook() - a hook's text by its name */
int mt_files_hook(const struct mt_files *f, const char *name, const char **text, size_t *n,
		  const char **path, struct mt_pool *p, struct mt_err *e);

/** mt_files_checksum() - 16 hex digits that tell one text from another */
void mt_files_checksum(const char *text, size_t n, char sum[static 17]);

#endif
