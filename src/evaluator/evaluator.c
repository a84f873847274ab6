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

static int confine(struct mt_evaluation *v, struct mt_err *e)
{
	int others[3];
	unsigned n = 0;

	others[n++] = v->say.fd;
	if (v->q->source.fd >= 0)
		others[n++] = v->q->source.fd;
	if (v->host)
		others[n++] = mt_host_fd(v->host);
	return mt_evaluation_confine(v, others, n, mt_confine, e);
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
	mt_evaluation_catch_signals();
	mt_evaluation_set_alarm(mt_alarm_ms(q->deadline_ms));
	if (!err)
		err = confine(&v, &e);
	if (!err)
		err = mt_evaluation_load(&v, &e);
	if (!err)
		err = mt_evaluation_answer(&v, &e);
	return mt_evaluation_end(&v, err, &e) ? 1 : 0;
}
