/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * host_watch.c - rtnetlink notifies of changes to the network, nftables of changes to its ruleset,
 * and inotify of changes to the state directory: journals are written after the network has changed
 *
 * To say the status is to ask for queues, of which rtnetlink notifies, too: see kernel/tc_changes.h.
 */
#include "engine/host_watch.h"
#include "kernel/nft_changes.h"
#include "kernel/watch.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#define CALM_MS 100 /* to wait for further changes */

/* The state directory may not exist yet. */
static void watch_state(struct mt_host_watch *w)
{
	static const char *const folders[] = { "nic", "run", "domain" };
	char path[PATH_MAX];
	struct mt_err e;

	if (w->g->state.dir < 0 && (mt_engine_state(w->g, false, &e) || w->g->state.dir < 0))
		return;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		snprintf(path, sizeof path, "/proc/self/fd/%d/%s", w->g->state.dir, folders[i]);
		inotify_add_watch(w->fds[MT_WATCH_STATE].fd, path,
				  IN_MOVED_TO | IN_DELETE | IN_CLOSE_WRITE | IN_ONLYDIR);
	}
}

int mt_host_watch_open(struct mt_host_watch *w, struct mt_engine *g, int reader,
		       const sigset_t *waiting, struct mt_err *e)
{
	struct mt_err none;

	*w = (struct mt_host_watch){ .g = g, .tc.fd = -1, .waiting = *waiting };
	for (int i = 0; i < MT_WATCHES; i++)
		w->fds[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	w->fds[MT_WATCH_READER] = (struct pollfd){ .fd = reader, .events = POLLRDHUP };
	w->fds[MT_WATCH_STATE].fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (w->fds[MT_WATCH_STATE].fd < 0)
		return mt_fail(e, errno, "watch", "inotify", NULL);
	if (mt_watch_open(&w->fds[MT_WATCH_NETWORK].fd, e))
		return -e->code;
	mt_nft_changes_open(&w->fds[MT_WATCH_NFT].fd, &none);
	mt_tc_changes_open(g->host, &w->tc, &none);
	w->fds[MT_WATCH_TC].fd = w->tc.fd;
	watch_state(w);
	return 0;
}

void mt_host_watch_close(struct mt_host_watch *w)
{
	mt_tc_changes_close(&w->tc);
	for (int i = 0; i < MT_WATCH_TC; i++)
		if (w->fds[i].fd >= 0)
			close(w->fds[i].fd);
}

static void note_change(void *data, uint32_t ifindex, bool new)
{
	(void)ifindex, (void)new;
	*(bool *)data = true;
}

/* Drop the notifications that came. Return: whether there was a change among them. */
static bool drain(struct mt_host_watch *w)
{
	bool any = (w->fds[MT_WATCH_NETWORK].revents | w->fds[MT_WATCH_STATE].revents |
		    w->fds[MT_WATCH_NFT].revents) &
		POLLIN;
	char events[4096];

	mt_watch_drain(w->fds[MT_WATCH_NETWORK].fd);
	mt_watch_drain(w->fds[MT_WATCH_NFT].fd);
	any |= mt_tc_changes_read(&w->tc, note_change, &any) != 0;
	while (read(w->fds[MT_WATCH_STATE].fd, events, sizeof events) > 0)
		;
	return any;
}

bool mt_host_watch_wait(struct mt_host_watch *w, bool (*ending)(void))
{
	const struct timespec calm = { .tv_nsec = CALM_MS * 1000000L };

	do {
		if (ppoll(w->fds, MT_WATCHES, NULL, &w->waiting) < 0)
			return errno == EINTR && !ending();
		if (w->fds[MT_WATCH_READER].revents & (POLLERR | POLLHUP | POLLRDHUP))
			return false;
		ppoll(NULL, 0, &calm, &w->waiting);
	} while (!drain(w) && !ending());
	watch_state(w); /* before the caller reads it again: nothing is missed */
	return !ending();
}
