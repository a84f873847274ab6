/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * spares.c - start a zygote, have it fork, give a request to a spare, replace what is old or dead
 */
#include "service/spares.h"
#include "ask/request.h"
#include "ask/spare.h"
#include "base/clock.h"
#include "base/descriptors.h"
#include "service/policy_version.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define IDLE_MS	    1	  /* before the next spare is asked for: an event may be coming */
#define BACKOFF_MS  1000  /* after a death by a signal: spares share an address layout, */
#define BACKOFF_MAX 60000 /* which must not be tried until it is known */

#define FORK_MS	 20 /* that an event waits for a fork; then it starts an evaluator */
#define USED_MAX 8  /* of one event: for the plan, for whose guest it is, for the record */

#define DIED "an evaluator died"

struct spare {
	int end; /* of its stream, ours */
	int pidfd;
};

static struct {
	struct mt_engine *g;
	mt_start cold; /* how an evaluator is started without a spare */
	unsigned most;
	pid_t zygote;	  /* 0: none */
	int control;	  /* of the zygote */
	bool forks;	  /* the zygote has: its policy is loaded */
	uint64_t version; /* of the files that it opened */
	int asked;	  /* our end of the spare that is being made; -1: none is */
	struct spare ready[MT_SPARES_MAX], used[USED_MAX];
	unsigned n, nused;
	bool whole; /* the last answer of a spare: it had its end */
	int64_t not_before;
	int backoff;
} here;

static void close_spare(struct spare *s)
{
	close(s->end);
	close(s->pidfd);
}

/* It has no state to save. One that was taken over does not end by itself. */
static void end_used(struct spare *s)
{
	syscall(SYS_pidfd_send_signal, s->pidfd, SIGKILL, NULL, 0);
	close_spare(s);
}

static void drop_zygote(void)
{
	while (here.n)
		close_spare(&here.ready[--here.n]);
	if (here.asked >= 0)
		close(here.asked);
	here.asked = -1;
	if (!here.zygote)
		return;
	close(here.control);
	here.forks = false;
	kill(here.zygote, SIGKILL);
	while (waitpid(here.zygote, NULL, 0) < 0 && errno == EINTR)
		;
	here.zygote = 0;
}

/* What should not have happened has. */
static void back_off(const char *what)
{
	drop_zygote();
	here.backoff = !here.backoff		 ? BACKOFF_MS
		: here.backoff * 2 > BACKOFF_MAX ? BACKOFF_MAX
						 : here.backoff * 2;
	here.not_before = mt_now_ms() + here.backoff;
	mt_log(&here.g->o.log, LOG_WARNING, "%s; evaluators are not made ahead for %g s", what,
	       here.backoff / 1000.0);
}

/* --- the zygote ------------------------------------------------------------------------------- */

static int start_zygote(struct mt_err *e)
{
	const struct mt_engine_options *o = &here.g->o;
	struct mt_eval_request q = { .source.fd = -1,
				     .policy = o->policy,
				     .policy_optional = o->policy_optional,
				     .hooks = o->hooks,
				     .deadline_ms = o->deadline_ms,
				     .memory = o->memory,
				     .parent = getpid() };
	struct mt_pool pool = { 0 };
	char **words;
	int ends[2], err;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return mt_fail(e, errno, "zygote", "socketpair", NULL);
	here.version = mt_policy_version(o->policy, o->hooks);
	err = mt_request_to_args(&q, MT_ZYGOTE, &pool, &words, e);
	if (!err)
		err = mt_spawn_evaluator(o->evaluator, words, ends[1], ends[1], &here.zygote, e);
	mt_pool_free(&pool);
	close(ends[1]);
	if (err)
		close(ends[0]);
	here.control = ends[0];
	return err;
}

static void ask(void)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return;
	if (mt_send_descriptors(here.control, "", 1, &ends[1], 1)) {
		close(ends[0]);
		back_off(DIED);
	} else {
		here.asked = ends[0];
	}
	close(ends[1]);
}

static bool is_alive(const struct spare *s)
{
	struct pollfd p = { .fd = s->end, .events = POLLIN };

	return poll(&p, 1, 0) == 0;
}

/* The zygote says a pid; it is that of the only process with the other end, if that still lives
 * when there is a pidfd: until then the pid cannot have become another's. */
static void take(void)
{
	struct spare s = { .end = here.asked };
	int32_t pid;
	ssize_t got = recv(here.control, &pid, sizeof pid, MSG_DONTWAIT);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got != sizeof pid || here.asked < 0) {
		back_off(DIED);
		return;
	}
	here.asked = -1;
	here.forks = true;
	s.pidfd = pid > 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
	if (s.pidfd >= 0 && is_alive(&s)) {
		here.ready[here.n++] = s;
		return;
	}
	close(s.end);
	if (s.pidfd >= 0)
		close(s.pidfd);
	back_off(DIED);
}

int mt_spares_work(void)
{
	char line[700];
	struct mt_err e;
	int64_t now = mt_now_ms();

	mt_spares_rest();
	if (!here.whole) {
		here.whole = true;
		back_off(DIED);
	}
	if (here.zygote && here.asked >= 0)
		take();
	for (unsigned i = 0; i < here.n; i++)
		if (!is_alive(&here.ready[i])) {
			back_off(DIED);
			break;
		}
	if (!here.zygote && now < here.not_before)
		return (int)(here.not_before - now);
	if (!here.zygote && start_zygote(&e))
		back_off(mt_err_line(&e, line, sizeof line));
	if (here.zygote && here.asked < 0 && here.n < here.most)
		ask();
	return here.zygote && here.asked < 0 && here.n < here.most ? IDLE_MS : -1;
}

int mt_spares_fd(void)
{
	return here.zygote ? here.control : -1;
}

unsigned mt_spares_ready(void)
{
	return here.n;
}

/* --- evaluations ------------------------------------------------------------------------------ */

/* A spare has the policy and the module that reads XML, and no schema. When one has died, none of
 * the others is used. */
static bool fits(const struct mt_eval_request *q)
{
	return (here.n || here.forks) && here.whole && q->policy && !q->schema && q->source.fd < 0;
}

/* Its exit takes a third of what it took to answer, and the event need not wait for that. */
static void let_go(const struct mt_child *c, bool whole)
{
	struct spare s = { .end = c->out, .pidfd = c->fd };

	here.whole = whole;
	if (whole && here.nused < USED_MAX)
		here.used[here.nused++] = s;
	else
		end_used(&s);
}

void mt_spares_rest(void)
{
	while (here.nused)
		end_used(&here.used[--here.nused]);
}

/* A fork takes less than an evaluator that is started, so one that never rests keeps up with more. */
static void make_one(void)
{
	struct pollfd p = { .fd = here.control, .events = POLLIN };

	if (here.asked < 0)
		ask();
	if (here.zygote && poll(&p, 1, FORK_MS) > 0)
		take();
}

static int start_spare(const struct mt_eval_request *q, struct mt_child *c, struct mt_err *e)
{
	struct spare s;

	if ((here.zygote || here.n) &&
	    mt_policy_version(here.g->o.policy, here.g->o.hooks) != here.version)
		drop_zygote();
	if (!fits(q))
		return here.cold(q, c, e);
	if (!here.n)
		make_one();
	if (!here.n)
		return here.cold(q, c, e);
	s = here.ready[--here.n];
	if (mt_spare_send(s.end, q, e)) {
		close_spare(&s);
		here.whole = false;
		return here.cold(q, c, e);
	}
	*c = (struct mt_child){
		.fd = s.pidfd, .out = s.end, .told_of_time = true, .let_go = let_go
	};
	return 0;
}

void mt_spares_begin(struct mt_engine *g, unsigned most)
{
	here.g = g;
	here.cold = g->o.start;
	here.most = most;
	here.asked = -1;
	here.whole = true;
	g->o.start = start_spare;
}

/* --- for a child ------------------------------------------------------------------------------ */

void mt_spares_leave(unsigned n)
{
	while (n--)
		close_spare(&here.ready[--here.n]);
}

void mt_spares_inherit(struct mt_engine *g, unsigned n)
{
	unsigned others = here.n - n;

	for (unsigned i = 0; i < others; i++)
		close_spare(&here.ready[i]);
	memmove(here.ready, here.ready + others, n * sizeof *here.ready);
	if (here.asked >= 0)
		close(here.asked);
	here.asked = -1;
	if (here.zygote)
		close(here.control);
	here.zygote = 0; /* the parent's, and not to be killed */
	here.forks = false;
	while (here.nused)
		close_spare(&here.used[--here.nused]);
	here.n = n;
	here.whole = true;
	here.g = g;
	here.cold = g->o.start;
	g->o.start = start_spare;
}

bool mt_spares_failed(void)
{
	return !here.whole;
}

void mt_spares_back_off(void)
{
	here.whole = false;
}

void mt_spares_end(void)
{
	mt_spares_rest();
	drop_zygote();
	here.g->o.start = here.cold;
}
