/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * relax.h - what a build that counts its lines does otherwise: the evaluator tells its counts, too
 *
 * Included before each source of src/, in that build only. A confined process can open no file, and
 * is killed when it has answered; so here it takes all steps of its confinement but the four that
 * keep it from opening files, ends by exit(), and is given a moment for that. The walls themselves
 * are tried by spec/evaluator/confine_spec.lua, which has its own copy of them, without this.
 *
 * And each allocation in a pool is one of the allocator's: so each can fail (spec/torture/).
 */
#ifndef SPEC_COVERAGE_RELAX_H
#define SPEC_COVERAGE_RELAX_H

#define BLOCK_MIN 1
#define BLOCK_MAX 1

#include "lines.h"

#include <dlfcn.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* The owner of the counts' files, without any capability. */
__attribute__((noreturn, unused)) static void relax_exit(int status)
{
	if (getuid() && !setresuid(-1, 0, -1))
		setitimer(0, &(struct itimerval){ 0 }, NULL);
	exit(status);
}

/* A file of counts needs a descriptor. */
__attribute__((unused)) static int relax_limit(int what, const struct rlimit *l)
{
	return what == RLIMIT_NOFILE && l->rlim_max < 64 ? 0 : setrlimit(what, l);
}

/* Half a second for whoever has answered to write its counts. */
__attribute__((unused)) static int relax_kill(pid_t pid, int signal)
{
	siginfo_t info = { 0 };

	for (int i = 0; i < 100 && signal == SIGKILL && !info.si_pid; i++)
		if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) || info.si_pid ||
		    poll(NULL, 0, 5))
			break;
	return kill(pid, signal);
}

/* What the counts need at the end is no call of the program's: spec/torture/preload.c. */
__attribute__((destructor, unused)) static void relax_end(void)
{
	void (*over)(void) = (void (*)(void))dlsym(RTLD_DEFAULT, "torture_over");

	if (over)
		over();
}

#define _exit(status)		   relax_exit(status)
#define kill(pid, signal)	   relax_kill(pid, signal)
#define setresuid(real, now, kept) setresuid(real, now, (kept)*0)
#define setrlimit(what, limits)	   relax_limit(what, limits)
#define prctl(what, ...)	   ((what) == PR_SET_SECCOMP ? 0 : prctl(what, __VA_ARGS__))
/* By its pidfd: readable when it has ended. */
__attribute__((unused)) static long relax_call(long number, long fd)
{
	if (number == SYS_pidfd_send_signal)
		poll(&(struct pollfd){ .fd = (int)fd, .events = POLLIN }, 1, 500);
	return 0;
}

#define syscall(number, first, ...)             \
	((number) == SYS_landlock_restrict_self \
		 ? 0                            \
		 : (relax_call(number, (long)(first)), syscall(number, first, __VA_ARGS__)))

#endif
