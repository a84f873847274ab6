/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* signals.c - SIGTERM, SIGINT and SIGHUP are taken only where a process waits */
#include "service/signals.h"

#include <stddef.h>

static volatile sig_atomic_t ending;

static void end(int signal)
{
	ending |= signal != SIGCHLD;
}

void mt_signals_block(sigset_t *waiting)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD };
	struct sigaction act = { .sa_handler = end };
	sigset_t block;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&block);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		sigaction(signals[i], &act, NULL);
		sigaddset(&block, signals[i]);
	}
	sigprocmask(SIG_BLOCK, &block, waiting);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		sigdelset(waiting, signals[i]);
}

/* Where there is always something to read, ppoll(2) delivers no signal. */
bool mt_signals_ending(void)
{
	sigset_t pending;

	sigpending(&pending);
	return ending || sigismember(&pending, SIGTERM) || sigismember(&pending, SIGINT) ||
		sigismember(&pending, SIGHUP);
}
