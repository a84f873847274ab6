/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lease.c - kind lease: an address of a pool that is a NIC's, also when it is not connected
 *
 * A file POOL/ADDRESS below /var/lib/moontap/lease, with the owner as its text. That it is created
 * exclusively is the lock: of two NICs that want one address, one gets it. Who has it keeps it
 * until `moontap lease --free`.
 */
#include "files/lease.h"
#include "files/plain_file.h"
#include "base/hash.h"
#include "base/right.h"
#include "base/sh.h"
#include "kernel/host.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define POOL_MAX 64

enum { ADDRESS, POOL, OWNER, NFIELDS };

static const struct mt_field fields[NFIELDS] = {
	[ADDRESS] = { "address", MT_IP, .flags = MT_FIELD_CUSTOM,
		      .right = &mt_rights[MT_RIGHT_PREFIX], .doc = "the address" },
	[POOL] = { "pool", MT_TEXT, .flags = MT_FIELD_CUSTOM, .right = &mt_rights[MT_RIGHT_POOL],
		   .doc = "the pool that it is from" },
	[OWNER] = { "owner", MT_TEXT, .flags = MT_FIELD_CUSTOM,
		    .doc = "whose it is: the guest's uuid and the NIC's MAC" },
};

static const char *file_name(const struct mt_record *r, char name[static MT_VALUE_TEXT])
{
	return mt_value_print(&fields[ADDRESS], &r->v[ADDRESS], name);
}

static int fail(struct mt_err *e, int err, const struct mt_record *r)
{
	char subject[96];

	return err == -ENOSYS ? mt_fail(e, ENOSYS, "lease", "", "files cannot be read here")
			      : mt_fail(e, -err, "lease", mt_record_subject(r, subject, 96), NULL);
}

static struct mt_value text(const char *s)
{
	return (struct mt_value){ .state = MT_SET, .text = s };
}

/* --- reading ---------------------------------------------------------------------------------- */

/* The folder of a pool, or of all of them. Return: a descriptor, or -errno. */
static int open_pool(struct mt_host *h, const char *pool)
{
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/%s", mt_host_lasting(h), pool);
	return mt_plain_folder(path);
}

struct listing {
	struct mt_host *h;
	int folder; /* of @pool */
	const char *pool;
	const struct mt_record *filter;
	mt_each each;
	void *data;
	struct mt_err *e;
};

/* What is no address, or has no owner, is no lease of moontap's. */
static int each_lease(void *data, const char *name)
{
	struct listing *l = data;
	struct mt_record r = { .kind = l->filter->kind };
	char owner[MT_PLAIN_FILE_MAX], again[MT_VALUE_TEXT];
	struct mt_err ignored;
	struct mt_value address;

	if (mt_value_parse(&fields[ADDRESS], name, NULL, &address, &ignored))
		return 0;
	mt_record_put(&r, ADDRESS, address);
	if (strcmp(file_name(&r, again), name) || mt_plain_read(l->folder, name, owner))
		return 0;
	owner[strcspn(owner, "\n")] = 0;
	if (!*owner || strlen(owner) > MT_TEXT_MAX)
		return 0;
	mt_record_put(&r, POOL, text(l->pool));
	mt_record_put(&r, OWNER, text(owner));
	return l->each(&r, l->data, l->e);
}

static int each_pool(void *data, const char *pool)
{
	struct listing *l = data;
	char name[MT_VALUE_TEXT];
	int err;

	l->folder = open_pool(l->h, pool);
	if (l->folder < 0)
		return l->folder == -ENOENT || l->folder == -ENOTDIR ? 0 : l->folder;
	l->pool = pool;
	err = mt_record_has(l->filter, ADDRESS) ? each_lease(l, file_name(l->filter, name))
						: mt_plain_list(l->folder, each_lease, l);
	close(l->folder);
	return err;
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct listing l = { .h = h, .filter = filter, .each = each, .data = data, .e = e };
	int all, err;

	e->code = 0;
	if (mt_record_has(filter, POOL)) {
		err = each_pool(&l, filter->v[POOL].text);
	} else {
		all = open_pool(h, "");
		if (all < 0)
			return all == -ENOENT ? 0 : fail(e, all, filter);
		err = mt_plain_list(all, each_pool, &l);
		close(all);
	}
	return err >= 0 ? 0 : e->code ? err : fail(e, err, filter);
}

struct words {
	struct mt_pool *pool;
	const char **at;
	size_t n, cap;
};

/* Return: 0 or -ENOMEM. */
static int append(struct words *w, const char *word)
{
	const char **at = mt_pool_room(w->pool, w->at, w->n, &w->cap, sizeof *at);

	if (!at)
		return -ENOMEM;
	w->at = at;
	w->at[w->n++] = word;
	return 0;
}

static int add_word(const struct mt_record *r, void *data, struct mt_err *e)
{
	struct words *w = data;
	const char *owner = r->v[OWNER].text, *kept;
	char name[MT_VALUE_TEXT], word[POOL_MAX + MT_VALUE_TEXT + 32];
	int n = snprintf(word, sizeof word, "%.*s %s %016llx", POOL_MAX, r->v[POOL].text,
			 file_name(r, name),
			 (unsigned long long)mt_hash(MT_HASH_START, owner, strlen(owner)));

	kept = mt_pool_copy(w->pool, word, (size_t)n);
	return kept && !append(w, kept) ? 0 : mt_fail(e, ENOMEM, "lease", "", NULL);
}

const char *const *mt_lease_words(struct mt_host *h, struct mt_pool *p)
{
	const struct mt_record any = { .kind = &mt_kind_lease };
	struct words w = { .pool = p };
	struct mt_err ignored;

	return list(h, &any, add_word, &w, &ignored) || !w.n || append(&w, NULL) ? NULL : w.at;
}

/* --- changing --------------------------------------------------------------------------------- */

/* Each folder of the path that is missing. The last lease of a pool takes its folder along. */
static int make_pool(struct mt_host *h, const struct mt_record *r)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof path, "%s/%s/", mt_host_lasting(h), r->v[POOL].text);

	if (n >= (int)sizeof path)
		return -ENAMETOOLONG;
	for (char *slash = path + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = 0;
		if (mkdir(path, 0755) && errno != EEXIST)
			return -errno;
	}
	return open_pool(h, r->v[POOL].text);
}

/* Who has the address that was to be added. Return: -EEXIST: the same owner; -EADDRINUSE: another
 * one; or the error that it is read with. */
static int taken(int folder, const struct mt_record *r, struct mt_err *e)
{
	char owner[MT_PLAIN_FILE_MAX], name[MT_VALUE_TEXT], subject[96];
	int err = mt_plain_read(folder, file_name(r, name), owner);

	if (err)
		return fail(e, err, r);
	owner[strcspn(owner, "\n")] = 0;
	mt_record_subject(r, subject, sizeof subject);
	if (!strcmp(owner, r->v[OWNER].text))
		return mt_fail(e, EEXIST, "lease", subject, NULL);
	mt_fail(e, EADDRINUSE, "lease", subject, "%s has it, of the pool %s", owner,
		r->v[POOL].text);
	e->blame = MT_BLAME_TAKEN;
	return -EADDRINUSE;
}

static int add(struct mt_host *h, const struct mt_record *r, struct mt_err *e)
{
	char name[MT_VALUE_TEXT], owner[MT_TEXT_MAX + 2];
	int folder, err, tries = 8;

	snprintf(owner, sizeof owner, "%s\n", r->v[OWNER].text);
	do {
		folder = make_pool(h, r);
		if (folder < 0)
			return fail(e, folder, r);
		err = mt_plain_add(folder, file_name(r, name), owner);
		if (err)
			err = err == -EEXIST ? taken(folder, r, e) : fail(e, err, r);
		close(folder);
	} while (err == -ENOENT && --tries); /* the folder, or the lease, went meanwhile */
	return err;
}

static int delete (struct mt_host *h, const struct mt_record *r, struct mt_err *e)
{
	int folder = open_pool(h, r->v[POOL].text), err;
	char name[MT_VALUE_TEXT], path[PATH_MAX];

	if (folder < 0)
		return fail(e, folder, r);
	err = taken(folder, r, e);
	if (err == -EEXIST)
		err = unlinkat(folder, file_name(r, name), 0) ? fail(e, -errno, r) : 0;
	close(folder);
	snprintf(path, sizeof path, "%s/%s", mt_host_lasting(h), r->v[POOL].text);
	rmdir(path); /* unless there are other leases */
	return err == -EADDRINUSE ? fail(e, -ENOENT, r) : err;
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	return op == MT_ADD ? add(h, r, e) : op == MT_DELETE ? delete (h, r, e) : 0;
}

/* --- at plan time ----------------------------------------------------------------------------- */

static int clash(struct mt_host *h, const struct mt_record *r, struct mt_err *e)
{
	int folder = open_pool(h, r->v[POOL].text), err;

	if (folder < 0)
		return folder == -ENOENT ? 0 : fail(e, folder, r);
	err = taken(folder, r, e);
	close(folder);
	return err == -ENOENT || err == -EEXIST ? 0 : err;
}

static int check(const struct mt_record *r, struct mt_err *e)
{
	const char *pool = r->v[POOL].text, *owner = r->v[OWNER].text;

	for (const char *c = pool; *c; c++)
		if ((!isalnum((unsigned char)*c) && !strchr("-_.", *c)) || *pool == '.' ||
		    c - pool >= POOL_MAX)
			return mt_bad(e, "lease", pool,
				      "'pool': letters, digits, -, _ and . expected");
	for (const char *c = owner; *c; c++)
		if (iscntrl((unsigned char)*c))
			return mt_bad(e, "lease", pool, "'owner': one line expected");
	return 0;
}

static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	char name[MT_VALUE_TEXT], folder[POOL_MAX + 40];
	struct mt_sh s = { buf, n, 0 };

	snprintf(folder, sizeof folder, MT_LASTING "/%.*s", POOL_MAX, r->v[POOL].text);
	if (op == MT_DELETE) {
		mt_sh_say(&s, "rm %s/%s\n", folder, file_name(r, name));
		return (int)s.len;
	}
	mt_sh_say(&s, "mkdir -p %s\n(set -C; echo ", folder);
	mt_sh_value(&s, r, OWNER);
	mt_sh_say(&s, " >%s/%s)\n", folder, file_name(r, name));
	return (int)s.len;
}

const struct mt_kind mt_kind_lease = {
	.name = "lease",
	.doc = "an address of a pool that is a NIC's, also after a reboot",
	.fields = fields,
	.nfields = MT_NFIELDS(fields),
	.nkeys = 3,
	.required = 3,
	.device = MT_NO_DEVICE,
	.phase = MT_PHASE_MAKE,
	.flags = MT_KIND_KEPT,
	.list = list,
	.put = put,
	.check = check,
	.clash = clash,
	.sh = sh,
};
