/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cli.h - what the subcommands share */
#ifndef MT_CLI_CLI_H
#define MT_CLI_CLI_H

#include "engine/engine.h"

#include <stdio.h>

struct mt_command;
struct mt_help;
struct mt_history;
struct mt_table;
struct mt_varlink;
struct moontap_nic;

/* How a subcommand exits when its standard output cannot be written. */
enum mt_output_is {
	MT_OUTPUT_ALL,	  /* it only prints: 4, failed */
	MT_OUTPUT_REPORT, /* it has changed something: 7, not reported */
	MT_OUTPUT_CHECK,  /* a monitoring system asks: 3, unknown */
};

/* The command line, taken apart. */
struct mt_cli {
	const char *program;		   /* what people typed, for messages */
	const struct mt_command *commands; /* ended by a NULL name; NULL: it has none */
	const char *policy;		   /* -p; NULL: MT_DEFAULT_POLICY */
	const char *hooks;		   /* --hooks; NULL: only the default folders */
	const char *state;		   /* --state */
	const char *ovsdb;		   /* --ovsdb */
	const char *deadline;		   /* --deadline, seconds */
	unsigned deadline_ms;		   /* --deadline in ms; 0: not given */
	const char *prefix;		   /* --prefix */
	const char *schema;		   /* --schema */
	const char *libvirt;		   /* --libvirt */
	const char *driver;		   /* --driver */
	const char *root;		   /* --root */
	const char *chunk;		   /* -e */
	const char *event;		   /* --event */
	const char *run;		   /* --run: the Nth from the end */
	const char *name, *uuid, *dev;	   /* --name, --uuid, --dev: instead of the word GUEST */
	const char *netns_gone;		   /* --netns-gone, a cookie: likewise */
	unsigned is;			   /* what args[0] may name: enum mt_word_is; 0: any */
	unsigned back;			   /* the N of --run N or -N; 0: not given */
	bool replay;
	bool json, sh, svg, png, inactive, force, verbose, watch, help, version;
	const char *br, *fd; /* --br, --fd: of moontap-bridge-helper */
	bool use_vnet;
	bool check, openmetrics, no_header, clear, free;
	bool if_known;	 /* --if-known */
	bool keep;	 /* --keep */
	bool dry_run;	 /* --dry-run */
	bool all;	 /* --all: instead of the word GUEST */
	uint64_t given;	 /* bit i: mt_options[i] was given */
	bool no_service; /* it would have been asked, if there were one */
	bool changes;	 /* print no step that changes nothing */
	bool person;	 /* a person asks: log to stderr, also where it is no terminal */
	enum mt_output_is output;
	const char **args; /* the arguments that are no options, NULL-ended */
	int n;
};

struct mt_command {
	const char *name;
	const char *args; /* "GUEST.xml [NIC...]" */
	const char *doc;
	int (*run)(struct mt_cli *c);
	int least, most;     /* number of arguments; most -1: no limit */
	const char *options; /* names, blank-separated; all take verbose, help and version */
	bool whole;	     /* keeps all capabilities: runs programs, or uses the host's files */
	enum mt_output_is output;
	bool sends; /* keeps CAP_NET_RAW: it sends frames */
};

/* The client, which libvirt and scripts call: beside moontap. */
#define MT_CLIENT "moontap-event"

/** mt_is_moontap() - whether a path is of moontap or of its client, by its last part */
bool mt_is_moontap(const char *path);

/* After moontap's path in an AppArmor rule: matches moontap and moontap-event. */
#define MT_PROGRAMS "{,-event}"

#define MT_POLICY_OPTIONS "policy hooks deadline"
/* Options that replace the argument GUEST; MT_NAME_OPTIONS where it cannot be a device. */
#define MT_GUEST_OPTIONS "name uuid dev"
#define MT_NAME_OPTIONS	 "name uuid"

extern const struct mt_command mt_scripts[]; /* called by these names; ended by a NULL name */
/** mt_command_find() - a subcommand by its name; NULL: there is none */
extern const struct mt_command *mt_command_find(const struct mt_cli *c, const char *name);
/** mt_script_find() - one of mt_scripts by its name; NULL: there is none */
extern const struct mt_command *mt_script_find(const char *name);
/** mt_command_unknown() - report args[0], which is no subcommand, and suggest one. Return: 2. */
int mt_command_unknown(const struct mt_cli *c);

/** mt_command_run() - check the command line against @m's row, and run it
 * @before:	what precedes its name in usage messages: "moontap "; "" for a script
 *
 * Return: the exit status. */
int mt_command_run(struct mt_cli *c, const struct mt_command *m, const char *before);

/** mt_output_begin() - make write errors visible: occupy closed standard streams, ignore SIGPIPE
 *
 * To be called before anything is opened. */
void mt_output_begin(void);

/** mt_output_flush() - write what was printed so far. Return: whether all could be written. */
bool mt_output_flush(void);

/** mt_output_lost() - the exit status of a subcommand whose output could not be printed */
int mt_output_lost(const struct mt_cli *c);

/** mt_output_end() - flush standard output, and report on stderr when that fails
 * @status:	exit status of the work itself
 *
 * EPIPE is no error: the reader has read enough.
 *
 * Return: the exit status: @status, or mt_output_lost() when it is 0 and output was lost.
 */
int mt_output_end(const struct mt_cli *c, int status);

/** mt_command_monitored() - whether @m exits with an enum mt_level, for monitoring systems
 * @m:	NULL: no such subcommand */
bool mt_command_monitored(const struct mt_cli *c, const struct mt_command *m);

/** mt_cli_name() - the last part of the path in argv[0]. Borrowed. */
const char *mt_cli_name(int argc, char **argv);

/* An option: how to parse it, and its help. */
struct mt_option {
	char letter; /* 0: it has only a long name */
	const char *name, *arg, *doc;
	size_t at; /* offset of its field in struct mt_cli: a string with @arg, else a bool */
};
extern const struct mt_option mt_options[]; /* ended by a NULL name */

/** mt_options_parse() - read the options, also between arguments, into @c, and the arguments into
 * @c->args. Return: 0, or 2 after printing why. */
int mt_options_parse(struct mt_cli *c, int argc, char **argv);

/** mt_options_takes() - whether a subcommand takes an option, by its long name */
bool mt_options_takes(const struct mt_command *m, const char *option);

/** mt_options_check() - refuse options that @m does not take. Return: 0, or the exit status. */
int mt_options_check(const struct mt_cli *c, const struct mt_command *m);

/** mt_cli_engine() - open an engine with the command line's options, and catch signals
 * @g:		out: to be closed by mt_engine_close()
 *
 * Return: 0, or the exit status after printing why. */
int mt_cli_engine(struct mt_cli *c, struct mt_engine *g);

/** mt_cli_params() - mt_person_params(), and warnings are shown */
struct mt_event_params mt_cli_params(unsigned want, bool dry);

/** mt_cli_source() - open a file, or standard input for "-"
 * @s:		out: to be closed by mt_cli_close_source()
 *
 * Return: 0, or the exit status after printing why. */
int mt_cli_source(struct mt_cli *c, const char *file, struct mt_source *s);

/** mt_cli_nobody() - print that a word means no guest. Return: the exit status. */
int mt_cli_nobody(const struct mt_cli *c, const char *why);

/** mt_cli_guest() - the guest that args[0] names: connected, remembered or in the log
 * @which:	out, in @p
 *
 * Return: 0; -1: there is none, and --if-known was given; or the exit status after printing why. */
int mt_cli_guest(const struct mt_cli *c, struct mt_engine *g, struct mt_pool *p,
		 struct mt_nic_filter *which);

/** mt_cli_is_file() - whether a word is a file and no guest: it is "-", has a /, or ends in .xml
 * Never, when the guest was given by --name, --uuid or --dev. */
bool mt_cli_is_file(const struct mt_cli *c, const char *word);

/** mt_cli_guest_or_file() - fill @ask for a remembered guest, or for the one that a file describes
 * @word:	the file or the guest, see mt_cli_is_file()
 * @ask:	its source: the file; of a remembered guest as mt_params_from_guest() fills it, in
 *		@p; to be closed by mt_cli_close_source()
 *
 * Return: 0, or the exit status after printing why. */
int mt_cli_guest_or_file(struct mt_cli *c, struct mt_engine *g, const char *word,
			 struct mt_event_params *ask, struct mt_pool *p);

/** mt_cli_announce() - after a migration, announce the NICs that match; what fails is a warning on
 * stderr */
void mt_cli_announce(struct mt_cli *c, struct mt_engine *g, const struct mt_nic_filter *which);

/** mt_cli_no_xml() - refuse args[0]: it names a guest, and moontap keeps no guest's XML
 * @advice:	what to do instead, for mt_sh_advice()
 *
 * Return: the exit status. */
int mt_cli_no_xml(const struct mt_cli *c, const char *advice);

/** mt_cli_close_source() - close what was opened for reading; standard input stays */
void mt_cli_close_source(const struct mt_source *s);

/** mt_cli_warnings() - print on stderr what a guest's XML asks for and does not get */
void mt_cli_warnings(struct mt_cli *c, const struct mt_outcome *o);

/** mt_cli_error() - one line on stderr, "moontap: web: link.set vnet0: ..."
 * @guest:	NULL or "": the error is about none
 *
 * Return: the exit status. */
int mt_cli_error(const struct mt_cli *c, const char *guest, const struct mt_err *e);

/** mt_cli_usage() - what is wrong with the command line, and where help is. Return: 2. */
int mt_cli_usage(const struct mt_cli *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** mt_cli_unknown() - "there is no option '--stat'; did you mean '--state'?" Return: 2.
 * @hint:	as mt_suggest() returns it */
int mt_cli_unknown(const struct mt_cli *c, const char *what, const char *word, const char *hint);

/** mt_cli_log() - where log lines go: stderr for a person, else syslog */
struct mt_log mt_cli_log(struct mt_cli *c);

/** mt_cli_stop - set by SIGINT, SIGTERM and SIGHUP */
extern volatile sig_atomic_t mt_cli_stop;

/** mt_print_text() - as fprintf(3), up to 8,191 bytes; base/text.h replaces unsafe characters */
void mt_print_text(FILE *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** mt_print_outcome() - each NIC and its steps, as commands; with c->sh only the commands */
void mt_print_outcome(const struct mt_cli *c, const struct mt_outcome *o, FILE *out);

/** mt_print_nics() - the same, of a reply of the service */
void mt_print_nics(const struct mt_cli *c, const char *guest, const struct moontap_nic *const *nics,
		   FILE *out);

/** mt_colour() - an escape sequence, or "" where @out is no terminal or NO_COLOR is set
 * @op:		enum mt_op; 'b': bold; 0: back to normal */
const char *mt_colour(FILE *out, char op);

/* The module that links jansson, loaded only for JSON; it exports this struct as mt_json. */
struct mt_json {
	/* @e: NULL: no error. Return: the text, to be freed; NULL: no memory. */
	char *(*outcome)(const struct mt_outcome *o, const struct mt_err *e);
	/* The first NIC's steps, then those undone, as an array. Return: as outcome(). */
	char *(*steps)(const struct mt_outcome *o);
	/* @text: as mt_fact_print() writes it. Return: false: it cannot be parsed. */
	bool (*facts)(const char *text, size_t n, FILE *out);
	char *(*table)(const struct mt_table *t);
	char *(*history)(const struct mt_history *h);
	char *(*help)(const struct mt_help *h);
};

/** mt_json_load() - load the module. Return: NULL after printing why. */
const struct mt_json *mt_json_load(const struct mt_cli *c);

/** mt_varlink_load() - likewise of varlink/varlink.h */
const struct mt_varlink *mt_varlink_load(const struct mt_cli *c);

/* The module that links libedit; it exports this struct as mt_repl. */
struct mt_repl {
	/* @end: mt_output_end(), for a chunk that calls os.exit(). Return: the exit status. */
	int (*run)(struct mt_cli *c, int (*end)(const struct mt_cli *c, int status));
};

/** mt_repl_load() - load the module. Return: NULL after printing why. */
const struct mt_repl *mt_repl_load(const struct mt_cli *c);

/** mt_print_json() - print and free a text from one of a module's functions
 * @module:	NULL: it could not be loaded, and why was printed
 * @text:	NULL: no memory, which is reported here
 *
 * Return: the exit status. */
int mt_print_json(const struct mt_cli *c, const void *module, char *text, FILE *out);

/** mt_print_table() - print a table, as JSON with --json
 * @nothing:	the line that people see when it is empty
 *
 * Return: the exit status. */
int mt_print_table(const struct mt_cli *c, const struct mt_table *t, const char *nothing,
		   FILE *out);

/** mt_print_time() - "2026-03-01 14:05:09", local time. Returns @buf.
 * @seconds:	since 1970 */
const char *mt_print_time(uint64_t seconds, char buf[static 32]);

/** mt_status_check() - status --check: one line. Return: enum mt_level. */
int mt_status_check(struct mt_cli *c);

/** mt_run_result() - how a run ended: "done", "refused", "failed, guest runs on" */
const char *mt_run_result(const struct mt_history *h);

/** mt_doctor_list() - every check of doctor, and why it matters */
void mt_doctor_list(FILE *out);

/** mt_help_all() - every subcommand and option */
void mt_help_all(const struct mt_cli *c, FILE *out);

/** mt_libvirt_hook_pass() - accept a call of libvirt's hook script that is about no guest, but, for
 * example, about a network. Return: 0. */
int mt_libvirt_hook_pass(void);

int mt_command_plan(struct mt_cli *c);
int mt_command_up(struct mt_cli *c);
int mt_command_down(struct mt_cli *c);
int mt_command_status(struct mt_cli *c);
int mt_command_doctor(struct mt_cli *c);
int mt_command_why(struct mt_cli *c);
int mt_command_graph(struct mt_cli *c);
int mt_command_reconcile(struct mt_cli *c);
int mt_command_announce(struct mt_cli *c);
int mt_command_log(struct mt_cli *c);
int mt_command_lease(struct mt_cli *c);
int mt_command_replay(struct mt_cli *c);
int mt_command_facts(struct mt_cli *c);
int mt_command_xml(struct mt_cli *c);
int mt_command_check(struct mt_cli *c);
int mt_command_hook(struct mt_cli *c);
int mt_command_ifup(struct mt_cli *c);
int mt_command_ifdown(struct mt_cli *c);
int mt_command_bridge_helper(struct mt_cli *c);
int mt_command_repl(struct mt_cli *c);
int mt_command_help(struct mt_cli *c);
int mt_command_install_hook(struct mt_cli *c);
int mt_command_uninstall_hook(struct mt_cli *c);

#endif
