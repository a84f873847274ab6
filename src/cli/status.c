/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* status.c - what is connected, since when, by which policy, and what has drifted */
#include "base/sh.h"
#include "cli/namespaces.h"
#include "cli/cli.h"
#include "cli/level.h"
#include "cli/service_client.h"
#include "cli/status_parts.h"
#include "cli/table.h"
#include "engine/history.h"
#include "engine/nic_status.h"

/* The last run of any guest, if it failed; else NULL. */
static const struct mt_history *last_failure(struct mt_engine *g, struct mt_pool *p)
{
	const struct mt_history *last = NULL;
	struct mt_history *runs;
	struct mt_err ignored;
	size_t n = 0;

	if (mt_history_list(g, NULL, p, &runs, &n, &ignored))
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (!last || runs[i].at_us >= last->at_us)
			last = &runs[i];
	return last && *last->error && (*last->guest || *last->dev) ? last : NULL;
}

/* The line that people see when nothing is connected. */
static const char *nothing(struct mt_engine *g, struct mt_pool *p, char *buf, size_t n)
{
	const struct mt_history *h = last_failure(g, p);

	if (!h)
		return "nothing is connected";
	return mt_sh_advice(buf, n, "nothing is connected; the last run failed: moontap log @ -1",
			    *h->guest ? h->guest : h->dev);
}

static int show_all(struct mt_cli *c, struct mt_engine *g, FILE *out, struct mt_err *e)
{
	struct mt_pool p = { 0 };
	struct mt_nic_status *nics;
	struct mt_table t;
	char none[MT_LINE_MAX];
	size_t n;
	int status;

	if (mt_nics_inspect(g, NULL, &p, &nics, &n, e)) {
		mt_pool_free(&p);
		return mt_cli_error(c, NULL, e);
	}
	mt_finish_done(g, nics, n);
	mt_status_table(&t, nics, n, &p);
	t.no_header = c->no_header;
	status = mt_print_table(c, &t, n ? "" : nothing(g, &p, none, sizeof none), out);
	if (!status && !c->json)
		status = mt_namespaces_show(c, g, out);
	mt_pool_free(&p);
	return status;
}

static int show_guest(struct mt_cli *c, struct mt_engine *g, FILE *out, struct mt_err *e)
{
	struct mt_pool p = { 0 };
	struct mt_nic_status *nics;
	struct mt_nic_filter which;
	char advice[MT_LINE_MAX];
	size_t n;
	int status = mt_cli_guest(c, g, &p, &which);

	if (!status && mt_nics_inspect(g, &which, &p, &nics, &n, e)) {
		status = mt_cli_error(c, c->args[0], e);
	} else if (!status && !n && !c->json) {
		fprintf(out, "nothing of it is connected or remembered; its last runs: %s\n",
			mt_sh_advice(advice, sizeof advice, "moontap log @", c->args[0]));
	} else if (!status) {
		mt_finish_done(g, nics, n);
		status = mt_status_guest(c, g, nics, n, &p, out);
	}
	mt_pool_free(&p);
	return status;
}

static int print(struct mt_cli *c, struct mt_engine *g, FILE *out)
{
	struct mt_err e = { 0 };

	if (c->openmetrics)
		return mt_status_metrics(c, g, out);
	return c->n ? show_guest(c, g, out, &e) : show_all(c, g, out, &e);
}

/* --check and --openmetrics are about all guests, each in a form of its own. */
static bool is_alone(const struct mt_cli *c)
{
	return !c->n && !c->json && !c->watch && !c->no_header && c->check + c->openmetrics == 1;
}

static int check(struct mt_cli *c)
{
	if (is_alone(c))
		return mt_status_check(c);
	mt_cli_usage(c,
		     "status --check is about all guests, in one line: without GUEST, --json, "
		     "--watch, --no-header, --openmetrics");
	return MT_UNKNOWN;
}

int mt_command_status(struct mt_cli *c)
{
	struct mt_engine g;
	int status;

	if (c->check)
		return check(c);
	if (c->openmetrics && !is_alone(c))
		return mt_cli_usage(c,
				    "status --openmetrics is about all guests: without GUEST, "
				    "--json, --check, --watch, --no-header");
	if (mt_service_status(c, &status))
		return status;
	status = mt_cli_engine(c, &g);
	if (status)
		return status;
	status = c->watch ? mt_status_watch(c, &g, print) : print(c, &g, stdout);
	mt_engine_close(&g);
	return status;
}
