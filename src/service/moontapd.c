/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* moontapd.c - the service as a program: its options, and where it logs */
#include "base/err.h"
#include "base/log.h"
#include "kernel/host.h"
#include "service/abandoned.h"
#include "service/callers.h"
#include "service/event_socket.h"
#include "service/libvirt_events.h"
#include "service/listener.h"
#include "service/spares.h"
#include "service/supervisor.h"
#include "service/watcher.h"
#include "service/worker.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <syslog.h>
#include <unistd.h>

#define WORKERS_USUAL 8 /* at most, unless more are asked for: a connection wakes all that rest */
#define SPARES	      4
#define EVENTS	      10000
#define IDLE_MAX      86400

struct options {
	struct mt_worker worker;
	unsigned idle_s;
	const char *socket;
	unsigned workers;
	const char *libvirt; /* URI; NULL: none is followed */
	bool foreground, no_watch;
};

static const char usage[] =
	"usage: moontapd [OPTION...]\n"
	"Serve events of guests by processes that are ready before they come; see moontapd(8).\n"
	"  -p, --policy FILE       the policy; else /etc/moontap/policy.lua\n"
	"      --state DIR         the state directory; else /run/moontap\n"
	"      --ovsdb SOCKET      Open vSwitch's database; else " MT_OVSDB_DEFAULT "\n"
	"      --deadline SECONDS  for the policy; else 10\n"
	"      --socket PATH       for events; else " MT_EVENT_SOCKET ";\n"
	"                          io.moontap, for users, is beside it\n"
	"      --workers N         events that are served at once; else one a processor,\n"
	"                          at most 8\n"
	"      --spares N          evaluators that each worker, and who accepts users'\n"
	"                          connections, has ready; else 4\n"
	"      --idle SECONDS      a user's tap that nobody opens is deleted so long after its\n"
	"                          libvirtd has gone; else 600\n"
	"      --no-watch          leave drift to moontap reconcile\n"
	"      --libvirt URI       connect NICs that are plugged in while a guest runs, and\n"
	"                          guests that have migrated to this host: qemu:///system\n"
	"      --foreground        log to standard error\n"
	"  -h, --help\n"
	"      --version\n";

/* systemd reads the level from the line: sd-daemon(3). */
static void to_stderr(void *data, int level, const char *text)
{
	const struct options *o = data;

	if (level >= LOG_DEBUG)
		return;
	if (o->foreground)
		fprintf(stderr, "moontapd: %s\n", text);
	else
		fprintf(stderr, "<%d>%s\n", level, text);
}

static void to_syslog(void *data, int level, const char *text)
{
	(void)data;
	syslog(LOG_DAEMON | level, "%s", text);
}

static unsigned number(const char *word, unsigned least, unsigned most)
{
	char *end;
	unsigned long n = strtoul(word, &end, 10);

	return *word && !*end && n >= least && n <= most ? (unsigned)n : most + 1;
}

/* Return: 0; or the exit status, plus one. */
static int parse(int argc, char **argv, struct options *o)
{
	enum {
		STATE = 256,
		OVSDB,
		DEADLINE,
		SOCKET,
		WORKERS,
		SPARES_N,
		IDLE,
		NO_WATCH,
		LIBVIRT,
		FOREGROUND,
		VERSION
	};
	static const struct option known[] = { { "policy", 1, NULL, 'p' },
					       { "state", 1, NULL, STATE },
					       { "ovsdb", 1, NULL, OVSDB },
					       { "deadline", 1, NULL, DEADLINE },
					       { "socket", 1, NULL, SOCKET },
					       { "workers", 1, NULL, WORKERS },
					       { "spares", 1, NULL, SPARES_N },
					       { "idle", 1, NULL, IDLE },
					       { "no-watch", 0, NULL, NO_WATCH },
					       { "libvirt", 1, NULL, LIBVIRT },
					       { "foreground", 0, NULL, FOREGROUND },
					       { "help", 0, NULL, 'h' },
					       { "version", 0, NULL, VERSION },
					       { NULL } };

	for (int c; (c = getopt_long(argc, argv, "p:h", known, NULL)) != -1;)
		switch (c) {
		case 'p':
			o->worker.options.policy = optarg;
			break;
		case STATE:
			o->worker.options.state = optarg;
			break;
		case OVSDB:
			o->worker.options.ovsdb = optarg;
			break;
		case DEADLINE:
			o->worker.options.deadline_ms = 1000 * number(optarg, 1, 3600);
			break;
		case SOCKET:
			o->socket = optarg;
			break;
		case WORKERS:
			o->workers = number(optarg, 1, MT_WORKERS_MAX);
			break;
		case SPARES_N:
			o->worker.spares = number(optarg, 1, MT_SPARES_MAX);
			break;
		case IDLE:
			o->idle_s = number(optarg, 1, IDLE_MAX);
			break;
		case NO_WATCH:
			o->no_watch = true;
			break;
		case LIBVIRT:
			o->libvirt = optarg;
			break;
		case FOREGROUND:
			o->foreground = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return 1;
		case VERSION:
			puts("moontapd " MOONTAP_VERSION);
			return 1;
		default:
			return 3;
		}
	if (optind < argc || o->worker.options.deadline_ms > 3600000 ||
	    o->workers > MT_WORKERS_MAX || o->worker.spares > MT_SPARES_MAX ||
	    o->idle_s > IDLE_MAX) {
		fputs(usage, stderr);
		return 3;
	}
	return 0;
}

static int run_worker(const void *data, unsigned number, int ready)
{
	struct mt_worker w = *(const struct mt_worker *)data;

	w.number = number;
	w.ready = ready;
	return mt_worker_run(&w);
}

static int run_watcher(const void *data, unsigned number, int ready)
{
	(void)number;
	(void)ready;
	return mt_watcher_run(data);
}

static int run_callers(const void *data, unsigned number, int ready)
{
	(void)number;
	(void)ready;
	return mt_callers_run(data);
}

static int run_libvirt_events(const void *data, unsigned number, int ready)
{
	(void)number;
	(void)ready;
	return mt_libvirt_events_run(data);
}

int main(int argc, char **argv)
{
	struct options o = { .socket = MT_EVENT_SOCKET,
			     .idle_s = MT_ABANDONED_S,
			     .workers = (unsigned)get_nprocs(),
			     .worker = { .ready = -1, .spares = SPARES, .events = EVENTS } };
	struct mt_callers callers;
	struct mt_watcher watcher;
	struct mt_libvirt_events libvirt;
	struct mt_child_kind children[] = {
		{ .name = "a worker", .run = run_worker, .data = &o.worker },
		{ .name = "the watcher", .run = run_watcher, .data = &watcher },
		{ .name = "the acceptor", .run = run_callers, .data = &callers },
		{ .name = "the listener to libvirt", .run = run_libvirt_events, .data = &libvirt },
	};
	char line[700];
	struct mt_err e;
	struct mt_listeners listeners;
	int status;

	if (o.workers > WORKERS_USUAL)
		o.workers = WORKERS_USUAL;
	status = parse(argc, argv, &o);
	if (status)
		return status - 1;
	o.worker.options.log = o.foreground || getenv("JOURNAL_STREAM") ? to_stderr : to_syslog;
	o.worker.options.data = &o;
	if (mt_listeners_open(o.socket, &listeners, &e)) {
		fprintf(stderr, "moontapd: %s\n", mt_err_line(&e, line, sizeof line));
		return 4;
	}
	o.worker.listener = listeners.events;
	callers = (struct mt_callers){ listeners.callers, o.worker.options, o.worker.spares };
	watcher = (struct mt_watcher){ o.worker.options, o.idle_s };
	libvirt = (struct mt_libvirt_events){ o.libvirt, o.worker.options };
	children[0].n = o.workers;
	children[1].n = !o.no_watch;
	children[2].n = listeners.callers >= 0;
	children[3].n = o.libvirt != NULL;
	status = mt_supervisor_run(children, sizeof children / sizeof *children,
				   &(struct mt_log){ o.worker.options.log, &o });
	mt_listeners_remove(&listeners);
	return status;
}
