/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* connect.c - plan, up, down: what a person asks for by hand */
#include "cli/cli.h"
#include "base/sh.h"
#include "engine/history.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int print_json(const struct mt_cli *c, const struct mt_outcome *o, const struct mt_err *e)
{
	const struct mt_json *json = mt_json_load(c);

	return mt_print_json(c, json, json ? json->outcome(o, e) : NULL, stdout);
}

static int give_back(struct mt_engine *g, struct mt_outcome *out, int status)
{
	mt_outcome_free(out);
	mt_engine_close(g);
	return status;
}

static int finish(struct mt_cli *c, struct mt_engine *g, struct mt_outcome *out, int err,
		  const struct mt_err *e)
{
	int status = 0;

	if (c->json)
		status = print_json(c, out, err ? e : NULL);
	else if (!err) /* half a plan is nothing to pipe into a shell */
		mt_print_outcome(c, out, stdout);
	if (err)
		status = mt_cli_error(c, out->name, e);
	return give_back(g, out, status);
}

static bool is_file(const char *word)
{
	size_t n = strlen(word);

	return !strcmp(word, "-") || strchr(word, '/') || (n > 4 && !strcmp(word + n - 4, ".xml"));
}

/* A file, or the name or uuid of a guest that the hook remembers. */
static int source_of(struct mt_cli *c, struct mt_engine *g, const char *word, struct mt_ask *ask,
		     struct mt_pool *p)
{
	struct mt_err e = { 0 };
	int err = is_file(word) ? -ENOENT : mt_ask_guest(g, word, ask, p, &e);

	if (err == -ENOENT && (is_file(word) || !access(word, F_OK)))
		return mt_cli_source(c, word, &ask->source);
	if (err == -ENOENT) {
		mt_fail(&e, ENOENT, "guest", word,
			"there is no such file, and no such guest is remembered");
		e.blame = MT_BLAME_INPUT;
	}
	return err ? mt_cli_error(c, NULL, &e) : 0;
}

static int connect(struct mt_cli *c, bool dry)
{
	struct mt_ask ask = mt_cli_ask(MT_WANT_PLANS | (dry ? 0u : MT_WANT_FACTS), dry);
	struct mt_history_run run = { .event = "up", .driver = "qemu", .words = c->args };
	struct mt_outcome out = { .name = "", .uuid = "" };
	struct mt_engine g;
	struct mt_err e = { 0 };
	int err;

	ask.unnamed = dry ? MT_SH_UNNAMED : NULL;
	ask.only = c->n > 1 ? (const char *const *)c->args + 1 : NULL;
	err = mt_cli_engine(c, &g);
	if (err)
		return err;
	err = source_of(c, &g, c->args[0], &ask, &out.pool);
	if (err)
		return give_back(&g, &out, err);
	mt_history_begin(&run, &g);
	err = mt_connect(&g, &ask, &out, &e);
	if (!dry)
		mt_history_end(&run, &g, &ask.source, &out, err ? &e : NULL);
	if (ask.source.fd > 0)
		close(ask.source.fd);
	return finish(c, &g, &out, err, &e);
}

int mt_command_plan(struct mt_cli *c)
{
	return connect(c, true);
}

int mt_command_up(struct mt_cli *c)
{
	return connect(c, false);
}

/* A file means the guest that it describes. */
static int guest_of_file(struct mt_cli *c, struct mt_engine *g, const char *file, struct mt_pool *p,
			 const char **guest)
{
	struct mt_ask ask = { .want = 0 };
	struct mt_err e = { 0 };
	int err = mt_cli_source(c, file, &ask.source);

	if (err)
		return err;
	err = mt_guest_of(g, &ask, p, guest, &e);
	if (ask.source.fd > 0)
		close(ask.source.fd);
	return err ? mt_cli_error(c, NULL, &e) : 0;
}

int mt_command_down(struct mt_cli *c)
{
	struct mt_which which = { .guest = c->args[0],
				  .only = c->n > 1 ? (const char *const *)c->args + 1 : NULL };
	struct mt_history_run run = { .event = "down", .driver = "qemu", .words = c->args };
	struct mt_outcome out = { .name = "", .uuid = "" };
	struct mt_engine g;
	struct mt_err e = { 0 };
	int err = mt_cli_engine(c, &g);

	if (err)
		return err;
	if (is_file(which.guest))
		err = guest_of_file(c, &g, which.guest, &out.pool, &which.guest);
	if (err)
		return give_back(&g, &out, err);
	mt_history_begin(&run, &g);
	err = mt_disconnect_all(&g, &which, &out, &e);
	if (!err && !out.n) { /* it may be a device's name */
		which.dev = which.guest;
		which.guest = NULL;
		err = mt_disconnect_all(&g, &which, &out, &e);
	}
	if (!*out.name)
		run.dev = c->args[0];
	mt_history_end(&run, &g, NULL, &out, err ? &e : NULL);
	if (!err && !out.n && !c->json)
		printf("%s of '%s' is connected\n", c->n > 1 ? "no such NIC" : "nothing",
		       c->args[0]);
	if (err && e.code == EBUSY)
		strncat(e.text, "; --force takes it down all the same",
			sizeof e.text - strlen(e.text) - 1);
	return finish(c, &g, &out, err, &e);
}
