/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * zygote.c - fork evaluators ahead of their requests, each with the policy's top level run
 *
 * Only root's files are read before the fork: no guest's word ever reaches a process that others
 * are forked from. A policy whose top level asks the host is loaded again in each spare, which sees
 * the host as it is then; so is one whose top level failed for want of the host.
 */
#include "evaluator/zygote.h"
#include "ask/spare.h"
#include "base/descriptors.h"
#include "evaluator/confine.h"
#include "evaluator/evaluation.h"
#include "evaluator/warm.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

struct zygote {
	struct mt_evaluation v;
	struct mt_eval_request asked; /* of a spare */
	int control;
	pid_t pid;
	bool loaded; /* the top level was run, and its lines wait in v.say */
	int failed;  /* it failed: -errno, and why */
	struct mt_err why;
};

/* --- the spare -------------------------------------------------------------------------------- */

/* What the top level's error is, the zygote has found; each request gets it for an answer. */
static int load_warm(struct zygote *z, struct mt_err *e)
{
	if (!z->failed)
		return mt_evaluation_go_on(&z->v, e);
	*e = z->why;
	return z->failed;
}

static void wait_for_reader(int end)
{
	char byte;

	while (read(end, &byte, 1) < 0 && errno == EINTR)
		;
}

static int run_spare(struct zygote *z, int end)
{
	struct mt_evaluation *v = &z->v;
	struct mt_err e = { 0 };
	int err;

	close(z->control);
	mt_warm();
	v->say.fd = end;
	err = mt_evaluation_open_host(v, &e);
	if (!err)
		err = mt_confine_spare(z->pid, v->q->deadline_ms / 1000 + 2, &e);
	if (!err) {
		err = mt_spare_receive(end, &v->pool, &z->asked, &e);
		v->q = &z->asked;
	}
	if (err == -ENODATA)
		return 1;
	if (!err)
		err = z->loaded ? load_warm(z, &e) : mt_evaluation_load(v, &e);
	if (!err)
		err = mt_evaluation_answer(v, &e);
	err = mt_evaluation_end(v, err, &e);
	wait_for_reader(end);
	return err ? 1 : 0;
}

/* --- the zygote ------------------------------------------------------------------------------- */

/* Run the top level. Where it asks for the host, or says more than the buffer holds, the spares
 * do. */
static void load(struct zygote *z)
{
	struct mt_evaluation *v = &z->v;

	mt_evaluation_set_alarm(mt_alarm_ms(v->q->deadline_ms));
	v->host_later = true;
	z->failed = mt_evaluation_load(v, &z->why);
	mt_evaluation_set_alarm(0);
	z->loaded = !v->say.broken && !(v->policy && mt_policy_asked_host(v->policy));
	if (z->loaded)
		return;
	mt_evaluation_unload(v);
	v->host_later = false;
}

/* Return: a descriptor; -ENODATA: there will be none any more; or another -errno. */
static int receive_end(int control)
{
	int fds[MT_DESCRIPTORS_MAX];
	unsigned n;
	char byte;
	ssize_t got = mt_receive_descriptors(control, &byte, sizeof byte, fds, &n);

	if (got <= 0)
		return got ? (int)got : -ENODATA;
	return n == 1 ? fds[0] : -EPROTO;
}

static int serve(struct zygote *z)
{
	for (;;) {
		int end = receive_end(z->control);
		int32_t pid;

		if (end == -EINTR)
			continue;
		if (end < 0)
			return end == -ENODATA ? 0 : 1;
		pid = fork();
		if (!pid)
			return run_spare(z, end);
		if (pid < 0)
			pid = -errno;
		close(end); /* before the answer: the spare alone has it then */
		if (write(z->control, &pid, sizeof pid) != sizeof pid)
			return 1;
	}
}

/* Nobody reads an error of a zygote's: its parent sees that there are no spares. */
int mt_zygote_run(const struct mt_eval_request *q, int control)
{
	struct zygote z = { .v = { .q = q, .say.fd = -1, .files.policy.fd = -1 }, .pid = getpid() };
	struct mt_err e;

	z.v.pool.limit = MT_EVALUATION_MEMORY;
	/* 0 becomes /dev/null */
	z.control = fcntl(control, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	signal(SIGCHLD, SIG_IGN);
	mt_evaluation_catch_signals();
	if (z.control < 0 || mt_evaluation_open_files(&z.v, &e) ||
	    mt_evaluation_open_xml(&z.v, &e) ||
	    mt_evaluation_confine(&z.v, &z.control, 1, mt_confine_zygote, &e))
		return 1;
	load(&z);
	return serve(&z);
}
