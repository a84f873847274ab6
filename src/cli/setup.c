/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* setup.c - from the command line to an engine: places, log, signals, input, errors */
#include "cli/cli.h"
#include "engine/evaluator.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#define POLICY "/etc/moontap/policy.lua"
#define STATE  "/run/moontap"
#define HOOKS  "/etc/moontap/hooks"

static void stop(int signal)
{
	(void)signal;
	mt_cli_stop = 1;
}

/* A signal waits while a step is made, and is honoured before the next. */
static void catch_signals(void)
{
	struct sigaction act = { .sa_handler = stop };

	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGHUP, &act, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void to_stderr(void *data, int level, const char *text)
{
	const struct mt_cli *c = data;

	if (level < LOG_INFO || c->verbose)
		fprintf(stderr, "%s: %s\n", c->program, text);
}

static void to_syslog(void *data, int level, const char *text)
{
	(void)data;
	syslog(LOG_DAEMON | level, "%s", text);
}

/* A hook's stderr is read by nobody when all goes well. */
struct mt_log mt_cli_log(struct mt_cli *c)
{
	bool person = c->verbose || isatty(STDERR_FILENO);

	return (struct mt_log){ person ? to_stderr : to_syslog, c };
}

static int start_here(const struct mt_request *q, pid_t *pid, int *out, struct mt_err *e)
{
	return mt_start_fork(q, mt_evaluator_run, pid, out, e);
}

/* Beside the program when it runs from where it was built, else where it was installed: found from
 * the program's own place, so that it may be installed anywhere. */
static const char *own_hooks(void)
{
	static char path[PATH_MAX + 40];
	static const char *const places[] = { "share/moontap/hooks", "../share/moontap/hooks" };
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);

	if (n <= 0)
		return MOONTAP_PREFIX "/share/moontap/hooks";
	exe[n] = 0;
	*strrchr(exe, '/') = 0;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		snprintf(path, sizeof path, "%s/%s", exe, places[i]);
		if (!access(path, X_OK))
			break;
	}
	return path;
}

/* The same on each boot, another on each host: machine-id(5). */
static const char *host_id(void)
{
	static char id[65];
	int fd = open("/etc/machine-id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, id, sizeof id - 1);

	if (fd >= 0)
		close(fd);
	if (n <= 0 && gethostname(id, sizeof id - 1))
		id[0] = 0;
	return id;
}

int mt_cli_engine(struct mt_cli *c, struct mt_engine *g)
{
	static const char *hooks[4];
	struct mt_engine_options o = {
		.policy = c->policy ? c->policy : POLICY,
		.policy_optional = !c->policy,
		.hooks = hooks,
		.state = c->state ? c->state : STATE,
		.host_id = host_id(),
		.deadline_ms = c->deadline > 0 ? (unsigned)(c->deadline * 1000) : 10000,
		.start = start_here,
		.log = mt_cli_log(c),
		.force = c->force,
		.stop = &mt_cli_stop,
	};
	struct mt_err e;
	size_t n = 0;

	if (c->hooks)
		hooks[n++] = c->hooks;
	hooks[n++] = HOOKS;
	hooks[n++] = own_hooks();
	hooks[n] = NULL;
	catch_signals();
	return mt_engine_open(g, &o, &e) ? mt_cli_error(c, NULL, &e) : 0;
}

int mt_cli_source(struct mt_cli *c, const char *file, struct mt_source *s)
{
	struct mt_err e;

	*s = (struct mt_source){ .fd = STDIN_FILENO, .name = "<stdin>" };
	if (!strcmp(file, "-"))
		return 0;
	s->name = file;
	s->fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (s->fd >= 0)
		return 0;
	mt_fail(&e, errno, "xml", file, NULL);
	e.blame = MT_BLAME_INPUT;
	return mt_cli_error(c, NULL, &e);
}

int mt_cli_error(const struct mt_cli *c, const char *guest, const struct mt_err *e)
{
	char line[sizeof *e];

	fprintf(stderr, "%s: %s%s%s\n", c->program, guest && *guest ? guest : "",
		guest && *guest ? ": " : "", mt_err_line(e, line, sizeof line));
	if (e->code == EPERM && e->blame == MT_BLAME_HOST && !mt_engine_may())
		fprintf(stderr, "%s: it needs root, or CAP_NET_ADMIN\n", c->program);
	return mt_exit_status(e->blame);
}
