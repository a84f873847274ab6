/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * status_metrics.c - status --openmetrics: what monitoring counts, for Prometheus
 *
 * Two parsers must accept it: that of OpenMetrics, and that of Prometheus' text format 0.0.4,
 * by which node_exporter's textfile collector reads files. To the second, "# UNIT" and "# EOF" are
 * comments; but it refuses a whole file for a type of OpenMetrics' own, such as info or
 * gaugehistogram (prometheus/common, expfmt/text_parse.go, readingType()), and the collector
 * refuses one for a sample's time stamp (node_exporter, collector/textfile.go, hasTimestamps()).
 *
 * So each metric is a gauge. It must be one in any case: records of runs are deleted, and each
 * number may fall. The durations have the series of a gaugehistogram, a gauge for each suffix.
 */
#include "base/text.h"
#include "cli/cli.h"
#include "cli/status_parts.h"
#include "engine/history.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A run as its labels say it. */
struct labelled {
	const char *event, *result;
};

struct found {
	struct mt_nic_status *nics;
	struct mt_history *runs; /* the earliest first */
	struct labelled *labels; /* of the runs, sorted */
	size_t nnics, nruns;
};

struct metric {
	const char *name; /* after "moontap_" */
	const char *unit; /* NULL: none; else the name ends with it */
	const char *help;
	void (*print)(const char *name, const struct found *f, FILE *out);
};

/* @before: '{' or ','. @value: has no line end. */
static void print_label(char before, const char *name, const char *value, FILE *out)
{
	fprintf(out, "%c%s=\"", before, name);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			putc('\\', out);
		putc(*value, out);
	}
	putc('"', out);
}

static void print_version(const char *name, const struct found *f, FILE *out)
{
	(void)f;
	fputs(name, out);
	print_label('{', "version", MOONTAP_VERSION, out);
	fputs("} 1\n", out);
}

/* --- NICs ------------------------------------------------------------------------------------- */

static void print_guests(const char *name, const struct found *f, FILE *out)
{
	size_t n = 0;

	for (size_t i = 0; i < f->nnics; i++)
		n += !i || !mt_nic_same_guest(&f->nics[i - 1], &f->nics[i]);
	fprintf(out, "%s %zu\n", name, n);
}

static void print_states(const char *name, const struct found *f, FILE *out)
{
	for (unsigned state = 0; mt_nic_states[state].name; state++) {
		size_t n = 0;

		for (size_t i = 0; i < f->nnics; i++)
			n += f->nics[i].state == state;
		fputs(name, out);
		print_label('{', "state", mt_nic_states[state].name, out);
		fprintf(out, "} %zu\n", n);
	}
}

/* In the other states a difference is moontap's own: of a run in progress, or of a killed one. */
static bool differs(const struct mt_nic_status *l)
{
	return l->ndrift && (l->state == MT_NIC_DRIFTED || l->state == MT_NIC_GONE);
}

static void print_differ(const char *name, const struct found *f, FILE *out)
{
	size_t n = 0;

	for (size_t i = 0; i < f->nnics; i++)
		n += differs(&f->nics[i]);
	fprintf(out, "%s %zu\n", name, n);
}

/* --- runs ------------------------------------------------------------------------------------- */

static int by_label(const void *a, const void *b)
{
	const struct labelled *x = a, *y = b;

	return strcmp(x->event, y->event) ?: strcmp(x->result, y->result);
}

static void print_runs(const char *name, const struct found *f, FILE *out)
{
	for (size_t i = 0, same; i < f->nruns; i += same) {
		const struct labelled *run = &f->labels[i];

		for (same = 1; i + same < f->nruns && !by_label(run, run + same);)
			same++;
		fputs(name, out);
		print_label('{', "event", run->event, out);
		print_label(',', "result", run->result, out);
		fprintf(out, "} %zu\n", same);
	}
}

static void print_buckets(const char *name, const struct found *f, FILE *out)
{
	static const struct {
		uint64_t us;
		const char *le; /* the same in seconds, in OpenMetrics' canonical form */
	} bounds[] = { { 1000, "0.001" },     { 2500, "0.0025" }, { 5000, "0.005" },
		       { 10000, "0.01" },     { 25000, "0.025" }, { 50000, "0.05" },
		       { 100000, "0.1" },     { 250000, "0.25" }, { 500000, "0.5" },
		       { 1000000, "1.0" },    { 2500000, "2.5" }, { 10000000, "10.0" },
		       { UINT64_MAX, "+Inf" } };

	for (size_t b = 0; b < sizeof bounds / sizeof *bounds; b++) {
		size_t n = 0;

		for (size_t i = 0; i < f->nruns; i++)
			n += f->runs[i].took_us <= bounds[b].us;
		fputs(name, out);
		print_label('{', "le", bounds[b].le, out);
		fprintf(out, "} %zu\n", n);
	}
}

static void print_sum(const char *name, const struct found *f, FILE *out)
{
	uint64_t us = 0;

	for (size_t i = 0; i < f->nruns; i++)
		us += f->runs[i].took_us;
	fprintf(out, "%s %.6f\n", name, us / 1e6);
}

static void print_count(const char *name, const struct found *f, FILE *out)
{
	fprintf(out, "%s %zu\n", name, f->nruns);
}

static void print_last(const char *name, const struct found *f, FILE *out)
{
	fprintf(out, "%s %.6f\n", name, f->nruns ? f->runs[f->nruns - 1].at_us / 1e6 : 0.0);
}

/* --- all -------------------------------------------------------------------------------------- */

static const struct metric metrics[] = {
	{ "build_info", NULL, "The version of moontap; always 1.", print_version },
	{ "guests", NULL, "Guests with a NIC that is connected or remembered.", print_guests },
	{ "nics", NULL, "NICs in each state; moontap(1) describes the states.", print_states },
	{ "nics_differ", NULL, "NICs of which somebody else has changed or deleted something.",
	  print_differ },
	{ "log_runs", NULL,
	  "Runs on record by event and result. Old records are deleted: this is no counter.",
	  print_runs },
	{ "log_run_duration_seconds_bucket", NULL, "Runs on record that took at most this long.",
	  print_buckets },
	{ "log_run_duration_seconds_gsum", NULL, "How long all runs on record took, in seconds.",
	  print_sum },
	{ "log_run_duration_seconds_gcount", NULL, "Runs on record.", print_count },
	{ "last_run_timestamp_seconds", "seconds",
	  "When the last run on record began, since 1970; 0 if none is on record.", print_last },
};

static void print_metric(const struct metric *m, const struct found *f, FILE *out)
{
	char name[64];

	snprintf(name, sizeof name, "moontap_%s", m->name);
	fprintf(out, "# TYPE %s gauge\n", name);
	if (m->unit)
		fprintf(out, "# UNIT %s %s\n", name, m->unit);
	fprintf(out, "# HELP %s %s\n", name, m->help);
	m->print(name, f, out);
}

/* A damaged record may have any text as event. Clean it before runs are compared: a parser refuses
 * a series that is printed twice. */
static int label_runs(struct found *f, struct mt_pool *p, struct mt_err *e)
{
	f->labels = mt_pool_alloc(p, (f->nruns + 1) * sizeof *f->labels);
	for (size_t i = 0; f->labels && i < f->nruns; i++) {
		char *event = mt_pool_copy(p, f->runs[i].event, strlen(f->runs[i].event));

		if (!event)
			return mt_fail(e, ENOMEM, "status", "", NULL);
		f->labels[i] =
			(struct labelled){ mt_text_clean(event), mt_run_result(&f->runs[i]) };
	}
	if (!f->labels)
		return mt_fail(e, ENOMEM, "status", "", NULL);
	qsort(f->labels, f->nruns, sizeof *f->labels, by_label);
	return 0;
}

int mt_status_metrics(struct mt_cli *c, struct mt_engine *g, FILE *out)
{
	struct mt_pool p = { 0 };
	struct found f = { 0 };
	struct mt_err e = { 0 };
	int status = 0;

	if (mt_nics_inspect(g, NULL, &p, &f.nics, &f.nnics, &e) ||
	    mt_history_list(g, NULL, &p, &f.runs, &f.nruns, &e) || label_runs(&f, &p, &e)) {
		status = mt_cli_error(c, NULL, &e);
	} else {
		for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
			print_metric(&metrics[i], &f, out);
		fputs("# EOF\n", out);
	}
	mt_pool_free(&p);
	return status;
}
