/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* options.c - the table of options: parse them, and check whether a subcommand takes them */
#include "cli/cli.h"
#include "base/tokens.h"
#include "kernel/host.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

volatile sig_atomic_t mt_cli_stop;

#define AT(field) offsetof(struct mt_cli, field)

const struct mt_option mt_options[] = {
	{ 'p', "policy", "FILE", "the policy; else /etc/moontap/policy.lua", AT(policy) },
	{ 0, "state", "DIR", "the state directory; else /run/moontap", AT(state) },
	{ 0, "ovsdb", "SOCKET", "Open vSwitch's database; else " MT_OVSDB_DEFAULT, AT(ovsdb) },
	{ 0, "hooks", "DIR", "search DIR for hooks first", AT(hooks) },
	{ 0, "deadline", "SECONDS", "stop the policy after this time; else 10", AT(deadline) },
	{ 0, "json", NULL, "print JSON", AT(json) },
	{ 0, "sh", NULL, "print just the commands, for sh", AT(sh) },
	{ 0, "svg", NULL, "draw it, with Graphviz's dot, as SVG", AT(svg) },
	{ 0, "png", NULL, "draw it as PNG", AT(png) },
	{ 0, "inactive", NULL, "as an inactive domain, as virsh define reads it", AT(inactive) },
	{ 0, "prefix", "TEXT", "treat device names that begin with TEXT as generated, too",
	  AT(prefix) },
	{ 0, "schema", "FILE.rng", "validate the XML with this schema", AT(schema) },
	{ 0, "libvirt", "VERSION", "check by the rules of this libvirt, 9.0 to 12.8; else 12.8",
	  AT(libvirt) },
	{ 0, "driver", "NAME", "qemu, or lxc; else qemu", AT(driver) },
	{ 0, "root", "DIR", "the host's files are below DIR", AT(root) },
	{ 'e', "eval", "CHUNK", "run this Lua, and print its value", AT(chunk) },
	{ 0, "event", "NAME", "as if libvirt reported this event: prepare, start", AT(event) },
	{ 0, "replay", NULL, "plan a guest's earlier run again: GUEST -N", AT(replay) },
	{ 0, "name", "NAME", "instead of GUEST: a guest's name, and nothing else", AT(name) },
	{ 0, "uuid", "UUID", "instead of GUEST: a guest's uuid", AT(uuid) },
	{ 0, "dev", "DEVICE", "instead of GUEST: a guest's device", AT(dev) },
	{ 0, "netns-gone", "COOKIE",
	  "instead of GUEST: forget a network namespace that is gone; status shows cookies",
	  AT(netns_gone) },
	{ 0, "dry-run", NULL, "print what would be done, as plan does; change nothing",
	  AT(dry_run) },
	{ 0, "all", NULL, "instead of GUEST: every guest, one after another", AT(all) },
	{ 0, "if-known", NULL, "an unknown guest is no error", AT(if_known) },
	{ 0, "keep", NULL, "stay connected until down, even when the guest ends", AT(keep) },
	{ 0, "force", NULL, "disconnect even a tap that is in use, or has addresses", AT(force) },
	{ 0, "watch", NULL, "print it again whenever something changes, until Ctrl-C", AT(watch) },
	{ 0, "check", NULL, "print one line, exit as a monitoring plugin", AT(check) },
	{ 0, "openmetrics", NULL, "print metrics for Prometheus, in the OpenMetrics text format",
	  AT(openmetrics) },
	{ 0, "no-header", NULL, "print no line of headings", AT(no_header) },
	{ 0, "clear", NULL, "delete the records of a guest's runs, or of all", AT(clear) },
	{ 0, "free", NULL, "give the address back, to whichever NIC needs one next", AT(free) },
	{ 0, "run", "N", "the Nth run from the end; in short -N", AT(run) },
	{ 0, "br", "BRIDGE", "the bridge that QEMU asks for", AT(br) },
	{ 0, "fd", "N", "QEMU's socket, a descriptor", AT(fd) },
	{ 0, "use-vnet", NULL, "the tap has a virtio-net header", AT(use_vnet) },
	{ 'v', "verbose", NULL, "log to stderr, and print more", AT(verbose) },
	{ 'h', "help", NULL, "help on moontap, or on the subcommand", AT(help) },
	{ 0, "version", NULL, "the version", AT(version) },
	{ 0 },
};

enum { OPTIONS = sizeof mt_options / sizeof *mt_options };

_Static_assert(OPTIONS <= 64, "struct mt_cli's given has a bit for each");

int mt_cli_usage(const struct mt_cli *c, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	mt_print_text(stderr, "%s: %s; try: moontap help", c->program, text);
	putc('\n', stderr);
	return 2;
}

int mt_cli_unknown(const struct mt_cli *c, const char *what, const char *word, const char *hint)
{
	mt_print_text(stderr, "%s: there is no %s '%s'; %s", c->program, what, word, hint);
	putc('\n', stderr);
	return 2;
}

/* @which: as getopt_long() returns it: a letter, or 256 + the row in mt_options. */
static void take(struct mt_cli *c, int which, const char *arg)
{
	char *base = (char *)c;
	int i = 0;

	if (which >= 256)
		i = which - 256;
	else
		while (mt_options[i].letter != which)
			i++;
	if (mt_options[i].arg)
		*(const char **)(void *)(base + mt_options[i].at) = arg;
	else
		*(bool *)(base + mt_options[i].at) = true;
	c->given |= UINT64_C(1) << i;
}

static int refuse(const struct mt_cli *c, int why, const char *word)
{
	char letter[3] = { '-', (char)optopt }, hint[64];
	const char *near;

	if (optopt > 0 && optopt < 256)
		word = letter;
	if (why == ':')
		return mt_cli_usage(c, "%s wants a value", word);
	near = mt_nearest(word + strspn(word, "-"), &mt_options[0].name, sizeof *mt_options);
	snprintf(hint, sizeof hint, "%s%s%s", near ? "did you mean '--" : "try: moontap help",
		 near ? near : "", near ? "'?" : "");
	return mt_cli_unknown(c, "option", word, hint);
}

static int read_deadline(struct mt_cli *c)
{
	double s;
	char *end;

	if (!c->deadline)
		return 0;
	s = strtod(c->deadline, &end);
	if (*end || end == c->deadline || !(s >= 0.1 && s <= 3600))
		return mt_cli_usage(c, "--deadline '%s' is not 0.1..3600 seconds", c->deadline);
	c->deadline_ms = (unsigned)(s * 1000);
	return 0;
}

static int read_run(struct mt_cli *c)
{
	char *end;

	if (!c->run)
		return 0;
	c->back = (unsigned)strtoul(c->run, &end, 10);
	if (*end || !c->back || c->back > 1000)
		return mt_cli_usage(c, "--run '%s' is not 1..1000", c->run);
	return 0;
}

int mt_options_parse(struct mt_cli *c, int argc, char **argv)
{
	struct option longs[OPTIONS] = { 0 };
	int which, status = 0;

	for (int i = 0; mt_options[i].name; i++)
		longs[i] = (struct option){ mt_options[i].name, mt_options[i].arg != NULL, NULL,
					    256 + i };
	opterr = optind = 0; /* 0: restart the scan, see getopt(3) */
	while ((which = getopt_long(argc, argv, ":p:e:vh0123456789", longs, NULL)) != -1) {
		if (which == '?' || which == ':')
			status = status ? status : refuse(c, which, argv[optind - 1]);
		else if (which >= '0' && which <= '9') /* -12: one digit a call */
			c->back = c->back < 1000 ? c->back * 10 + (unsigned)(which - '0') : c->back;
		else
			take(c, which, optarg);
	}
	c->args = (const char **)argv + optind;
	c->n = argc - optind;
	return status || read_deadline(c) || read_run(c) ? 2 : 0;
}

bool mt_options_takes(const struct mt_command *m, const char *option)
{
	char words[256], word[32];

	snprintf(words, sizeof words, " %s verbose help version ", m->options);
	snprintf(word, sizeof word, " %s ", option);
	return strstr(words, word);
}

int mt_options_check(const struct mt_cli *c, const struct mt_command *m)
{
	for (int i = 0; mt_options[i].name; i++)
		if (c->given >> i & 1 && !mt_options_takes(m, mt_options[i].name))
			return mt_cli_usage(c, "'%s' takes no option --%s", m->name,
					    mt_options[i].name);
	if (c->back && !mt_options_takes(m, "run"))
		return mt_cli_usage(c, "'%s' takes no option -%u", m->name, c->back);
	return 0;
}
