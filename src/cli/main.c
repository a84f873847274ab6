/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* main.c - the table of subcommands, and which of them a call means */
#include "cli/cli.h"
#include "cli/level.h"
#include "base/tokens.h"
#include "engine/driver.h"

#include <stdlib.h>
#include <string.h>

static const struct mt_command commands[] = {
	{ "plan", "GUEST [NIC...]", "what connecting would change; changes nothing",
	  mt_command_plan, 1, -1,
	  MT_POLICY_OPTIONS " " MT_NAME_OPTIONS " all state ovsdb json sh" },
	{ "up", "GUEST [NIC...]", "connect", mt_command_up, 1, -1,
	  MT_POLICY_OPTIONS " " MT_NAME_OPTIONS " keep state ovsdb json",
	  .output = MT_OUTPUT_REPORT, .sends = true },
	{ "down", "GUEST [NIC...]", "disconnect: by name, uuid, device or file", mt_command_down, 1,
	  -1, MT_GUEST_OPTIONS " all if-known netns-gone state ovsdb json force",
	  .output = MT_OUTPUT_REPORT },
	{ "status", "[GUEST]", "what is connected, and what has drifted", mt_command_status, 0, 1,
	  MT_GUEST_OPTIONS " state ovsdb json watch check openmetrics no-header" },
	{ "doctor", "[GUEST]",
	  "what keeps guests off the network, and what to do; exits as a monitoring plugin",
	  mt_command_doctor, 0, 1, MT_POLICY_OPTIONS " " MT_NAME_OPTIONS " state ovsdb json root",
	  true, MT_OUTPUT_CHECK },
	{ "why", "GUEST",
	  "one page about a guest: policy, host, what differs, last run, findings, what to do",
	  mt_command_why, 1, 1, MT_POLICY_OPTIONS " " MT_GUEST_OPTIONS " state ovsdb json", true },
	{ "graph", "[GUEST...]",
	  "a picture of guests, taps, bridges and uplinks, what drifted in red: as Graphviz DOT",
	  mt_command_graph, 0, -1, MT_NAME_OPTIONS " state ovsdb svg png", true },
	{ "reconcile", "[GUEST]", "repair what others changed, undo what a killed run began",
	  mt_command_reconcile, 0, 1,
	  MT_POLICY_OPTIONS " " MT_GUEST_OPTIONS " dry-run state ovsdb json",
	  .output = MT_OUTPUT_REPORT },
	{ "announce", "GUEST [NIC...]",
	  "tell switches and neighbours that its addresses are at this host now",
	  mt_command_announce, 1, -1, MT_GUEST_OPTIONS " state ovsdb json",
	  .output = MT_OUTPUT_REPORT, .sends = true },
	{ "lease", "[POOL [ADDRESS]]", "which addresses of pools are whose; --free gives one back",
	  mt_command_lease, 0, 2, "state json free", .output = MT_OUTPUT_REPORT },
	{ "log", "[GUEST [-N]]",
	  "how the last runs ended; -1: all about the last one; --clear deletes the records",
	  mt_command_log, 0, 1, MT_GUEST_OPTIONS " state json run clear" },
	{ "replay", "GUEST [-N]", "plan a run again, with the policy as it is now",
	  mt_command_replay, 1, 1,
	  MT_POLICY_OPTIONS " " MT_GUEST_OPTIONS " state ovsdb json sh run" },
	{ "facts", "GUEST", "the domain as a policy sees it, as JSON", mt_command_facts, 1, 1,
	  MT_NAME_OPTIONS " state inactive prefix" },
	{ "xml", "GUEST.xml", "the XML after parsing, checking and the policy's decide()",
	  mt_command_xml, 1, 1, MT_POLICY_OPTIONS " inactive prefix" },
	{ "check", "FILE...", "policies (.lua) and domain XML: what is wrong, and where",
	  mt_command_check, 1, -1, "hooks deadline schema libvirt" },
	{ "hook", "DRIVER GUEST OPERATION SUB EXTRA", "what libvirt calls", mt_command_hook, 5, 5,
	  MT_POLICY_OPTIONS " state ovsdb" },
	{ "install-hook", "", "create the link by which libvirt runs moontap",
	  mt_command_install_hook, 0, 0, "driver root", true, MT_OUTPUT_REPORT },
	{ "uninstall-hook", "", "delete that link", mt_command_uninstall_hook, 0, 0, "driver root",
	  true, MT_OUTPUT_REPORT },
	{ "repl", "[GUEST.xml]", "look at a guest, try a policy, see what it would do: in Lua",
	  mt_command_repl, 0, 1, MT_POLICY_OPTIONS " state ovsdb eval event replay run", true },
	{ "help", "[WORD]", "a subcommand, a kind, a field, a policy function", mt_command_help, 0,
	  1, "json" },
	{ NULL },
};

static int run_command(struct mt_cli *c)
{
	const struct mt_command *m;

	if (!c->n)
		return mt_help_all(c, stderr), 2;
	m = mt_command_find(c, c->args[0]);
	if (!m)
		return mt_command_unknown(c);
	if (c->json && !mt_json_load(c)) /* fail before anything is changed */
		return 4;
	c->args++;
	c->n--;
	return mt_command_run(c, m, "moontap ");
}

/* Whether libvirt calls: the last four arguments are GUEST OPERATION SUB EXTRA. They are not parsed
 * as options, since a guest's name may begin with "-". */
static bool is_hook(struct mt_cli *c, int argc, char **argv, int *status)
{
	static const char *words[6];

	if (argc < 5 || !mt_operation_known(argv[argc - 3]))
		return false;
	*status = mt_options_parse(c, argc - 4, argv);
	if (*status || c->n)
		return *status;
	words[0] = mt_driver_of_hook(argv[0]);
	for (int i = 0; i < 4; i++)
		words[i + 1] = argv[argc - 4 + i];
	c->args = words;
	c->n = 5;
	*status = mt_driver_known(*words)
		? mt_command_run(c, mt_command_find(c, "hook"), "moontap ")
		: mt_libvirt_hook_pass();
	return true;
}

int main(int argc, char **argv)
{
	struct mt_cli c = { .program = mt_cli_name(argc, argv), .commands = commands };
	const struct mt_command *script;
	int status;

	mt_output_begin();
	if (is_hook(&c, argc, argv, &status))
		return status;
	c = (struct mt_cli){ .program = mt_cli_name(argc, argv), .commands = commands };
	script = mt_script_find(c.program);
	status = mt_options_parse(&c, argc, argv);
	if (status && c.n && mt_command_monitored(&c, mt_command_find(&c, c.args[0])))
		return MT_UNKNOWN;
	if (status)
		return status;
	if (c.version)
		return puts("moontap " MOONTAP_VERSION), mt_output_end(&c, 0);
	if (c.help)
		return mt_output_end(&c, mt_command_help(&c));
	if (script)
		return mt_command_run(&c, script, "");
	c.program = "moontap";
	return run_command(&c);
}
