/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* supervisor.c - fork, wait, and tell systemd */
#include "service/supervisor.h"
#include "base/clock.h"
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

#define QUICK_MS 1000 /* a child that lived no longer is not replaced at once */

struct supervisor {
	struct mt_log log;
	unsigned n;
	struct {
		const struct mt_child_kind *kind;
		unsigned number; /* among those of its kind */
		pid_t pid;	 /* 0: none */
		int64_t since;	 /* when it was started; or, when there is none, may be */
	} children[MT_CHILDREN_MAX];
	int signals, ready[2];
	sigset_t before;
	bool ending;
};

static int run_child(struct supervisor *s, unsigned i, pid_t parent)
{
	const struct mt_child_kind *kind = s->children[i].kind;

	close(s->signals);
	close(s->ready[0]);
	sigprocmask(SIG_SETMASK, &s->before, NULL);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) || getppid() != parent)
		return 1;
	return kind->run(kind->data, s->children[i].number, s->ready[1]);
}

static void start_child(struct supervisor *s, unsigned i)
{
	pid_t self = getpid(), pid = fork();

	if (!pid)
		_exit(run_child(s, i, self));
	s->children[i].since = mt_now_ms();
	if (pid > 0)
		s->children[i].pid = pid;
	else
		mt_log(&s->log, LOG_ERR, "%s cannot be started: %s", s->children[i].kind->name,
		       strerror(errno));
}

/* Return: milliseconds until the next may be started; -1: all run, or none is to. */
static int start_children(struct supervisor *s)
{
	int64_t now = mt_now_ms(), next = -1;

	for (unsigned i = 0; i < s->n && !s->ending; i++) {
		int64_t left = s->children[i].since - now;

		if (s->children[i].pid)
			continue;
		if (left <= 0)
			start_child(s, i);
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
			bool quick = mt_now_ms() - s->children[i].since < QUICK_MS;

			if (s->children[i].pid != pid)
				continue;
			s->children[i].pid = 0;
			s->children[i].since = quick ? mt_now_ms() + QUICK_MS : 0;
			if (WIFSIGNALED(status))
				mt_log(&s->log, LOG_ERR, "%s was ended by signal %d",
				       s->children[i].kind->name, WTERMSIG(status));
		}
}

static void signal_children(struct supervisor *s)
{
	for (unsigned i = 0; i < s->n; i++)
		if (s->children[i].pid)
			kill(s->children[i].pid, SIGTERM);
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
	signal_children(s);
}

static bool any(const struct supervisor *s)
{
	for (unsigned i = 0; i < s->n; i++)
		if (s->children[i].pid)
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
int mt_supervisor_run(const struct mt_child_kind *kinds, size_t n, const struct mt_log *log)
{
	struct supervisor s = { .log = *log };
	unsigned watchdog = mt_notify_watchdog_ms();
	bool ready = false;
	char byte;

	for (size_t i = 0; i < n; i++)
		for (unsigned j = 0; j < kinds[i].n && s.n < MT_CHILDREN_MAX; j++, s.n++) {
			s.children[s.n].kind = &kinds[i];
			s.children[s.n].number = j;
		}
	if (begin(&s)) {
		mt_log(&s.log, LOG_ERR, "%s", strerror(errno));
		return 1;
	}
	do {
		struct pollfd p[] = { { .fd = s.signals, .events = POLLIN },
				      { .fd = ready ? -1 : s.ready[0], .events = POLLIN } };
		int wait = start_children(&s);

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
