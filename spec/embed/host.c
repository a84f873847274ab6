/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * host.c - hosts that make it hard for a library: connect web0 in each, and say how it went
 *
 *	host WAY POLICY STATE <XML
 */
#include <fcntl.h>
#include <moontap.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct moontap_options options;
static struct moontap_event event = { .what = "up" };
static FILE *say;

static int connect(const char *evaluator)
{
	struct moontap_outcome *outcome;
	struct moontap_error error;
	struct moontap *m;

	options.evaluator = evaluator;
	if (moontap_open(&m, &options, sizeof options, &error)) {
		fprintf(say, "open: %s: %s\n", error.name, error.why);
		return error.exit;
	}
	moontap_run(m, &event, sizeof event, &outcome, &error);
	fprintf(say, "%s %s %s: %s\n", error.name, error.what, error.on, error.why);
	moontap_outcome_free(outcome);
	moontap_close(m);
	return error.exit;
}

static int without_standard_descriptors(void)
{
	say = fdopen(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10), "w");
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	return connect(NULL);
}

static int ignoring_children(void)
{
	signal(SIGCHLD, SIG_IGN);
	return connect(NULL);
}

static void take_all(int signal)
{
	(void)signal;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static int taking_all_children(void)
{
	struct sigaction act = { .sa_handler = take_all };

	sigaction(SIGCHLD, &act, NULL);
	return connect(NULL);
}

static int with_all_signals_blocked(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	return connect(NULL);
}

static int with_open_descriptors(void)
{
	for (int i = 0; i < 100; i++)
		if (open("/dev/null", O_RDONLY) < 0)
			return 99;
	return connect(NULL);
}

static int without_descriptors(void)
{
	struct moontap_error error;
	struct moontap *m;
	int status;

	moontap_open(&m, &options, sizeof options, &error);
	while (open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0)
		;
	status = -moontap_run(m, &event, sizeof event, NULL, &error);
	fprintf(say, "%s\n", error.name);
	moontap_close(m);
	return status == error.code ? error.exit : 99;
}

static int without_evaluator(void)
{
	return connect("/nonexistent");
}

static int with_another_program(void)
{
	return connect("/bin/true");
}

static int of_a_newer_header(void)
{
	static struct {
		struct moontap_event known;
		long more;
	} newer;
	struct moontap_error error;
	struct moontap *m;

	newer.known = event;
	moontap_open(&m, &options, sizeof options, &error);
	moontap_run(m, &newer.known, sizeof newer, NULL, &error);
	fprintf(say, "%s\n", error.name);
	newer.more = 1;
	moontap_run(m, &newer.known, sizeof newer, NULL, &error);
	fprintf(say, "%s %d\n", error.name, error.exit);
	moontap_close(m);
	return 0;
}

/* What no event is; each is told, and nothing is done. */
static int misusing_it(void)
{
	static const char *const nics[] = { "1", NULL }, *const hooks[] = { "/nonexistent", NULL };
	static const struct moontap_event wrong[] = {
		{ .what = NULL },
		{ .what = "upp" },
		{ .what = "up" },
		{ .what = "down" },
		{ .what = "prepare" },
		{ .what = "prepare", .guest = "web", .nics = nics },
		{ .what = "down", .guest = "web", .flags = MOONTAP_DRY },
		{ .what = "up", .flags = 64 },
	};
	struct moontap_error error;
	struct moontap *m;

	options.hooks = hooks;
	moontap_open(&m, &options, sizeof options, &error);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		moontap_run(m, &wrong[i], sizeof *wrong, NULL, &error);
		fprintf(say, "%d %s: %s: %s\n", error.exit, error.name, error.what, error.why);
	}
	moontap_run(m, &event, sizeof event, NULL, &error);
	moontap_close(m);
	moontap_close(NULL);
	moontap_outcome_free(NULL);
	return error.exit;
}

static int without_descriptors_or_xml(void)
{
	event = (struct moontap_event){ .what = "prepare", .guest = "web" };
	return without_standard_descriptors();
}

static const struct {
	const char *name;
	int (*run)(void);
} ways[] = {
	{ "without standard descriptors", without_standard_descriptors },
	{ "ignoring children", ignoring_children },
	{ "taking all children", taking_all_children },
	{ "with all signals blocked", with_all_signals_blocked },
	{ "with open descriptors", with_open_descriptors },
	{ "without descriptors", without_descriptors },
	{ "without evaluator", without_evaluator },
	{ "with another program", with_another_program },
	{ "of a newer header", of_a_newer_header },
	{ "misusing it", misusing_it },
	{ "without standard descriptors or XML", without_descriptors_or_xml },
};

int main(int argc, char **argv)
{
	static char xml[65536];
	int status = 99;

	if (argc != 4)
		return 98;
	say = stdout;
	event.xml = xml;
	event.xml_size = fread(xml, 1, sizeof xml, stdin);
	options.policy = argv[2];
	options.state = argv[3];
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		if (!strcmp(ways[i].name, argv[1]))
			status = ways[i].run();
	if (waitpid(-1, NULL, WNOHANG) > 0)
		status = 97; /* somebody was left */
	fflush(say);
	return status;
}
