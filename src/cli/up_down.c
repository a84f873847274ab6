/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* up_down.c - plan, up, down: what a person asks for by hand */
#include "cli/cli.h"
#include "cli/namespaces.h"
#include "cli/service_client.h"
#include "engine/guest.h"
#include "engine/history.h"
#include "engine/leftovers.h"
#include "base/sh.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

static int show(struct mt_cli *c, struct mt_outcome *out, int err, const struct mt_err *e)
{
	int status = 0;

	if (c->json)
		status = print_json(c, out, err ? e : NULL);
	else if (!err) /* half a plan is nothing to pipe into a shell */
		mt_print_outcome(c, out, stdout);
	if (err)
		status = mt_cli_error(c, out->name, e);
	return status;
}

/* --- every guest ------------------------------------------------------------------------------ */

typedef int each_guest(struct mt_cli *c, struct mt_engine *g, struct mt_nic_filter *which,
		       struct mt_outcome *out);

/* Calls @each for every guest, also after one has failed, and then @last, unless it is NULL.
 * Return: the worst exit status. */
static int for_all(struct mt_cli *c, each_guest *each, void (*last)(struct mt_engine *g))
{
	struct mt_pool p = { 0 };
	struct mt_nic_filter *guests;
	struct mt_engine g;
	struct mt_err e = { 0 };
	size_t n = 0;
	int worst = mt_cli_engine(c, &g);

	if (worst)
		return worst;
	if (mt_guest_list(&g, &p, &guests, &n, &e))
		worst = mt_cli_error(c, NULL, &e);
	if (c->json)
		puts("[");
	for (size_t i = 0; i < n; i++) {
		struct mt_outcome out = { .name = "", .uuid = "" };
		int status;

		if (c->json && i)
			puts(",");
		status = each(c, &g, &guests[i], &out);
		worst = status > worst ? status : worst;
		mt_outcome_free(&out);
	}
	if (c->json)
		puts("]");
	mt_pool_free(&p);
	if (last)
		last(&g);
	mt_engine_close(&g);
	return worst;
}

/* --- plan, up --------------------------------------------------------------------------------- */

static int connect(struct mt_cli *c, bool dry)
{
	struct mt_event_params ask = mt_up_params(dry);
	struct mt_history_run run = { .event = "up", .argv = c->args };
	struct mt_outcome out = { .name = "", .uuid = "" };
	struct mt_engine g;
	struct mt_err e = { 0 };
	int err;

	if (mt_service_up(c, dry, &err))
		return err;
	ask.request.want |= dry ? 0u : MT_WANT_FACTS;
	ask.shows_warnings = true;
	ask.keep = c->keep;
	ask.request.only = c->n > 1 ? (const char *const *)c->args + 1 : NULL;
	err = mt_cli_engine(c, &g);
	if (err)
		return err;
	err = mt_cli_guest_or_file(c, &g, c->args[0], &ask, &out.pool);
	if (err)
		return give_back(&g, &out, err);
	mt_history_begin(&run, &g);
	err = mt_connect(&g, &ask, &out, &e);
	if (!dry)
		mt_history_end(&run, &g, &ask.request.source, &out, err ? &e : NULL);
	mt_cli_close_source(&ask.request.source);
	mt_cli_warnings(c, &out);
	if (!err && !dry && ask.arrived)
		mt_cli_announce(c, &g,
				&(struct mt_nic_filter){ .driver = out.driver,
							 .name = out.name,
							 .only = ask.request.only });
	return give_back(&g, &out, show(c, &out, err, &e));
}

static int plan_guest(struct mt_engine *g, const struct mt_nic_filter *which,
		      struct mt_outcome *out, struct mt_err *e)
{
	struct mt_event_params ask = mt_cli_params(MT_WANT_PLANS, true);
	int err = mt_params_from_guest(g, which, &ask, &out->pool, e);

	ask.request.unnamed = MT_SH_UNNAMED;
	if (err == -ENOENT)
		err = mt_bad(e, "plan", "", "it is connected, but there is no record of it");
	return err ? err : mt_connect(g, &ask, out, e);
}

/* For a tap of an unknown guest, ask the policy about the tap, and tell it what QEMU's command line
 * said of the guest. Only the record of the script's run has that. */
static int plan_tap(struct mt_engine *g, const struct mt_nic_filter *which, struct mt_outcome *out,
		    struct mt_err *e)
{
	static const char *const untold[] = { "there is no record of its QEMU's command line, so "
					      "the policy gets no hints about its guest" };
	struct mt_event_params ask = mt_cli_params(MT_WANT_PLANS, true);
	struct mt_history *runs;
	size_t n;
	int err = mt_history_list(g, which, &out->pool, &runs, &n, e);

	while (!err && n && !mt_history_can_replay(&runs[n - 1]))
		n--;
	if (err || n)
		return err ? err : mt_history_replay(g, &runs[n - 1], NULL, out, e);
	ask.request.source.fd = -1;
	ask.driver = which->driver;
	ask.guest = "";
	ask.request.dev = which->dev;
	ask.request.known = false;
	err = mt_connect(g, &ask, out, e);
	out->name = which->dev;
	out->warnings = untold;
	out->nwarnings = 1;
	return err;
}

static int plan_known(struct mt_cli *c, struct mt_engine *g, struct mt_nic_filter *which,
		      struct mt_outcome *out)
{
	struct mt_err e = { 0 };
	int err;

	out->name = which->name;
	err = *which->name ? plan_guest(g, which, out, &e) : plan_tap(g, which, out, &e);
	mt_cli_warnings(c, out);
	return show(c, out, err, &e);
}

int mt_command_plan(struct mt_cli *c)
{
	return c->all ? for_all(c, plan_known, NULL) : connect(c, true);
}

int mt_command_up(struct mt_cli *c)
{
	return connect(c, false);
}

/* --- down ------------------------------------------------------------------------------------- */

/* A file means the guest that it describes. */
static int guest_of_file(struct mt_cli *c, struct mt_engine *g, struct mt_pool *p,
			 struct mt_nic_filter *which)
{
	struct mt_event_params ask = { .request.want = 0 };
	struct mt_err e = { 0 };
	int err = mt_cli_source(c, c->args[0], &ask.request.source);

	if (err)
		return err;
	err = mt_guest_of(g, &ask, p, which, &e);
	mt_cli_close_source(&ask.request.source);
	return err ? mt_cli_error(c, NULL, &e) : 0;
}

/* mt_history_end() records no run that found nothing to disconnect: the record would turn a
 * mistyped name into a guest that `log` knows. */
static int take_down(struct mt_cli *c, struct mt_engine *g, struct mt_nic_filter *which,
		     struct mt_outcome *out)
{
	struct mt_history_run run = { .event = "down",
				      .driver = which->driver,
				      .guest = which->name,
				      .dev = *which->name ? NULL : which->dev,
				      .argv = c->args };
	struct mt_err e = { 0 };
	int err;

	which->only = c->n > 1 ? (const char *const *)c->args + 1 : NULL;
	which->force = c->force;
	mt_history_begin(&run, g);
	err = mt_disconnect_all(g, which, out, &e);
	mt_history_end(&run, g, NULL, out, err ? &e : NULL);
	if (!err && !out->n && !c->json && !c->all) {
		mt_print_text(stdout, "%s of '%s' is connected",
			      c->n > 1 ? "none of these NICs" : "nothing", c->args[0]);
		putchar('\n');
	}
	if (err && e.code == EBUSY)
		strncat(e.text, "; --force disconnects it all the same",
			sizeof e.text - strlen(e.text) - 1);
	return show(c, out, err, &e);
}

/* What killed runs left, of all guests. */
static void finish_leftovers(struct mt_engine *g)
{
	if (mt_can_change_network())
		mt_leftovers_all(g);
}

int mt_command_down(struct mt_cli *c)
{
	struct mt_outcome out = { .name = "", .uuid = "" };
	struct mt_nic_filter which = { 0 };
	struct mt_engine g;
	int status;

	c->person = true;
	if (c->netns_gone)
		return mt_namespaces_drop(c, c->netns_gone);
	if (c->all)
		return for_all(c, take_down, finish_leftovers);
	if (mt_service_down(c, &status))
		return status;
	status = mt_cli_engine(c, &g);
	if (status)
		return status;
	status = mt_cli_is_file(c, c->args[0]) ? guest_of_file(c, &g, &out.pool, &which)
					       : mt_cli_guest(c, &g, &out.pool, &which);
	if (status == -1)
		status = show(c, &out, 0, NULL);
	else if (!status)
		status = take_down(c, &g, &which, &out);
	finish_leftovers(&g);
	return give_back(&g, &out, status);
}
