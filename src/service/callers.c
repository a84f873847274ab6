/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* callers.c - accept connections of io.moontap, count them, and fork a process for each */
#include "service/callers.h"
#include "base/bytes.h"
#include "base/capabilities.h"
#include "base/descriptors.h"
#include "base/log.h"
#include "service/caller_server.h"
#include "service/pace.h"
#include "service/signals.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
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

static void collect(struct acceptor *a)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < a->n; i++) {
			if (a->all[i].pid != pid)
				continue;
			if (WIFSIGNALED(status))
				mt_log(&a->log, LOG_ERR,
				       "a process that serves uid %u was ended by signal %d",
				       a->all[i].uid, WTERMSIG(status));
			a->all[i] = a->all[--a->n];
			break;
		}
}

static void serve(struct acceptor *a, int connection, const struct mt_peer *peer,
		  struct mt_pace_place *pace, pid_t parent)
{
	close(a->c->listener);
	prctl(PR_SET_NAME, "moontapd-caller");
	sigprocmask(SIG_SETMASK, &a->before, NULL);
	if (!prctl(PR_SET_PDEATHSIG, SIGTERM) && getppid() == parent)
		mt_caller_serve(connection, peer, pace, &a->c->options);
	_exit(0);
}

static void take(struct acceptor *a, int connection)
{
	struct mt_pace_place *pace = NULL; /* root may call as fast as it likes */
	pid_t self = getpid(), pid;
	struct mt_peer peer;

	if (mt_peer_of(connection, &peer))
		return;
	if (is_over(a, peer.uid) || !make_room(a)) {
		send(connection, BUSY, sizeof BUSY, MSG_NOSIGNAL | MSG_DONTWAIT);
		mt_log(&a->log, LOG_WARNING, "uid %u, pid %d: too many connections", peer.uid,
		       (int)peer.pid);
		return;
	}
	if (peer.uid)
		pace = mt_pace_of(&a->pace, peer.uid, has_connection, a);
	pid = fork();
	if (!pid)
		serve(a, connection, &peer, pace, self);
	if (pid > 0)
		a->all[a->n++] = (struct connection){ pid, peer.uid };
	else
		mt_log(&a->log, LOG_ERR, "no process can be started: %s", strerror(errno));
}

static void accept_one(struct acceptor *a)
{
	int connection = accept4(a->c->listener, NULL, NULL, SOCK_CLOEXEC);

	if (connection < 0)
		return;
	take(a, connection);
	close(connection);
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

int mt_callers_run(const struct mt_callers *c)
{
	struct acceptor a = { .c = c, .log = { c->options.log, c->options.data } };
	int err;

	prctl(PR_SET_NAME, "moontapd-io");
	mt_raise_descriptors();
	mt_drop_capabilities(false);
	sigprocmask(SIG_SETMASK, NULL, &a.before);
	mt_signals_block(&a.waiting);
	err = mt_pace_open(&a.pace, OF_USERS);
	if (err)
		mt_log(&a.log, LOG_ERR, "no memory: %s", strerror(-err));
	while (!err && !mt_signals_ending()) {
		struct pollfd p = { .fd = c->listener, .events = POLLIN };

		if (ppoll(&p, 1, NULL, &a.waiting) > 0)
			accept_one(&a);
		collect(&a);
	}
	end_all(&a);
	return err ? 1 : 0;
}
