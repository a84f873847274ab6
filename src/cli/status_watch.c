/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * status_watch.c - status --watch: print the status again whenever something has changed
 *
 * rtnetlink notifies of changes to the network, nftables of changes to its ruleset, and inotify of
 * changes to the state directory: journals are written after the network has changed. To print the
 * status is to ask for queues, of which rtnetlink notifies, too: see kernel/tc_changes.h.
 */
#include "cli/status_parts.h"
#include "kernel/nft_changes.h"
#include "kernel/tc_changes.h"
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

/* NFT: -1: who may not see the ruleset is not told of it. TC: -1: the kernel has no traffic control.
 * OUTPUT: whether its reader is gone. */
enum { NETWORK, STATE, NFT, TC, OUTPUT, NFDS };

struct watch {
	struct mt_cli *c;
	struct mt_engine *g;
	mt_status_print print;
	struct pollfd fds[NFDS];
	struct mt_tc_changes tc;
	sigset_t old; /* signals are unblocked only in ppoll(): none is lost */
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
		inotify_add_watch(w->fds[STATE].fd, path,
				  IN_MOVED_TO | IN_DELETE | IN_CLOSE_WRITE | IN_ONLYDIR);
	}
}

static int start(struct watch *w, struct mt_err *e)
{
	struct mt_err none;
	sigset_t ours;

	w->fds[STATE].fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (w->fds[STATE].fd < 0)
		return mt_fail(e, errno, "watch", "inotify", NULL);
	if (mt_watch_open(&w->fds[NETWORK].fd, e))
		return -e->code;
	mt_nft_changes_open(&w->fds[NFT].fd, &none);
	mt_tc_changes_open(w->g->host, &w->tc, &none);
	w->fds[TC].fd = w->tc.fd;
	for (size_t i = 0; i < OUTPUT; i++)
		w->fds[i].events = POLLIN;
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

static void note_change(void *data, uint32_t ifindex, bool new)
{
	(void)ifindex, (void)new;
	*(bool *)data = true;
}

/* Drop the notifications that came. Return: whether there was a change among them. */
static bool drain(struct watch *w)
{
	bool any = (w->fds[NETWORK].revents | w->fds[STATE].revents | w->fds[NFT].revents) & POLLIN;
	char events[4096];

	mt_watch_drain(w->fds[NETWORK].fd);
	mt_watch_drain(w->fds[NFT].fd);
	any |= mt_tc_changes_read(&w->tc, note_change, &any) != 0;
	while (read(w->fds[STATE].fd, events, sizeof events) > 0)
		;
	return any;
}

/* Wait for a change, and CALM_MS more. Return: false: a signal came, or the output has no reader any
 * more. */
static bool wait_for_change(struct watch *w)
{
	const struct timespec calm = { .tv_nsec = CALM_MS * 1000000L };

	do {
		if (ppoll(w->fds, NFDS, NULL, &w->old) < 0)
			return errno == EINTR && !mt_cli_stop;
		if (w->fds[OUTPUT].revents & POLLERR)
			return false;
		ppoll(NULL, 0, &calm, &w->old);
	} while (!drain(w) && !mt_cli_stop);
	return !mt_cli_stop;
}

/* An unknown guest may start later; any other failure ends the loop. */
int mt_status_watch(struct mt_cli *c, struct mt_engine *g, mt_status_print print)
{
	struct watch w = { .c = c,
			   .g = g,
			   .print = print,
			   .fds = { [NETWORK].fd = -1,
				    [STATE].fd = -1,
				    [NFT].fd = -1,
				    [TC].fd = -1,
				    [OUTPUT].fd = STDOUT_FILENO },
			   .tc.fd = -1 };
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
	mt_tc_changes_close(&w.tc);
	for (size_t i = 0; i < TC; i++)
		if (w.fds[i].fd >= 0)
			close(w.fds[i].fd);
	free(w.shown);
	return status;
}
