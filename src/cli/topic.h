/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* topic.h - help on a word, for `moontap help WORD` and the REPL's help() */
#ifndef MT_CLI_TOPIC_H
#define MT_CLI_TOPIC_H

#include <stdbool.h>
#include <stdio.h>

/* The comment above a function, which the build takes from the sources: doc/tools/topics.lua */
struct mt_topic {
	const char *of;	  /* "policy", "moontap" (the Lua module) or "repl" */
	const char *name; /* "tap", "host.KIND", "moontap.KIND.get", "session:plan" */
	const char *text; /* its signature, and what it does; lines end in \n */
};

extern const struct mt_topic mt_topics[]; /* ended by a NULL name */

/**
 * mt_topic_print() - print the help on a word: a kind with its fields, functions, or fields
 * @repl:	the REPL's own functions, too
 *
 * KIND in a function's name matches each kind. A word that names no function, but begins the names
 * of some ("host" of "host.link"), prints all of these.
 *
 * Return: whether anything was printed.
 */
bool mt_topic_print(const char *word, bool repl, FILE *out);

/** mt_topic_also() - what else has a subcommand's name: print the function, and list the kinds that
 * have such a field */
void mt_topic_also(const char *word, FILE *out);

/** mt_topic_nearest() - the name that is nearest to a misspelt one; NULL: none is near
 * @repl:	the REPL's own functions, too */
const char *mt_topic_nearest(const char *word, bool repl);

#endif
