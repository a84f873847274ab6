/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* evaluate.c - the parent's side: start the child, read its answer, kill it at its deadline */
#include "ask/evaluate.h"
#include "base/bytes.h"
#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * Keep parent and child on one CPU. They take turns: one waits while the other works. On two CPUs
 * each turn would wake an idle CPU, and both would fill their caches. On a host with more CPUs than
 * a cpu_set_t holds nothing is pinned.
 */
static void pin_to_cpu(struct mt_child *c)
{
	cpu_set_t here;
	int cpu = sched_getcpu();

	CPU_ZERO(&here);
	if (cpu < 0 || cpu >= CPU_SETSIZE || sched_getaffinity(0, sizeof c->allowed, &c->allowed))
		return;
	CPU_SET(cpu, &here);
	c->pinned = !sched_setaffinity(0, sizeof here, &here);
}

static void unpin(struct mt_child *c)
{
	if (c->pinned)
		sched_setaffinity(0, sizeof c->allowed, &c->allowed);
	c->pinned = false;
}

int mt_start_fork(const struct mt_eval_request *q,
		  int (*run)(const struct mt_eval_request *q, int out), struct mt_child *c,
		  struct mt_err *e)
{
	struct mt_eval_request asked = *q;
	int ends[2];

	asked.parent = getpid();
	if (pipe2(ends, O_CLOEXEC))
		return mt_fail(e, errno, "evaluator", "pipe", NULL);
	*c = (struct mt_child){ .fd = -1, .out = ends[0] };
	pin_to_cpu(c);
	c->pid = fork();
	if (c->pid < 0) {
		c->pid = 0;
		mt_fail(e, errno, "evaluator", "fork", NULL);
		unpin(c);
		close(ends[0]);
		close(ends[1]);
		return -e->code;
	}
	if (c->pid == 0)
		_exit(run(&asked, ends[1]));
	close(ends[1]);
	return 0;
}

#define GRACE_MS 500

struct text {
	char *at;
	size_t n, cap;
	struct mt_answer_seen seen;
	bool whole;
};

static int more_room(struct text *t, struct mt_err *e)
{
	int err = mt_bytes_room(&t->at, &t->cap, t->n + 2, 65536, MT_ANSWER_MAX);

	if (err == -EFBIG)
		return mt_answer_too_long(e);
	return err ? mt_fail(e, -err, "evaluator", "", NULL) : 0;
}

unsigned mt_alarm_ms(unsigned deadline_ms)
{
	return deadline_ms > 2 * GRACE_MS ? deadline_ms - GRACE_MS : deadline_ms / 2 + 1;
}

/* Read until the line `end`, the end of the pipe, or the deadline. */
static int read_answer(const struct mt_child *c, unsigned deadline_ms, struct text *t,
		       struct mt_err *e)
{
	int64_t end = mt_now_ms() + deadline_ms,
		alarm = end - deadline_ms + mt_alarm_ms(deadline_ms);
	bool told = !c->told_of_time;

	while (!(t->whole = mt_answer_is_whole(t->at, t->n, &t->seen))) {
		struct pollfd p = { .fd = c->out, .events = POLLIN };
		int64_t left = (told ? end : alarm) - mt_now_ms();
		int ready = left > 0 ? poll(&p, 1, (int)left) : 0;
		ssize_t got;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready == 0 && !told) {
			syscall(SYS_pidfd_send_signal, c->fd, SIGALRM, NULL, 0);
			told = true;
			continue;
		}
		if (ready == 0) {
			mt_fail(e, ETIME, "policy", "",
				"it did not stop within its %g s, and was killed",
				deadline_ms / 1000.0);
			e->blame = MT_BLAME_LIMIT;
			return -ETIME;
		}
		if (more_room(t, e))
			return -e->code;
		got = read(c->out, t->at + t->n, t->cap - t->n - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return mt_fail(e, errno, "evaluator", "", NULL);
		if (got == 0)
			break;
		t->n += (size_t)got;
	}
	return 0;
}

/*
 * Kill the child, which has no state to save, and wait for it. The answer is complete, or will not
 * be. Waiting before unpin() is cheaper, since the child needs no other, idle CPU to exit on.
 *
 * A host program may wait for any child, in a signal handler or another thread, and so reap ours:
 * then the pid can be another process's. So there the child is killed and awaited by its pidfd, and
 * ECHILD is no error.
 */
static void end(struct mt_child *c)
{
	bool by_fd = c->fd >= 0;
	siginfo_t info;

	close(c->out);
	if (by_fd)
		syscall(SYS_pidfd_send_signal, c->fd, SIGKILL, NULL, 0);
	else if (c->pid > 0)
		kill(c->pid, SIGKILL);
	if (c->pid > 0)
		while (waitid(by_fd ? P_PIDFD : P_PID, (id_t)(by_fd ? c->fd : c->pid), &info,
			      WEXITED) < 0 &&
		       errno == EINTR)
			;
	if (by_fd)
		close(c->fd);
	unpin(c);
}

int mt_evaluate(const struct mt_eval_request *q, mt_start start, const struct mt_kind *const *kinds,
		struct mt_answer *a, struct mt_err *e)
{
	struct mt_child child = { .fd = -1 };
	struct text t = { 0 };
	struct mt_err why;
	char *kept;
	int err, parsed;

	if (start(q, &child, e))
		return -e->code;
	err = read_answer(&child, q->deadline_ms, &t, e);
	if (child.let_go)
		child.let_go(&child, t.whole);
	else
		end(&child);
	if (!err || err == -ETIME) {
		kept = mt_pool_copy(a->pool, t.at ? t.at : "", t.n);
		parsed = kept ? mt_answer_parse(kinds, kept, t.n, a, &why)
			      : mt_fail(&why, ENOMEM, "evaluator", "", NULL);
		if (!err && parsed)
			*e = why;
		/* what came before the deadline may be enough (`others`); else drop all of it */
		if (err && parsed)
			*a = (struct mt_answer){
				.pool = a->pool, .name = "", .uuid = "", .type = ""
			};
		err = err && parsed ? err : parsed;
	}
	free(t.at);
	return err;
}
