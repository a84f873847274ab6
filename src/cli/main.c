/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* main.c - the table of subcommands, and who is called by which name */
#include "cli/cli.h"
#include "base/words.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

const struct mt_command mt_commands[] = {
	{ "plan", "GUEST.xml [NIC...]", "what connecting would change; changes nothing",
	  mt_command_plan, 1, -1, "Sj" },
	{ "up", "GUEST.xml [NIC...]", "connect", mt_command_up, 1, -1, "jf" },
	{ "down", "GUEST [NIC...]", "disconnect: by name, uuid, device or file", mt_command_down, 1,
	  -1, "jf" },
	{ "status", "[GUEST]", "what is connected, and what has drifted", mt_command_status, 0, 1,
	  "j" },
	{ "log", "[GUEST [-N]]", "what became of the last runs; -1: of the last one, whole",
	  mt_command_log, 0, 1, "jn" },
	{ "replay", "GUEST [-N]", "plan a run again, with the policy as it is now",
	  mt_command_replay, 1, 1, "jnS" },
	{ "facts", "GUEST.xml", "the domain as a policy sees it, as JSON", mt_command_facts, 1, 1,
	  "ix" },
	{ "xml", "GUEST.xml", "the XML after parsing, checking and the policy's decide()",
	  mt_command_xml, 1, 1, "ix" },
	{ "check", "FILE...", "policies (.lua) and domain XML: what is wrong, and where",
	  mt_command_check, 1, -1, "s" },
	{ "hook", "DRIVER GUEST OPERATION SUB EXTRA", "what libvirt calls", mt_command_hook, 5, 5,
	  "" },
	{ "help", "[WORD]", "a subcommand, a kind, a field, a policy function", mt_command_help, 0,
	  1, "" },
	{ NULL },
};

const struct mt_command *mt_command_find(const char *name)
{
	for (const struct mt_command *m = mt_commands; m->name; m++)
		if (!strcmp(m->name, name))
			return m;
	return NULL;
}

/* A tap that is being made is an open descriptor, and a guest may have many. */
static void raise_descriptors(void)
{
	struct rlimit l;

	if (!getrlimit(RLIMIT_NOFILE, &l) && l.rlim_cur < l.rlim_max) {
		l.rlim_cur = l.rlim_max;
		setrlimit(RLIMIT_NOFILE, &l);
	}
}

static int run_command(struct mt_cli *c)
{
	const struct mt_command *m;
	const char *nearest;

	if (!c->n)
		return mt_command_help(c), 2;
	m = mt_command_find(c->args[0]);
	if (!m) {
		nearest = mt_nearest(c->args[0], &mt_commands[0].name, sizeof *mt_commands);
		return mt_cli_usage(c, "there is no subcommand '%s'%s%s%s", c->args[0],
				    nearest ? "; did you mean '" : "", nearest ? nearest : "",
				    nearest ? "'?" : "");
	}
	c->args++;
	c->n--;
	if (c->n < m->least || (m->most >= 0 && c->n > m->most))
		return mt_cli_usage(c, "usage: moontap %s %s", m->name, m->args);
	return m->run(c);
}

/* Links to the program, called with one word. */
static const struct mt_command scripts[] = {
	{ "qemu-ifup", "TAP", "what libvirt's <script> and QEMU's script= call", mt_command_ifup, 1,
	  1, "" },
	{ "qemu-ifdown", "TAP", "what <downscript> and downscript= call", mt_command_ifdown, 1, 1,
	  "" },
	{ NULL },
};

/* libvirt runs hooks/DRIVER and every program in hooks/DRIVER.d/, whatever its name. */
static const char *driver_of(const char *path)
{
	static const char *const drivers[] = { "lxc", "libxl", "bhyve", "network", "daemon", NULL };
	char folder[32];

	for (const char *const *d = drivers; *d; d++) {
		const char *name = strrchr(path, '/');

		snprintf(folder, sizeof folder, "/%s.d/", *d);
		if (!strcmp(name ? name + 1 : path, *d) || strstr(path, folder))
			return *d;
	}
	return "qemu";
}

static int run_hook(struct mt_cli *c, const char *path)
{
	const char *words[6] = { driver_of(path) };

	for (int i = 0; i < 4; i++)
		words[i + 1] = c->args[i];
	c->args = words;
	c->n = 5;
	return mt_command_hook(c);
}

static int run_script(struct mt_cli *c, const struct mt_command *m)
{
	if (c->n != 1)
		return mt_cli_usage(c, "usage: %s %s", m->name, m->args);
	return m->run(c);
}

int main(int argc, char **argv)
{
	const char *slash = argc ? strrchr(argv[0], '/') : NULL;
	const char *name = slash ? slash + 1 : argc ? argv[0] : "moontap";
	struct mt_cli c = { .program = name };
	int err;

	setlocale(LC_CTYPE, "");
	raise_descriptors();
	err = mt_options_parse(&c, argc, argv);
	if (err)
		return err - 1;
	for (const struct mt_command *m = scripts; m->name; m++)
		if (!strcmp(m->name, name))
			return run_script(&c, m);
	if (c.n == 4 && mt_hook_operation(c.args[1]) && !mt_command_find(c.args[0]))
		return run_hook(&c, argv[0]);
	c.program = "moontap";
	return run_command(&c);
}
