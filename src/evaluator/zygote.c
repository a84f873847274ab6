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
#include "evaluator/confine.h"
#include "evaluator/evaluation.h"
#include "evaluator/user.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
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

static int run_spare(struct zygote *z, int end)
{
	struct mt_evaluation *v = &z->v;
	struct mt_err e = { 0 };
	int err;

	close(z->control);
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
	return mt_evaluation_end(v, err, &e) ? 1 : 0;
}

/* --- the zygote ------------------------------------------------------------------------------- */

static int confine(struct zygote *z, struct mt_err *e)
{
	int keep[MT_FILES_MAX + 2];
	struct mt_user user = mt_evaluator_user_here();
	unsigned n = 0;

	keep[n++] = z->control;
	n += mt_files_descriptors(&z->v.files, keep + n);
	qsort(keep, n, sizeof *keep, mt_descriptor_order);
	return mt_confine_zygote(&(struct mt_confine){ .keep = keep,
						       .keep_n = n,
						       .parent = z->v.q->parent,
						       .uid = user.uid,
						       .gid = user.gid },
				 e);
}

static void set_timer(unsigned ms)
{
	struct itimerval t = { .it_value = { ms / 1000, ms % 1000 * 1000L } };

	setitimer(ITIMER_REAL, &t, NULL);
}

/* Run the top level. Where it asks for the host, or says more than the buffer holds, the spares
 * do. */
static void load(struct zygote *z)
{
	struct mt_evaluation *v = &z->v;

	set_timer(mt_alarm_ms(v->q->deadline_ms));
	v->host_later = true;
	z->failed = mt_evaluation_load(v, &z->why);
	set_timer(0);
	z->loaded = !v->say.broken && !(v->policy && mt_policy_wanted_host(v->policy));
	if (z->loaded)
		return;
	mt_policy_close(v->policy);
	free(v->say.text);
	v->policy = NULL;
	v->say = (struct mt_reply){ 0 };
	v->host_later = false;
}

/* Return: a descriptor; -ENODATA: there will be none any more; or another -errno. */
static int receive_end(int control)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} with;
	char byte;
	struct iovec bytes = { &byte, 1 };
	struct msghdr m = { .msg_iov = &bytes,
			    .msg_iovlen = 1,
			    .msg_control = &with,
			    .msg_controllen = sizeof with };
	ssize_t got = recvmsg(control, &m, MSG_CMSG_CLOEXEC);
	struct cmsghdr *c = got > 0 ? CMSG_FIRSTHDR(&m) : NULL;
	int fd;

	if (got <= 0)
		return got < 0 ? -errno : -ENODATA;
	if (!c || c->cmsg_type != SCM_RIGHTS || c->cmsg_len < CMSG_LEN(sizeof fd))
		return -EPROTO;
	memcpy(&fd, CMSG_DATA(c), sizeof fd);
	return fd;
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
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	mt_evaluation_catch_alarm();
	if (z.control < 0 || mt_evaluation_open_files(&z.v, &e) ||
	    mt_evaluation_open_xml(&z.v, &e) || confine(&z, &e))
		return 1;
	load(&z);
	return serve(&z);
}
