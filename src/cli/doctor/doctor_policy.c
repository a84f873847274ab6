/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor_policy.c - checks of the policy, its hooks, and the users of doctor and the evaluator */
#include "cli/doctor/doctor.h"
#include "evaluator/policy_files.h"
#include "evaluator/user.h"

#include <errno.h>
#include <unistd.h>

void mt_check_privilege(struct mt_doctor *d)
{
	if (!mt_can_change_network())
		mt_doctor_found(d, NULL, "doctor runs without CAP_NET_ADMIN, as uid %u",
				(unsigned)geteuid());
}

/* A user namespace may not map the evaluator's uid. */
void mt_check_evaluator_user(struct mt_doctor *d)
{
	struct mt_user user = mt_evaluator_user_here();
	char map[4096];
	FILE *f = fopen("/proc/self/uid_map", "re");
	size_t n = f ? fread(map, 1, sizeof map - 1, f) : 0;

	map[n] = 0;
	if (f)
		fclose(f);
	if (n && !mt_evaluator_user_is_mapped(map, user.uid))
		mt_doctor_found(d, NULL,
				"the evaluator runs as uid 65534: this user namespace has no uid "
				"%u",
				(unsigned)user.uid);
}

void mt_check_policy_missing(struct mt_doctor *d)
{
	if (access(d->g.o.policy, F_OK) && errno == ENOENT)
		mt_doctor_found(d, NULL, "there is no %s", d->g.o.policy);
}

/* Whether the evaluator would read the file: only root may be able to write it. */
static bool is_usable(struct mt_doctor *d, const struct mt_files *all, const struct mt_file *f,
		      struct mt_err *e)
{
	const char *text;
	size_t n;

	return f->fd < 0 || !mt_files_read(all, f, &text, &n, &d->p, e);
}

static void open_files(struct mt_doctor *d, struct mt_files *all, struct mt_err *e)
{
	*all = (struct mt_files){ .policy.fd = -1 };
	*e = (struct mt_err){ 0 };
	mt_files_open(all, d->g.o.policy, true, d->g.o.hooks, e);
}

static void close_files(struct mt_files *all)
{
	int fds[MT_FILES_MAX + 1];

	for (unsigned n = mt_files_descriptors(all, fds); n--;)
		close(fds[n]);
	mt_pool_free(&all->pool);
}

static void say(struct mt_doctor *d, const char *file, const struct mt_err *e)
{
	char line[sizeof *e];

	mt_doctor_found(d, file, "%s", mt_err_line(e, line, sizeof line));
}

void mt_check_policy_file(struct mt_doctor *d)
{
	struct mt_files all;
	struct mt_err e;

	open_files(d, &all, &e);
	if (e.code || !is_usable(d, &all, &all.policy, &e))
		say(d, d->g.o.policy, &e);
	for (const struct mt_file *hook = all.hooks; hook; hook = hook->next)
		if (!is_usable(d, &all, hook, &e))
			say(d, hook->path, &e);
	close_files(&all);
}

void mt_check_policy_connects(struct mt_doctor *d)
{
	if (d->policy.lacks && !d->policy.lacks_meant)
		mt_doctor_found(d, d->g.o.policy, "%s: %s", d->g.o.policy, d->policy.lacks);
}

void mt_check_policy_loads(struct mt_doctor *d)
{
	struct mt_files all;
	struct mt_err e;

	open_files(d, &all, &e);
	if (d->policy_error.code && !e.code && is_usable(d, &all, &all.policy, &e))
		say(d, d->g.o.policy, &d->policy_error);
	close_files(&all);
}
