/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* guest_files.c - facts, xml, check: what moontap reads out of files */
#include "cli/cli.h"
#include "domain/domain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* For `check` (MT_WANT_NOTES) @file is a file; else it may be a guest, see mt_cli_is_file(). */
static int evaluate(struct mt_cli *c, const char *file, unsigned want, unsigned libvirt,
		    struct mt_outcome *out)
{
	struct mt_event_params ask = mt_cli_params(want, true);
	struct mt_engine g;
	struct mt_err e = { 0 };
	int status = mt_cli_engine(c, &g);

	if (status)
		return status;
	status = want & MT_WANT_NOTES ? mt_cli_source(c, file, &ask.request.source)
				      : mt_cli_guest_or_file(c, &g, file, &ask, &out->pool);

	ask.request.inactive = c->inactive;
	ask.request.prefix = c->prefix;
	ask.request.schema = c->schema;
	ask.request.libvirt = libvirt;
	if (!status && mt_connect(&g, &ask, out, &e))
		status = mt_cli_error(c, NULL, &e);
	else if (!status)
		mt_cli_warnings(c, out);
	mt_cli_close_source(&ask.request.source);
	mt_engine_close(&g);
	return status;
}

int mt_command_facts(struct mt_cli *c)
{
	const struct mt_json *json = mt_json_load(c);
	struct mt_outcome out = { 0 };
	struct mt_err e = { 0 };
	int status;

	if (!json)
		return mt_exit_status(MT_BLAME_HOST);
	status = evaluate(c, c->args[0], MT_WANT_FACTS, 0, &out);
	if (!status && !json->facts(out.facts, out.facts_n, stdout)) {
		mt_fail(&e, EIO, "facts", "", "they cannot be read back");
		status = mt_cli_error(c, NULL, &e);
	}
	if (!status)
		putchar('\n');
	mt_outcome_free(&out);
	return status;
}

int mt_command_xml(struct mt_cli *c)
{
	struct mt_outcome out = { 0 };
	unsigned want = MT_WANT_DECISIONS | MT_WANT_XML | MT_WANT_WHOLE;
	int status;

	if (!mt_cli_is_file(c, c->args[0]))
		return mt_cli_no_xml(c,
				     "moontap keeps facts of a guest, not its XML: virsh "
				     "dumpxml @ | moontap xml -; for the file: moontap xml ./@");
	status = evaluate(c, c->args[0], want, 0, &out);
	if (!status)
		fwrite(out.xml, 1, out.xml_n, stdout);
	mt_outcome_free(&out);
	return status;
}

static bool is_policy(const char *file)
{
	size_t n = strlen(file);

	return n > 4 && !strcmp(file + n - 4, ".lua");
}

/* A policy is checked by running its top level, in the sandbox, for no guest. */
static int check_policy(struct mt_cli *c, const char *file)
{
	struct mt_event_params ask = { .request.source = { .fd = -1 },
				       .request.want = MT_WANT_DECISIONS,
				       .dry = true };
	struct mt_outcome out = { 0 };
	struct mt_engine g;
	struct mt_err e = { 0 };
	int status;

	c->policy = file;
	status = mt_cli_engine(c, &g);
	if (status)
		return status;
	if (mt_connect(&g, &ask, &out, &e))
		status = mt_cli_error(c, NULL, &e);
	else if (out.lacks)
		fprintf(stderr, "%s: %s: %s\n", c->program, file, out.lacks);
	if (!status && out.lacks && !out.lacks_meant)
		status = mt_exit_status(MT_BLAME_INPUT);
	mt_outcome_free(&out);
	mt_engine_close(&g);
	return status;
}

static int check_xml(struct mt_cli *c, const char *file, unsigned libvirt)
{
	struct mt_outcome out = { 0 };
	int status;

	c->verbose = true; /* else notes are not printed */
	status = evaluate(c, file, MT_WANT_FACTS | MT_WANT_NOTES, libvirt, &out);
	mt_outcome_free(&out);
	return status;
}

int mt_command_check(struct mt_cli *c)
{
	unsigned libvirt = c->libvirt ? mt_libvirt_parse(c->libvirt) : MT_LIBVIRT_NEWEST;
	int worst = 0;

	if (!libvirt)
		return mt_cli_usage(c, "--libvirt '%s' is no version from 9.0 on, as 11.3",
				    c->libvirt);
	for (int i = 0; i < c->n; i++) {
		const char *file = c->args[i];
		bool policy = is_policy(file);
		int status = policy ? check_policy(c, file) : check_xml(c, file, libvirt);

		if (!status)
			mt_print_text(stdout, "%s: ok", file);
		if (!status && !policy)
			printf(", by the rules of libvirt %u.%u", libvirt / 1000, libvirt % 1000);
		if (!status)
			putchar('\n');
		if (status > worst)
			worst = status;
	}
	return worst;
}
