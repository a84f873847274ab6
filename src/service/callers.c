/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* callers.c - accept connections of io.moontap, count them, and fork a process for each */
#include "service/callers.h"
#include "base/bytes.h"
#include "base/capabilities.h"
#include "base/descriptors.h"
#include "base/log.h"
#include "base/module.h"
#include "engine/handle.h"
#include "service/caller_server.h"
#include "service/signals.h"
#include "service/spares.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define OF_USER	 8  /* connections at once of one user; root has no limit */
#define OF_USERS 32 /* of all users */

/* What a connection over the limit gets: an error of varlink/varlink_tables.c. */
#define BUSY "{\"error\":\"io.moontap.Busy\",\"parameters\":{\"why\":\"too many connections\"}}"

struct connection {
	pid_t pid;
	uid_t uid;
};

struct acceptor {
	const struct mt_callers *c;
	struct moontap *m; /* whose evaluator is asked for the grants */
	struct mt_kept_grants grants;
	struct mt_log log;
	sigset_t before, waiting;
	struct connection *all;
	size_t n, cap;
	struct mt_pace pace;
};

static bool is_over(const struct acceptor *a, uid_t uid)
{
	unsigned same = 0, users = 0;

	for (size_t i = 0; i < a->n; i++) {
		same += a->all[i].uid == uid;
		users += a->all[i].uid != 0;
	}
	return uid && (same >= OF_USER || users >= OF_USERS);
}

static bool has_connection(const void *data, uid_t uid)
{
	const struct acceptor *a = data;

	for (size_t i = 0; uid && i < a->n; i++)
		if (a->all[i].uid == uid)
			return true;
	return false;
}

static bool make_room(struct acceptor *a)
{
	struct connection *all = mt_array_room(a->all, a->n, &a->cap, sizeof *all);

	if (!all)
		return false;
	a->all = all;
	return true;
}

static void say_how_it_ended(const struct acceptor *a, uid_t uid, int status)
{
	if (WIFSIGNALED(status))
		mt_log(&a->log, LOG_ERR, "a process that serves uid %u was ended by signal %d", uid,
		       WTERMSIG(status));
	else if (WEXITSTATUS(status) == MT_CALLER_SPARE_DIED)
		mt_spares_back_off();
}

/* Not of any child: the zygote is waited for by who ends it. */
static void collect(struct acceptor *a)
{
	int status;

	for (size_t i = a->n; i-- > 0;)
		if (waitpid(a->all[i].pid, &status, WNOHANG) > 0) {
			say_how_it_ended(a, a->all[i].uid, status);
			a->all[i] = a->all[--a->n];
		}
}

static void serve(struct acceptor *a, const struct mt_caller_connection *c, pid_t parent)
{
	int status = 0;

	close(a->c->listener);
	moontap_close(a->m);
	prctl(PR_SET_NAME, "moontapd-caller");
	sigprocmask(SIG_SETMASK, &a->before, NULL);
	if (!prctl(PR_SET_PDEATHSIG, SIGTERM) && getppid() == parent)
		status = mt_caller_serve(c, &a->c->options);
	_exit(status);
}

/* One for each connection to whom it may be of use: the plan of a call needs one. */
static unsigned spares_for(struct acceptor *a, uid_t uid)
{
	const struct mt_grants *grants;

	if (!uid)
		return mt_spares_ready() > 0;
	mt_kept_grants_look(&a->grants, &a->m->engine);
	grants = mt_kept_grants_now(&a->grants, &a->m->engine);
	return mt_spares_ready() > 0 && (!grants || mt_grants_any(grants));
}

static void take(struct acceptor *a, int connection)
{
	pid_t self = getpid(), pid;
	struct mt_peer peer;
	struct mt_caller_connection c = { .fd = connection, .peer = &peer, .grants = &a->grants };

	if (mt_peer_of(connection, &peer))
		return;
	if (is_over(a, peer.uid) || !make_room(a)) {
		send(connection, BUSY, sizeof BUSY, MSG_NOSIGNAL | MSG_DONTWAIT);
		mt_log(&a->log, LOG_WARNING, "uid %u, pid %d: too many connections", peer.uid,
		       (int)peer.pid);
		return;
	}
	if (peer.uid) /* root may call as fast as it likes */
		c.pace = mt_pace_of(&a->pace, peer.uid, has_connection, a);
	c.spares = spares_for(a, peer.uid);
	pid = fork();
	if (!pid)
		serve(a, &c, self);
	if (pid < 0) {
		mt_log(&a->log, LOG_ERR, "no process can be started: %s", strerror(errno));
		return;
	}
	mt_spares_leave(c.spares);
	a->all[a->n++] = (struct connection){ pid, peer.uid };
}

/* Return: whether somebody was there. */
static bool accept_one(struct acceptor *a)
{
	int connection = accept4(a->c->listener, NULL, NULL, SOCK_CLOEXEC);

	if (connection < 0)
		return false;
	take(a, connection);
	close(connection);
	return true;
}

/* Those that wait for a call end, the others when they have answered. */
static void end_all(struct acceptor *a)
{
	for (size_t i = 0; i < a->n; i++)
		kill(a->all[i].pid, SIGTERM);
	while (a->n && (ppoll(NULL, 0, NULL, &a->waiting) >= 0 || errno == EINTR))
		collect(a);
	free(a->all);
}

static void accept_all(struct acceptor *a)
{
	int timeout = 0;

	while (!mt_signals_ending()) {
		struct pollfd p[] = { { .fd = a->c->listener, .events = POLLIN },
				      { .fd = mt_spares_fd(), .events = POLLIN } };
		struct timespec t = { timeout / 1000, timeout % 1000 * 1000000L };
		int n = ppoll(p, 2, timeout < 0 ? NULL : &t, &a->waiting);

		collect(a);
		if (n > 0 && p[0].revents && accept_one(a))
			timeout = 1; /* another may follow at once */
		else
			timeout = mt_spares_work();
	}
}

int mt_callers_run(const struct mt_callers *c)
{
	struct acceptor a = { .c = c, .log = { c->options.log, c->options.data } };
	const char *ignored; /* without it each connection says so */
	struct mt_err e;
	int err;

	prctl(PR_SET_NAME, "moontapd-io");
	mt_raise_descriptors();
	mt_drop_capabilities(false);
	sigprocmask(SIG_SETMASK, NULL, &a.before);
	mt_signals_block(&a.waiting);
	mt_module_load("varlink", "mt_varlink", &ignored); /* for all connections, once */
	err = mt_pace_open(&a.pace, OF_USERS);
	if (err)
		mt_fail(&e, -err, "memory", "", NULL);
	else
		err = mt_handle_open(&a.m, &c->options, &e);
	if (err) {
		mt_log_err(&a.log, LOG_ERR, &e);
		return 1;
	}
	mt_spares_begin(&a.m->engine, c->spares);
	accept_all(&a);
	end_all(&a);
	mt_spares_end();
	moontap_close(a.m);
	return 0;
}
