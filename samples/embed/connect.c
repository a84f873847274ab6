/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * connect.c - connect a guest's NICs from C, and get what was done as data
 *
 *	cc -o connect connect.c $(pkg-config --cflags --libs moontap)
 *	./connect plan|up|down POLICY.lua STATE-DIRECTORY <GUEST.xml
 *
 * All that is printed here is printed by this file: the library prints nothing.
 */
#include <moontap.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void print_steps(const struct moontap_step *const *steps, const char *head)
{
	for (; *steps; steps++)
		printf("  %s%s %s %s: %s\n", head, (*steps)->op, (*steps)->kind, (*steps)->object,
		       (*steps)->command);
}

static void print_nic(const struct moontap_nic *nic)
{
	printf("NIC %u %s: %s, decided: %s%s%s\n", nic->index, nic->dev,
	       nic->unmanaged ? "unmanaged" : "managed",
	       nic->decision ? nic->decision : "as the XML says", nic->note ? ", " : "",
	       nic->note ? nic->note : "");
	print_steps(nic->steps, "");
	print_steps(nic->undone, "undone: ");
}

static void log_line(void *data, int level, const char *line)
{
	fprintf(data, "log %d: %s\n", level, line);
}

static int run(struct moontap *m, const char *what)
{
	int dry = !strcmp(what, "plan");
	struct moontap_event event = {
		.what = dry ? "up" : what,
		.fd = STDIN_FILENO,
		.flags = MOONTAP_FD | (dry ? MOONTAP_DRY : 0),
	};
	struct moontap_outcome *outcome;
	struct moontap_error error;

	moontap_run(m, &event, sizeof event, &outcome, &error);
	if (outcome) {
		printf("guest %s\n", outcome->name);
		for (size_t i = 0; outcome->nics[i]; i++)
			print_nic(outcome->nics[i]);
	}
	moontap_outcome_free(outcome);
	if (error.code)
		printf("error %s: %s: %s %s: %s\n", error.name, error.where, error.what, error.on,
		       error.why);
	return error.exit;
}

int main(int argc, char **argv)
{
	struct moontap_options options = { .log = log_line, .data = stderr };
	struct moontap_error error;
	struct moontap *m;
	int status;

	if (argc != 4) {
		fprintf(stderr, "usage: %s plan|up|down POLICY STATE <GUEST.xml\n", argv[0]);
		return MOONTAP_USAGE;
	}
	options.policy = argv[2];
	options.state = argv[3];
	if (moontap_open(&m, &options, sizeof options, &error)) {
		fprintf(stderr, "%s: %s: %s\n", argv[0], error.what, error.why);
		return error.exit;
	}
	status = run(m, argv[1]);
	moontap_close(m);
	return status;
}
