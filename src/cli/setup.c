/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* setup.c - from the command line to an engine: paths, log, signals, input, errors */
#include "cli/cli.h"
#include "engine/invocation.h"
#include "evaluator/evaluator.h"
#include "base/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#define DEADLINE_MS 10000 /* without --deadline */

static void stop(int signal)
{
	(void)signal;
	mt_cli_stop = 1;
}

/* The engine reads mt_cli_stop before each step, so a signal never interrupts one. */
static void catch_signals(void)
{
	struct sigaction act = { .sa_handler = stop };

	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGHUP, &act, NULL);
}

static void to_stderr(void *data, int level, const char *text)
{
	const struct mt_cli *c = data;

	if (level < LOG_INFO || c->verbose)
		fprintf(stderr, "%s: %s\n", c->program, text); /* base/log.c has cleaned it */
}

static void to_syslog(void *data, int level, const char *text)
{
	(void)data;
	if (level < LOG_DEBUG)
		syslog(LOG_DAEMON | level, "%s", text);
}

/* libvirt shows its hook script's stderr only when the script fails; hence syslog. */
struct mt_log mt_cli_log(struct mt_cli *c)
{
	bool person = c->verbose || c->person || isatty(STDERR_FILENO);

	return (struct mt_log){ person ? to_stderr : to_syslog, c };
}

static int start_here(const struct mt_eval_request *q, struct mt_child *c, struct mt_err *e)
{
	return mt_start_fork(q, mt_evaluator_run, c, e);
}

int mt_cli_engine(struct mt_cli *c, struct mt_engine *g)
{
	static const char *hooks[4];
	static char own_hooks[PATH_MAX], host_id[65];
	struct mt_engine_options o = {
		.policy = c->policy ? c->policy : MT_DEFAULT_POLICY,
		.policy_optional = !c->policy,
		.hooks = hooks,
		.state = c->state ? c->state : MT_DEFAULT_STATE,
		.ovsdb = c->ovsdb,
		.host_id = mt_host_id(host_id),
		.deadline_ms = c->deadline_ms ? c->deadline_ms : DEADLINE_MS,
		.start = start_here,
		.log = mt_cli_log(c),
		.stop = &mt_cli_stop,
	};
	struct mt_err e;
	size_t n = 0;

	if (c->hooks)
		hooks[n++] = c->hooks;
	mt_path_installed("share/moontap/hooks", own_hooks);
	hooks[n++] = MT_DEFAULT_HOOKS;
	hooks[n++] = own_hooks;
	hooks[n] = NULL;
	catch_signals();
	return mt_engine_open(g, &o, &e) ? mt_cli_error(c, NULL, &e) : 0;
}

struct mt_event_params mt_cli_params(unsigned want, bool dry)
{
	struct mt_event_params ask = mt_person_params(want, dry);

	ask.shows_warnings = true;
	return ask;
}

/* A FIFO may have no writer: wait no longer than the deadline for its first byte. The evaluator,
 * which reads it, has a deadline of its own. */
static int open_source(const char *file, unsigned deadline_ms)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), err;
	struct pollfd is = { .fd = fd, .events = POLLIN };

	if (fd < 0)
		return -errno;
	err = poll(&is, 1, deadline_ms ? (int)deadline_ms : DEADLINE_MS);
	if (err > 0 && !fcntl(fd, F_SETFL, 0))
		return fd;
	err = err ? errno : ETIMEDOUT;
	close(fd);
	return -err;
}

int mt_cli_source(struct mt_cli *c, const char *file, struct mt_source *s)
{
	struct mt_err e;

	*s = (struct mt_source){ .fd = STDIN_FILENO, .name = "<stdin>" };
	if (!strcmp(file, "-"))
		return 0;
	s->name = file;
	s->fd = open_source(file, c->deadline_ms);
	if (s->fd >= 0)
		return 0;
	mt_fail(&e, -s->fd, "xml", file, s->fd == -ETIMEDOUT ? "it has no writer" : NULL);
	e.blame = MT_BLAME_INPUT;
	return mt_cli_error(c, NULL, &e);
}

void mt_cli_warnings(struct mt_cli *c, const struct mt_outcome *o)
{
	struct mt_log log = { to_stderr, c };

	for (size_t i = 0; i < o->nwarnings; i++)
		mt_log(&log, LOG_WARNING, "%s%s%s", o->name, *o->name ? ": " : "", o->warnings[i]);
}

int mt_cli_error(const struct mt_cli *c, const char *guest, const struct mt_err *e)
{
	bool hint = c->no_service && e->blame == MT_BLAME_HOST;
	char line[8192];

	fprintf(stderr, "%s%s\n",
		mt_error_line(c->program, guest, c->state ? c->state : MT_DEFAULT_STATE, e, line,
			      sizeof line),
		hint ? "; or: systemctl enable --now moontap.socket" : "");
	return mt_exit_status(e->blame);
}
