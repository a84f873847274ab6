/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* supervisor.c - fork, wait, and tell systemd */
#include "service/supervisor.h"
#include "base/clock.h"
#include "base/log.h"
#include "service/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define QUICK_MS 1000 /* a worker that lived no longer is not replaced at once */

struct supervisor {
	const struct mt_worker *w;
	const struct mt_callers *c;
	struct mt_log log;
	unsigned n, nworkers; /* the last of them may be of mt_callers_run() */
	struct {
		pid_t pid;     /* 0: none */
		int64_t since; /* when it was started; or, when there is none, may be */
	} workers[MT_WORKERS_MAX + 1];
	int signals, ready[2];
	sigset_t before;
	bool ending;
};

static int run_worker(struct supervisor *s, unsigned i, pid_t parent)
{
	struct mt_worker w = *s->w;

	w.ready = s->ready[1];
	close(s->signals);
	close(s->ready[0]);
	sigprocmask(SIG_SETMASK, &s->before, NULL);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) || getppid() != parent)
		return 1;
	return i < s->nworkers ? mt_worker_run(&w) : mt_callers_run(s->c);
}

static void start_worker(struct supervisor *s, unsigned i)
{
	pid_t self = getpid(), pid = fork();

	if (!pid)
		_exit(run_worker(s, i, self));
	s->workers[i].since = mt_now_ms();
	if (pid > 0)
		s->workers[i].pid = pid;
	else
		mt_log(&s->log, LOG_ERR, "no worker can be started: %s", strerror(errno));
}

/* Return: milliseconds until the next may be started; -1: all run, or none is to. */
static int start_workers(struct supervisor *s)
{
	int64_t now = mt_now_ms(), next = -1;

	for (unsigned i = 0; i < s->n && !s->ending; i++) {
		int64_t left = s->workers[i].since - now;

		if (s->workers[i].pid)
			continue;
		if (left <= 0)
			start_worker(s, i);
		else if (next < 0 || left < next)
			next = left;
	}
	return (int)next;
}

static void collect(struct supervisor *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (unsigned i = 0; i < s->n; i++) {
			bool quick = mt_now_ms() - s->workers[i].since < QUICK_MS;

			if (s->workers[i].pid != pid)
				continue;
			s->workers[i].pid = 0;
			s->workers[i].since = quick ? mt_now_ms() + QUICK_MS : 0;
			if (WIFSIGNALED(status))
				mt_log(&s->log, LOG_ERR, "a worker was ended by signal %d",
				       WTERMSIG(status));
		}
}

static void signal_workers(struct supervisor *s)
{
	for (unsigned i = 0; i < s->n; i++)
		if (s->workers[i].pid)
			kill(s->workers[i].pid, SIGTERM);
}

static void take_signal(struct supervisor *s)
{
	struct signalfd_siginfo info;

	if (read(s->signals, &info, sizeof info) != sizeof info)
		return;
	if (info.ssi_signo == SIGCHLD) {
		collect(s);
		return;
	}
	if (info.ssi_signo != SIGHUP && !s->ending) {
		s->ending = true;
		mt_notify("STOPPING=1");
	}
	signal_workers(s);
}

static bool any(const struct supervisor *s)
{
	for (unsigned i = 0; i < s->n; i++)
		if (s->workers[i].pid)
			return true;
	return false;
}

static int begin(struct supervisor *s)
{
	sigset_t ours;

	sigemptyset(&ours);
	sigaddset(&ours, SIGCHLD);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGHUP);
	sigprocmask(SIG_BLOCK, &ours, &s->before);
	s->signals = signalfd(-1, &ours, SFD_CLOEXEC);
	return s->signals < 0 || pipe2(s->ready, O_CLOEXEC) ? -errno : 0;
}

/* The listener is closed last, by the end of this process: who comes meanwhile waits in its queue,
 * and does the event itself when that is gone. systemd's socket stays, and nothing is lost. */
int mt_supervisor_run(const struct mt_worker *w, unsigned n, const struct mt_callers *c)
{
	struct supervisor s = { .w = w,
				.c = c,
				.log = { w->options.log, w->options.data },
				.n = n + (c->listener >= 0),
				.nworkers = n };
	unsigned watchdog = mt_notify_watchdog_ms();
	bool ready = false;
	char byte;

	if (begin(&s)) {
		mt_log(&s.log, LOG_ERR, "%s", strerror(errno));
		return 1;
	}
	do {
		struct pollfd p[] = { { .fd = s.signals, .events = POLLIN },
				      { .fd = ready ? -1 : s.ready[0], .events = POLLIN } };
		int wait = start_workers(&s);

		if (watchdog && (wait < 0 || wait > (int)watchdog))
			wait = (int)watchdog;
		if (poll(p, 2, wait) < 0 && errno != EINTR)
			return 1;
		if (p[0].revents)
			take_signal(&s);
		if (p[1].revents && read(s.ready[0], &byte, 1) == 1) {
			ready = true;
			mt_notify("READY=1");
			mt_log(&s.log, LOG_INFO, "ready");
		}
		if (watchdog)
			mt_notify("WATCHDOG=1");
	} while (!s.ending || any(&s));
	return 0;
}
