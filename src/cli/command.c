/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* command.c - for both programs: find a subcommand, check its arguments, run it */
#include "base/capabilities.h"
#include "base/descriptors.h"
#include "base/tokens.h"
#include "cli/cli.h"
#include "cli/level.h"
#include "engine/guest.h"

#include <string.h>

const char *mt_cli_name(int argc, char **argv)
{
	const char *slash = argc ? strrchr(argv[0], '/') : NULL;

	return slash ? slash + 1 : argc ? argv[0] : "moontap";
}

const struct mt_command mt_scripts[] = {
	{ "qemu-ifup", "TAP", "what libvirt's <script> and QEMU's script= call", mt_command_ifup, 1,
	  1, MT_POLICY_OPTIONS " state" },
	{ "qemu-ifdown", "TAP", "what <downscript> and downscript= call", mt_command_ifdown, 1, 1,
	  MT_POLICY_OPTIONS " state" },
	{ "moontap-bridge-helper", "--br=BRIDGE --fd=N",
	  "what a user's QEMU calls for -netdev bridge,helper=", mt_command_bridge_helper, 0, 0,
	  "use-vnet br fd" },
	{ NULL },
};

const struct mt_command *mt_script_find(const char *name)
{
	for (const struct mt_command *m = mt_scripts; m->name; m++)
		if (!strcmp(m->name, name))
			return m;
	return NULL;
}

const struct mt_command *mt_command_find(const struct mt_cli *c, const char *name)
{
	for (const struct mt_command *m = c->commands; m && m->name; m++)
		if (!strcmp(m->name, name))
			return m;
	return NULL;
}

int mt_command_unknown(const struct mt_cli *c)
{
	char hint[512];

	return mt_cli_unknown(c, "subcommand", c->args[0],
			      mt_suggest(c->args[0], &c->commands[0].name, sizeof *c->commands,
					 hint, sizeof hint));
}

/* Put the guest of --name, --uuid, --dev or --netns-gone before the other arguments. args[-1] is
 * free: it held the subcommand's name. */
static void take_guest(struct mt_cli *c)
{
	const struct {
		const char *word;
		unsigned is;
	} said[] = { { c->name, MT_WORD_NAME },
		     { c->uuid, MT_WORD_UUID },
		     { c->dev, MT_WORD_DEVICE },
		     { c->netns_gone, 0 } };

	for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
		if (!said[i].word)
			continue;
		*--c->args = said[i].word;
		c->n++;
		c->is = said[i].is;
		return;
	}
}

static bool any_empty(const struct mt_cli *c)
{
	for (int i = 0; i < c->n; i++)
		if (!*c->args[i])
			return true;
	return false;
}

bool mt_command_monitored(const struct mt_cli *c, const struct mt_command *m)
{
	return m && (m->output == MT_OUTPUT_CHECK || (c->check && mt_options_takes(m, "check")));
}

static int check_words(struct mt_cli *c, const struct mt_command *m, const char *before)
{
	int status = mt_options_check(c, m);

	if (status)
		return status;
	if (!!c->name + !!c->uuid + !!c->dev + !!c->netns_gone + c->all > 1)
		return mt_cli_usage(c,
				    "give only one of --name, --uuid, --dev, --all, --netns-gone");
	take_guest(c);
	if (any_empty(c)) /* an unset variable; would match what has no name */
		return mt_cli_usage(c, "an argument is empty: %s%s %s", before, m->name, m->args);
	if (c->all && c->n)
		return mt_cli_usage(c, "--all already means every guest: name none");
	if ((c->n < m->least && !c->all) || (m->most >= 0 && c->n > m->most))
		return mt_cli_usage(c, "usage: %s%s %s", before, m->name, m->args);
	return 0;
}

int mt_command_run(struct mt_cli *c, const struct mt_command *m, const char *before)
{
	bool monitored = mt_command_monitored(c, m);
	int status = check_words(c, m, before);

	if (status)
		return monitored ? MT_UNKNOWN : status;
	mt_raise_descriptors();
	if (!m->whole)
		mt_drop_capabilities(m->sends);
	c->output = monitored ? MT_OUTPUT_CHECK : m->output;
	status = mt_output_end(c, m->run(c));
	return monitored && status > MT_UNKNOWN ? MT_UNKNOWN : status;
}
