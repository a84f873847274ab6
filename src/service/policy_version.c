/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* policy_version.c - stat(2) of the policy, the folders of hooks and each hook, as one number */
#include "service/policy_version.h"
#include "base/hash.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

static uint64_t add(uint64_t h, const struct stat *st)
{
	const uint64_t is[] = { st->st_dev,
				st->st_ino,
				(uint64_t)st->st_size,
				st->st_mode,
				st->st_uid,
				(uint64_t)st->st_mtim.tv_sec,
				(uint64_t)st->st_mtim.tv_nsec,
				(uint64_t)st->st_ctim.tv_sec,
				(uint64_t)st->st_ctim.tv_nsec };

	return mt_hash(h, (const char *)is, sizeof is);
}

/* In whatever order readdir(3) has them: the sum of their hashes. */
static uint64_t of_folder(const char *path)
{
	DIR *d = opendir(path);
	uint64_t sum = 0;
	struct stat st;

	if (!d)
		return 1;
	for (struct dirent *i; (i = readdir(d));)
		if (*i->d_name != '.' && !fstatat(dirfd(d), i->d_name, &st, 0))
			sum += add(mt_hash(MT_HASH_START, i->d_name, strlen(i->d_name)), &st);
	if (!fstat(dirfd(d), &st))
		sum = add(mt_hash(MT_HASH_START, (const char *)&sum, sizeof sum), &st);
	closedir(d);
	return sum;
}

uint64_t mt_policy_version(const char *policy, const char *const *hooks)
{
	uint64_t h = MT_HASH_START, folder;
	struct stat st;

	h = stat(policy, &st) ? mt_hash(h, "absent", 6) : add(h, &st);
	for (; hooks && *hooks; hooks++) {
		folder = of_folder(*hooks);
		h = mt_hash(h, (const char *)&folder, sizeof folder);
	}
	return h;
}
