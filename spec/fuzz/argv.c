/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * argv.c - any words as the program's: what libvirt's hook, QEMU's scripts and people call it with
 *
 * The real main() with its tables; the subcommands only look at what they were given. The same
 * words go to the reader of the evaluator's.
 */
#include "cli/cli.h"
#include "ask/request.h"
#include "plan/state.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerInitialize(int *argc, char ***argv);
int moontap_main(int argc, char **argv);

static int given;

/* A guest may be called anything: what is kept of it is one file. */
static void one_file(const char *guest)
{
	char both[1024], name[240];

	snprintf(both, sizeof both, "qemu-%s", guest);
	mt_state_file_name(both, name, sizeof name);
	if (strchr(name, '/') || strncmp(name, "qemu-", 5) || strlen(name) > 200)
		abort();
}

static int look_at(const struct mt_cli *c, int least, int most)
{
	if (c->n < least || (most >= 0 && c->n > most) || c->args[c->n])
		abort();
	for (int i = 0; i < c->n; i++)
		one_file(c->args[i]);
	if (c->deadline_ms > 3600000 || c->back > 9999)
		abort();
	given++;
	return 0;
}

#define COMMAND(name, least, most)              \
	int mt_command_##name(struct mt_cli *c) \
	{                                       \
		return look_at(c, least, most); \
	}

COMMAND(plan, 1, -1)
COMMAND(up, 1, -1)
COMMAND(down, 1, -1)
COMMAND(status, 0, 1)
COMMAND(reconcile, 0, 1)
COMMAND(announce, 1, -1)
COMMAND(log, 0, 1)
COMMAND(doctor, 0, 1)
COMMAND(graph, 0, -1)
COMMAND(why, 1, 1)
COMMAND(replay, 1, 1)
COMMAND(facts, 1, 1)
COMMAND(xml, 1, 1)
COMMAND(check, 1, -1)
COMMAND(hook, 5, 5)
COMMAND(install_hook, 0, 0)
COMMAND(uninstall_hook, 0, 0)
COMMAND(repl, 0, 1)
COMMAND(ifup, 1, 1)
COMMAND(ifdown, 1, 1)

int mt_command_help(struct mt_cli *c)
{
	return look_at(c, 0, -1);
}

void mt_drop_capabilities(bool raw)
{
	(void)raw;
}

const struct mt_json *mt_json_load(const struct mt_cli *c)
{
	(void)c;
	return NULL;
}

int mt_libvirt_hook_pass(void)
{
	return 0;
}

void mt_help_all(const struct mt_cli *c, FILE *out)
{
	(void)c, (void)out;
}

static char **split(const uint8_t *data, size_t n, struct mt_pool *p, int *argc)
{
	char *bytes = mt_pool_copy(p, (const char *)data, n);
	char **argv = mt_pool_alloc(p, 66 * sizeof *argv);

	*argc = 0;
	for (size_t at = 0; at < n && *argc < 64; at += strlen(bytes + at) + 1)
		argv[(*argc)++] = bytes + at;
	argv[*argc] = NULL;
	return argv;
}

/* What is read must be said again in the same words' meaning. */
static void as_request(char **words, struct mt_pool *p)
{
	char **again, **third;
	struct mt_eval_request q, r;
	struct mt_err e = { 0 };

	if (mt_request_from_args(words, p, &q, &e)) {
		if (!e.code)
			abort();
		return;
	}
	if (mt_request_to_args(&q, "x", p, &again, &e) ||
	    mt_request_from_args(again + 1, p, &r, &e) ||
	    mt_request_to_args(&r, "x", p, &third, &e))
		abort();
	for (size_t i = 0; again[i] || third[i]; i++)
		if (!again[i] || !third[i] || strcmp(again[i], third[i]))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct mt_pool pool = { .limit = 16ul << 20 };
	int argc, status;
	char **argv = split(data, n, &pool, &argc);

	as_request(argv, &pool);
	argv = split(data, n, &pool, &argc);
	given = 0;
	status = moontap_main(argc, argv);
	if (status != 0 && status != 2)
		abort();
	if (given > 1)
		abort();
	mt_pool_free(&pool);
	return 0;
}

/* What it says of bad words is not to be seen; descriptor 2 is the fuzzer's. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	stdout = stderr = fopen("/dev/null", "w");
	return 0;
}
