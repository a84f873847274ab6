/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * status_watch.c - status --watch: print the status again whenever something has changed
 *
 * rtnetlink notifies of changes to the network, and inotify of changes to the state directory:
 * journals are written after the network has changed.
 */
#include "cli/status_parts.h"
#include "kernel/watch.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#define CALM_MS 100 /* to wait for further changes before printing */

struct watch {
	struct mt_cli *c;
	struct mt_engine *g;
	mt_status_print print;
	struct pollfd fds[3]; /* network, state directory, output: whether its reader is gone */
	sigset_t old;	      /* signals are unblocked only in ppoll(): none is lost */
	char *shown;
};

static void watch_state(struct watch *w)
{
	static const char *const folders[] = { "nic", "run", "domain" };
	char path[PATH_MAX];
	struct mt_err e;

	if (w->g->state.dir < 0 && (mt_engine_state(w->g, false, &e) || w->g->state.dir < 0))
		return;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		snprintf(path, sizeof path, "/proc/self/fd/%d/%s", w->g->state.dir, folders[i]);
		inotify_add_watch(w->fds[1].fd, path,
				  IN_MOVED_TO | IN_DELETE | IN_CLOSE_WRITE | IN_ONLYDIR);
	}
}

static int start(struct watch *w, struct mt_err *e)
{
	sigset_t ours;

	w->fds[1].fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (w->fds[1].fd < 0)
		return mt_fail(e, errno, "watch", "inotify", NULL);
	if (mt_watch_open(&w->fds[0].fd, e))
		return -e->code;
	w->fds[0].events = w->fds[1].events = POLLIN;
	sigemptyset(&ours);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGHUP);
	sigprocmask(SIG_BLOCK, &ours, &w->old);
	return 0;
}

static int no_memory(const struct watch *w)
{
	struct mt_err e;

	mt_fail(&e, ENOMEM, "watch", "", NULL);
	return mt_cli_error(w->c, NULL, &e);
}

/* On a terminal, replace what was printed before; elsewhere print below it, if it differs. */
static int draw(struct watch *w)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f;
	int status;

	if (isatty(STDOUT_FILENO)) {
		fputs("\033[H\033[2J", stdout);
		return w->print(w->c, w->g, stdout);
	}
	f = open_memstream(&text, &n);
	if (!f)
		return no_memory(w);
	status = w->print(w->c, w->g, f);
	if (fclose(f) || !text) {
		free(text);
		return no_memory(w);
	}
	if (!w->shown || strcmp(w->shown, text))
		printf("%s%s", w->shown && !w->c->json ? "\n" : "", text);
	free(w->shown);
	w->shown = text;
	return status;
}

/* Wait for a change, then CALM_MS more, and drop the notifications that came. Return: false: a
 * signal came, or the output has no reader any more. */
static bool wait_for_change(struct watch *w)
{
	const struct timespec calm = { .tv_nsec = CALM_MS * 1000000L };
	char events[4096];

	if (ppoll(w->fds, 3, NULL, &w->old) < 0)
		return errno == EINTR && !mt_cli_stop;
	if (w->fds[2].revents & POLLERR)
		return false;
	ppoll(NULL, 0, &calm, &w->old);
	mt_watch_drain(w->fds[0].fd);
	while (read(w->fds[1].fd, events, sizeof events) > 0)
		;
	return !mt_cli_stop;
}

/* An unknown guest may start later; any other failure ends the loop. */
int mt_status_watch(struct mt_cli *c, struct mt_engine *g, mt_status_print print)
{
	struct watch w = { .c = c,
			   .g = g,
			   .print = print,
			   .fds = { { .fd = -1 }, { .fd = -1 }, { .fd = STDOUT_FILENO } } };
	struct mt_err e;
	int status = start(&w, &e) ? mt_cli_error(c, NULL, &e) : 0;

	while (!status || status == mt_exit_status(MT_BLAME_INPUT)) {
		watch_state(&w); /* the state directory may not exist yet */
		status = draw(&w);
		if (!mt_output_flush() || !wait_for_change(&w)) {
			status = 0;
			break;
		}
	}
	for (size_t i = 0; i < 2; i++)
		if (w.fds[i].fd >= 0)
			close(w.fds[i].fd);
	free(w.shown);
	return status;
}
