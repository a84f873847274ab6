/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * evaluator.c - one evaluation, in a process without any privilege
 *
 * The order matters. It opens the files and the netlink socket; it drops everything else
 * (evaluator/confine.c); it runs the top level of root's policy; only then it reads the guest's
 * XML, which may be hostile.
 */
#include "evaluator/evaluator.h"
#include "evaluator/confine.h"
#include "evaluator/evaluation.h"
#include "evaluator/user.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>

static void set_timer(unsigned deadline_ms)
{
	unsigned ms = mt_alarm_ms(deadline_ms);
	struct itimerval t = { .it_value = { ms / 1000, ms % 1000 * 1000L } };

	mt_evaluation_catch_alarm();
	signal(SIGPIPE, SIG_IGN);
	setitimer(ITIMER_REAL, &t, NULL);
}

static int confine(struct mt_evaluation *v, struct mt_err *e)
{
	int keep[MT_FILES_MAX + 4];
	struct mt_user user;
	unsigned n = 0;

	keep[n++] = v->say.fd;
	if (v->q->source.fd >= 0)
		keep[n++] = v->q->source.fd;
	if (v->host)
		keep[n++] = mt_host_fd(v->host);
	n += mt_files_descriptors(&v->files, keep + n);
	qsort(keep, n, sizeof *keep, mt_descriptor_order);
	user = mt_evaluator_user_here();
	return mt_confine(&(struct mt_confine){ .keep = keep,
						.keep_n = n,
						.parent = v->q->parent,
						.uid = user.uid,
						.gid = user.gid,
						.cpu_s = v->q->deadline_ms / 1000 + 2 },
			  e);
}

static int open_all(struct mt_evaluation *v, struct mt_err *e)
{
	const struct mt_source *s = &v->q->source;
	bool document = !s->facts && (s->fd >= 0 || s->bytes);

	return mt_evaluation_open_files(v, e) || mt_evaluation_open_host(v, e) ||
			(document && mt_evaluation_open_xml(v, e))
		? -e->code
		: 0;
}

int mt_evaluator_run(const struct mt_eval_request *q, int out)
{
	struct mt_evaluation v = { .q = q, .say.fd = out, .files.policy.fd = -1 };
	struct mt_err e = { 0 };
	int err;

	v.pool.limit = MT_EVALUATION_MEMORY;
	err = open_all(&v, &e);
	set_timer(q->deadline_ms);
	if (!err)
		err = confine(&v, &e);
	if (!err)
		err = mt_evaluation_load(&v, &e);
	if (!err)
		err = mt_evaluation_answer(&v, &e);
	return mt_evaluation_end(&v, err, &e) ? 1 : 0;
}
