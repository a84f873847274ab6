/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* topic.h - help on a word: of `moontap help WORD`, and of the REPL's help() */
#ifndef MT_CLI_TOPIC_H
#define MT_CLI_TOPIC_H

#include <stdbool.h>
#include <stdio.h>

/* The comment above a function, as the build took it out of the sources. */
struct mt_topic {
	const char *of;	  /* "policy", "moontap" (the Lua module) or "repl" */
	const char *name; /* "tap", "host.KIND", "moontap.KIND.get", "session:plan" */
	const char *text; /* its signature, and what it does; lines end in \n */
};

extern const struct mt_topic mt_topics[]; /* ended by a NULL name */

/**
 * mt_topic_print() - what there is on a word: a function, a kind with its fields, fields
 * @repl:	the REPL's own words count, too
 *
 * In a name KIND stands for each kind; a word with parts ("host.link" of host) is not asked for
 * whole. Return: whether there was anything.
 */
bool mt_topic_print(const char *word, bool repl, FILE *out);

/** mt_topic_also() - beside the subcommand of that name: a function, and where there is such a
 * field
 */
void mt_topic_also(const char *word, FILE *out);

/** mt_topic_nearest() - the name that is nearest to a misspelt one; NULL: none is */
const char *mt_topic_nearest(const char *word, bool repl);

#endif
