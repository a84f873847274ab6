/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* options.c - the table of options, taking them off the command line, and what they mean together
 */
#include "cli/cli.h"
#include "base/words.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

volatile sig_atomic_t mt_cli_stop;

enum { STATE = 128, HOOKS, DEADLINE, JSON, SH, INACTIVE, PREFIX, SCHEMA, FORCE, WATCH, VERSION };

const struct mt_option mt_options[] = {
	{ 'p', "policy", "FILE", "the policy; else /etc/moontap/policy.lua" },
	{ STATE, "state", "DIR", "the state directory; else /run/moontap" },
	{ HOOKS, "hooks", "DIR", "look for hooks here first" },
	{ DEADLINE, "deadline", "SECONDS", "for the policy; else 10" },
	{ JSON, "json", NULL, "print JSON" },
	{ SH, "sh", NULL, "plan: print just the commands, for sh" },
	{ INACTIVE, "inactive", NULL, "facts, xml: as libvirt defines a domain" },
	{ PREFIX, "prefix", "TEXT", "facts, xml: names that begin so are generated, too" },
	{ SCHEMA, "schema", "FILE.rng", "check: validate the XML with this schema" },
	{ FORCE, "force", NULL, "down: take down even a running guest's tap" },
	{ WATCH, "watch", NULL, "status: show it anew whenever something changes, until Ctrl-C" },
	{ 'v', "verbose", NULL, "log to stderr, and say more" },
	{ 'h', "help", NULL, "this help" },
	{ VERSION, "version", NULL, "the version" },
	{ 0 },
};

int mt_cli_usage(const struct mt_cli *c, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: ", c->program);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "; try: moontap help\n");
	return 2;
}

static int set_deadline(struct mt_cli *c, const char *text)
{
	char *end;

	c->deadline = strtod(text, &end);
	if (*end || end == text || !(c->deadline >= 0.1 && c->deadline <= 3600))
		return mt_cli_usage(c, "--deadline '%s' is not 0.1..3600 seconds", text) + 1;
	return 0;
}

static int take(struct mt_cli *c, int letter, const char *arg)
{
	switch (letter) {
	case 'p':
		c->policy = arg;
		return 0;
	case STATE:
		c->state = arg;
		return 0;
	case HOOKS:
		c->hooks = arg;
		return 0;
	case PREFIX:
		c->prefix = arg;
		return 0;
	case SCHEMA:
		c->schema = arg;
		return 0;
	case JSON:
		c->json = true;
		return 0;
	case SH:
		c->sh = true;
		return 0;
	case INACTIVE:
		c->inactive = true;
		return 0;
	case WATCH:
		c->watch = true;
		return 0;
	case FORCE:
		c->force = true;
		return 0;
	case 'v':
		c->verbose = true;
		return 0;
	case DEADLINE:
		return set_deadline(c, arg);
	case '0' ... '9': /* -12, a digit a time */
		c->back = c->back < 1000 ? c->back * 10 + (unsigned)(letter - '0') : c->back;
		return 0;
	case 'h':
		mt_command_help(c);
		return 1;
	case VERSION:
		puts("moontap " MOONTAP_VERSION);
		return 1;
	}
	return 0;
}

static int unknown(const struct mt_cli *c, const char *word)
{
	const char *name = word + strspn(word, "-");
	const char *nearest = mt_nearest(name, &mt_options[0].name, sizeof *mt_options);

	if (nearest)
		return mt_cli_usage(c, "there is no option '%s'; did you mean '--%s'?", word,
				    nearest) +
			1;
	return mt_cli_usage(c, "there is no option '%s'", word) + 1;
}

int mt_options_parse(struct mt_cli *c, int argc, char **argv)
{
	struct option longs[sizeof mt_options / sizeof *mt_options] = { 0 };
	int letter;

	for (int i = 0; mt_options[i].name; i++)
		longs[i] = (struct option){ mt_options[i].name, mt_options[i].arg != NULL, NULL,
					    mt_options[i].letter };
	opterr = 0;
	while ((letter = getopt_long(argc, argv, ":p:vh0123456789", longs, NULL)) != -1) {
		int err;

		if (letter == '?')
			return unknown(c, argv[optind - 1]);
		if (letter == ':')
			return mt_cli_usage(c, "%s wants a value", argv[optind - 1]) + 1;
		err = take(c, letter, optarg);
		if (err)
			return err;
	}
	c->args = (const char **)argv + optind;
	c->n = argc - optind;
	return 0;
}
