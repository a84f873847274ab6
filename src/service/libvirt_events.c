/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirt_events.c - what a libvirtd says, as events of moontap's
 *
 * A NIC that is plugged in or out is the operation `changed`, as if libvirt had called its hook
 * script; a migration that has ended is what `moontap up GUEST` is for a person.
 */
#include "service/libvirt_events.h"
#include "base/capabilities.h"
#include "base/module.h"
#include "engine/announce.h"
#include "engine/handle.h"
#include "engine/history.h"
#include "engine/invocation.h"
#include "libvirtd/libvirtd.h"
#include "service/signals.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#define RETRY_S 2

struct events {
	struct mt_engine *g;
	const char *uri;
	bool waiting; /* for a libvirtd, which was said */
};

static bool is_ending(void *data)
{
	(void)data;
	return mt_signals_ending();
}

static void connected(void *data)
{
	struct events *l = data;

	l->waiting = false;
	mt_log(&l->g->o.log, LOG_INFO, "%s: its guests' NICs are followed", l->uri);
}

static int no_output(void *data, const char *xml, size_t n, struct mt_err *e)
{
	(void)data, (void)xml, (void)n, (void)e;
	return 0;
}

static void end(const struct events *l, struct mt_outcome *out)
{
	mt_outcome_free(out);
	mt_engine_rest(l->g);
}

static void changed(void *data, const char *driver, const char *guest, const char *xml)
{
	const struct events *l = data;
	const char *const argv[] = { driver, guest, "changed", "begin", "-", NULL };
	const struct mt_hook_call call = {
		.argv = argv,
		.source = { .fd = -1, .bytes = xml, .n = strlen(xml), .name = guest },
		.print = no_output,
	};
	struct mt_outcome out = { .name = "", .uuid = "" };
	struct mt_err e;

	if (mt_call_hook(l->g, &call, &out, &e))
		mt_log_err(&l->g->o.log, LOG_ERR, &e);
	end(l, &out);
}

static void say_lost(void *data, const struct mt_announced *a)
{
	const struct events *l = data;

	if (a->error)
		mt_log_err(&l->g->o.log, LOG_WARNING, a->error);
}

/* -ENOENT: nothing of it is moontap's. */
static int connect(const struct events *l, const struct mt_nic_filter *guest,
		   struct mt_outcome *out, struct mt_err *e)
{
	static const char *const words[] = { "up", NULL };
	struct mt_history_run run = {
		.event = "up", .driver = guest->driver, .guest = guest->name, .argv = words
	};
	struct mt_event_params ask = mt_up_params(false);
	int err = mt_params_from_guest(l->g, guest, &ask, &out->pool, e);

	if (err || !ask.arrived)
		return err;
	mt_history_begin(&run, l->g);
	err = mt_connect(l->g, &ask, out, e);
	mt_history_end(&run, l->g, &ask.request.source, out, err ? e : NULL);
	return err ? err : mt_announce(l->g, guest, say_lost, (void *)l, e);
}

static void arrived(void *data, const char *driver, const char *guest)
{
	const struct events *l = data;
	const struct mt_nic_filter which = { .driver = driver, .name = guest };
	struct mt_outcome out = { .name = "", .uuid = "" };
	struct mt_err e;
	int err = connect(l, &which, &out, &e);

	if (err && err != -ENOENT)
		mt_log_err(&l->g->o.log, LOG_ERR, &e);
	end(l, &out);
}

static void follow(struct events *l, const struct mt_libvirtd *libvirtd, const sigset_t *waiting)
{
	const struct mt_libvirtd_follower who = { l, connected, changed, arrived, is_ending };
	const struct timespec pause = { RETRY_S, 0 };
	char why[300];

	while (!mt_signals_ending()) {
		libvirtd->follow(l->uri, &who, why, sizeof why);
		if (mt_signals_ending())
			return;
		if (!l->waiting)
			mt_log(&l->g->o.log, LOG_WARNING, "%s: %s; it is awaited", l->uri,
			       *why ? why : "the connection has ended");
		l->waiting = true;
		ppoll(NULL, 0, &pause, waiting);
	}
}

/* Without the module this process stays, and is not started again and again. */
static void start(struct events *l)
{
	const char *why;
	const struct mt_libvirtd *libvirtd = mt_module_load("libvirtd", "mt_libvirtd", &why);
	sigset_t waiting;

	mt_signals_block(&waiting);
	prctl(PR_SET_NAME, "moontapd-virt");
	if (libvirtd)
		follow(l, libvirtd, &waiting);
	else
		mt_log(&l->g->o.log, LOG_ERR, "libvirt's events are not heard: %s", why);
	while (!mt_signals_ending())
		ppoll(NULL, 0, NULL, &waiting);
}

int mt_libvirt_events_run(const struct mt_libvirt_events *from)
{
	struct mt_log log = { from->options.log, from->options.data };
	struct events l = { .uri = from->uri };
	struct moontap *m;
	struct mt_err e;

	mt_drop_capabilities(true);
	if (mt_handle_open(&m, &from->options, &e)) {
		mt_log_err(&log, LOG_ERR, &e);
		return 1;
	}
	l.g = &m->engine;
	start(&l);
	moontap_close(m);
	return 0;
}
