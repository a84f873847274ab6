/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* worker.c - accept, serve, and make spares while there is nothing else to do */
#include "service/worker.h"
#include "base/capabilities.h"
#include "base/descriptors.h"
#include "engine/handle.h"
#include "service/event_server.h"
#include "service/signals.h"
#include "service/spares.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void say_ready(int *ready)
{
	if (*ready < 0)
		return;
	if (write(*ready, "", 1) < 0)
		return;
	close(*ready);
	*ready = -1;
}

/* Return: whether an event was served. */
static bool serve_one(struct mt_engine *g, int listener)
{
	int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (connection < 0)
		return false; /* another worker was faster */
	mt_event_serve(g, connection);
	close(connection);
	mt_spares_rest();
	mt_engine_rest(g);
	return true;
}

static void serve(const struct mt_worker *w, struct mt_engine *g)
{
	int ready = w->ready, timeout = 0;
	unsigned served = 0;
	sigset_t waiting;

	mt_signals_block(&waiting);
	while (!mt_signals_ending() && (!w->events || served < w->events)) {
		struct pollfd p[] = { { .fd = w->listener, .events = POLLIN },
				      { .fd = mt_spares_fd(), .events = POLLIN } };
		struct timespec t = { timeout / 1000, timeout % 1000 * 1000000L };
		int n = ppoll(p, 2, timeout < 0 ? NULL : &t, &waiting);

		if (n > 0 && p[0].revents && serve_one(g, w->listener)) {
			served++;
			timeout = 1; /* another may follow at once */
			continue;
		}
		timeout = mt_spares_work();
		if (mt_spares_ready() || timeout > 1)
			say_ready(&ready);
	}
}

/*
 * Worker and evaluator take turns: one waits while the other works. On two CPUs each turn would wake
 * an idle CPU, which takes longer than the change of processes. Where this CPU is busy, another
 * worker takes the event: a connection wakes all that rest. On a host with more CPUs than a
 * cpu_set_t holds nothing is pinned.
 */
static void keep_to_cpu(unsigned number)
{
	cpu_set_t allowed, one;
	int cpu = 0;

	if (sched_getaffinity(0, sizeof allowed, &allowed))
		return;
	number %= (unsigned)CPU_COUNT(&allowed);
	while (!CPU_ISSET(cpu, &allowed) || number--)
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof one, &one);
}

int mt_worker_run(const struct mt_worker *w)
{
	struct moontap *m;
	struct mt_err e;

	keep_to_cpu(w->number);
	mt_raise_descriptors();
	mt_drop_capabilities(false);
	if (mt_handle_open(&m, &w->options, &e)) {
		struct mt_log log = { w->options.log, w->options.data };

		mt_log_err(&log, LOG_ERR, &e);
		return 1;
	}
	mt_spares_begin(&m->engine, w->spares);
	serve(w, &m->engine);
	mt_spares_end();
	moontap_close(m);
	return 0;
}
