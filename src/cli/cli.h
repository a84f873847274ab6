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

/* What it means for a subcommand when its standard output cannot be written. */
enum mt_output_is {
	MT_OUTPUT_ALL,	  /* it only reads: nothing came of it, 4 */
	MT_OUTPUT_REPORT, /* it changes something, and that is done, 7 */
	MT_OUTPUT_CHECK,  /* a monitoring system asks: not known, 3 */
};

/* The command line, taken apart. */
struct mt_cli {
	const char *program;		   /* what people typed, for messages */
	const struct mt_command *commands; /* all of this program, ended by a NULL name; or NULL */
	const char *policy;		   /* -p; NULL: the usual place */
	const char *hooks;		   /* --hooks; NULL: the usual places */
	const char *state;		   /* --state */
	const char *deadline;		   /* --deadline, seconds */
	unsigned deadline_ms;		   /* the same, read; 0: not given */
	const char *prefix;		   /* --prefix */
	const char *schema;		   /* --schema */
	const char *libvirt;		   /* --libvirt */
	const char *driver;		   /* --driver */
	const char *root;		   /* --root */
	const char *chunk;		   /* -e */
	const char *event;		   /* --event */
	const char *run;		   /* --run: the Nth from the end */
	const char *name, *uuid, *dev;	   /* --name, --uuid, --dev: instead of the word GUEST */
	const char *netns_gone;		   /* --netns-gone: likewise */
	unsigned is;			   /* what args[0] may be: enum mt_word_is */
	unsigned back;			   /* the same, read, or -N; 0: not given */
	bool replay;
	bool json, sh, svg, png, inactive, force, verbose, watch, help, version;
	bool check, no_header, clear;
	bool if_known;	/* --if-known */
	bool keep;	/* --keep */
	bool dry_run;	/* --dry-run */
	bool all;	/* --all: instead of the word GUEST */
	uint64_t given; /* bit i: mt_options[i] was given */
	bool changes;	/* what is as it shall be is not shown */
	enum mt_output_is output;
	const char **args; /* the words that are no options, NULL-ended */
	int n;
};

struct mt_command {
	const char *name;
	const char *args; /* "GUEST.xml [NIC...]" */
	const char *doc;
	int (*run)(struct mt_cli *c);
	int least, most;     /* how many words; most -1: any number */
	const char *options; /* names of those that it takes, besides -v, -h and --version */
	bool whole;	     /* keeps its privileges: it runs programs, or looks after files */
	enum mt_output_is output;
};

/* After moontap's path, in AppArmor's words: that one, and the one that scripts call. */
#define MT_PROGRAMS "{,-script}"

#define MT_POLICY_OPTIONS "policy hooks deadline"
/* Of what takes a GUEST as its first word; and of what asks the policy about it. */
#define MT_GUEST_OPTIONS "name uuid dev"
#define MT_NAME_OPTIONS	 "name uuid"

extern const struct mt_command mt_scripts[]; /* called with one word, by their names; likewise */
/** mt_command_find() - a subcommand by its name; NULL: there is none */
extern const struct mt_command *mt_command_find(const struct mt_cli *c, const char *name);
extern const struct mt_command *mt_script_find(const char *name);
/** mt_command_unknown() - the first word is no subcommand: say which are. Return: 2. */
int mt_command_unknown(const struct mt_cli *c);

/** mt_command_run() - check the command line against @m's row, and run it
 * @before:	what stands before its name in the usage: "moontap "
 *
 * Return: the exit status. */
int mt_command_run(struct mt_cli *c, const struct mt_command *m, const char *before);

/** mt_output_begin() - before anything is opened: closed standard streams are occupied */
void mt_output_begin(void);

/** mt_output_flush() - write what was printed so far. Return: whether all could be written. */
bool mt_output_flush(void);

/** mt_output_lost() - the exit status when what @c was to print cannot be had */
int mt_output_lost(const struct mt_cli *c);

/** mt_output_end() - write the rest of what was printed, and say when that fails
 * @status:	of the work itself; 0: done
 *
 * A reader that has closed its pipe has read enough: no error.
 *
 * Return: the exit status: @status, or mt_output_lost() when it is 0 and the output is not whole.
 */
int mt_output_end(const struct mt_cli *c, int status);

/** mt_command_monitored() - whether its exit status is a monitoring system's: enum mt_level
 * @m:	NULL: no such subcommand */
bool mt_command_monitored(const struct mt_cli *c, const struct mt_command *m);

/** mt_cli_name() - what the program was called as, without its folder. Borrowed. */
const char *mt_cli_name(int argc, char **argv);

/* One row an option, for parsing and for help. */
struct mt_option {
	char letter; /* 0: it has only a long name */
	const char *name, *arg, *doc;
	size_t at; /* of its field in struct mt_cli: a text where it has an argument, else a bool */
};
extern const struct mt_option mt_options[]; /* ended by a NULL name */

/** mt_options_parse() - take options out of argv, wherever they stand. Return: 0, or the status. */
int mt_options_parse(struct mt_cli *c, int argc, char **argv);

/** mt_option_find() - an option by its long name, which must be there */
const struct mt_option *mt_option_find(const char *name);

/** mt_options_takes() - whether a subcommand takes an option */
bool mt_options_takes(const struct mt_command *m, const struct mt_option *o);

/** mt_options_check() - refuse what was given and is not taken. Return: 0, or the exit status. */
int mt_options_check(const struct mt_cli *c, const struct mt_command *m);

/** mt_drop_capabilities() - give up all capabilities but those that connecting needs, for good */
void mt_drop_capabilities(void);

/** mt_cli_engine() - an engine as the command line says. Return: 0, or the exit status. */
int mt_cli_engine(struct mt_cli *c, struct mt_engine *g);

/** mt_cli_params() - what a person asks of a guest: all of its NICs
 * @want:	enum mt_want
 * @dry:	nothing is to be changed */
struct mt_event_params mt_cli_params(unsigned want, bool dry);

/** mt_cli_source() - open a file, or standard input for "-". Return: 0, or the exit status. */
int mt_cli_source(struct mt_cli *c, const char *file, struct mt_source *s);

/** mt_cli_guest() - the guest that args[0] means: connected, remembered or in the log
 * @which:	out, in @p
 *
 * Return: 0, or the exit status after saying why; with --if-known -1: it means none. */
int mt_cli_guest(const struct mt_cli *c, struct mt_engine *g, struct mt_pool *p,
		 struct mt_nic_filter *which);

/** mt_cli_is_file() - whether a word is a file and no guest: it is "-", has a /, or ends in .xml
 * With --name, --uuid or --dev none is. */
bool mt_cli_is_file(const struct mt_cli *c, const char *word);

/** mt_cli_guest_or_file() - ask about the guest that a word means: one that is remembered, or that
 * a file describes
 * @ask:	source filled, to be closed by mt_cli_close_source(); of a remembered guest as
 *		mt_params_from_guest() does; in @p
 *
 * Return: 0, or the exit status after saying why. */
int mt_cli_guest_or_file(struct mt_cli *c, struct mt_engine *g, const char *word,
			 struct mt_event_params *ask, struct mt_pool *p);

/** mt_cli_no_xml() - refuse args[0], a guest's name where XML is needed: moontap keeps only its
 * facts
 * @advice:	what to do instead, for mt_sh_advice()
 *
 * Return: the exit status. */
int mt_cli_no_xml(const struct mt_cli *c, const char *advice);

/** mt_cli_close_source() - close what was opened for reading; standard input stays */
void mt_cli_close_source(const struct mt_source *s);

/** mt_cli_warnings() - on stderr what a guest's description asks for and does not get */
void mt_cli_warnings(struct mt_cli *c, const struct mt_outcome *o);

/** mt_cli_error() - one line on stderr, "moontap: web: link.set vnet0: ...". Return: exit status.
 */
int mt_cli_error(const struct mt_cli *c, const char *guest, const struct mt_err *e);

/** mt_cli_usage() - what is wrong with the command line, and where help is. Return: 2. */
int mt_cli_usage(const struct mt_cli *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** mt_cli_unknown() - "there is no option '--stat'; did you mean '--state'?" Return: 2.
 * @hint:	what mt_suggest() says */
int mt_cli_unknown(const struct mt_cli *c, const char *what, const char *word, const char *hint);

/** mt_cli_log() - where log lines go */
struct mt_log mt_cli_log(struct mt_cli *c);

/** mt_cli_stop - set by SIGINT, SIGTERM and SIGHUP */
extern volatile sig_atomic_t mt_cli_stop;

/** mt_print_text() - as fprintf(3), but what must not be shown is replaced (base/text.h) */
void mt_print_text(FILE *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** mt_print_outcome() - each NIC and its steps, as commands; with c->sh only the commands */
void mt_print_outcome(const struct mt_cli *c, const struct mt_outcome *o, FILE *out);

/** mt_colour() - an escape to colour with, or "" where @out is no terminal or NO_COLOR is set */
const char *mt_colour(FILE *out, char op);

/* The module that sees jansson, loaded with --json only; each function is exported by its name. */
struct mt_json {
	/* Return: the text, to be freed; NULL: no memory. @e NULL: it went well. */
	char *(*outcome)(const struct mt_outcome *o, const struct mt_err *e);
	/* The steps of its first NIC, what goes back included, as an array. Return: as
	 * outcome(). */
	char *(*steps)(const struct mt_outcome *o);
	/* Return: whether they are facts. */
	bool (*facts)(const char *text, size_t n, FILE *out);
	char *(*table)(const struct mt_table *t);
	char *(*history)(const struct mt_history *h);
	char *(*help)(const struct mt_help *h);
};

/** mt_json_load() - load it. Return: NULL after saying why. */
const struct mt_json *mt_json_load(const struct mt_cli *c);

/* The module that sees libedit. */
struct mt_repl {
	/* @end: mt_output_end(), for a chunk that ends the program. Return: the exit status. */
	int (*run)(struct mt_cli *c, int (*end)(const struct mt_cli *c, int status));
};

/** mt_repl_load() - load it. Return: NULL after saying why. */
const struct mt_repl *mt_repl_load(const struct mt_cli *c);

/** mt_print_json() - a text that one of @json's functions made, freed here
 * @json:	NULL: it was not to be loaded, which was said
 * @text:	NULL: there was no memory for it, which is said here
 *
 * Return: the exit status. */
int mt_print_json(const struct mt_cli *c, const struct mt_json *json, char *text, FILE *out);

/** mt_print_table() - a table, as JSON with --json; @nothing: what is said to people when it is
 * empty. Return: the exit status. */
int mt_print_table(const struct mt_cli *c, const struct mt_table *t, const char *nothing,
		   FILE *out);

/** mt_print_time() - "2026-03-01 14:05:09", as the host's clock has it. Returns @buf. */
const char *mt_print_time(uint64_t seconds, char buf[static 32]);

/** mt_status_check() - status --check: one line. Return: enum mt_level. */
int mt_status_check(struct mt_cli *c);

/** mt_run_result() - how a run ended: "done", "refused", "failed, guest runs on" */
const char *mt_run_result(const struct mt_history *h);

/** mt_doctor_list() - every check of doctor, and why it matters */
void mt_doctor_list(FILE *out);

/** mt_help_all() - every subcommand and option */
void mt_help_all(const struct mt_cli *c, FILE *out);

/** mt_libvirt_hook_pass() - one of libvirt's hooks that is about no guest, say a network's: it goes
 * on
 * Return: 0. */
int mt_libvirt_hook_pass(void);

int mt_command_plan(struct mt_cli *c);
int mt_command_up(struct mt_cli *c);
int mt_command_down(struct mt_cli *c);
int mt_command_status(struct mt_cli *c);
int mt_command_doctor(struct mt_cli *c);
int mt_command_why(struct mt_cli *c);
int mt_command_graph(struct mt_cli *c);
int mt_command_reconcile(struct mt_cli *c);
int mt_command_log(struct mt_cli *c);
int mt_command_replay(struct mt_cli *c);
int mt_command_facts(struct mt_cli *c);
int mt_command_xml(struct mt_cli *c);
int mt_command_check(struct mt_cli *c);
int mt_command_hook(struct mt_cli *c);
int mt_command_ifup(struct mt_cli *c);
int mt_command_ifdown(struct mt_cli *c);
int mt_command_repl(struct mt_cli *c);
int mt_command_help(struct mt_cli *c);
int mt_command_install_hook(struct mt_cli *c);
int mt_command_uninstall_hook(struct mt_cli *c);

#endif
