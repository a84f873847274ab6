/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* json.h - what the files of the module that writes JSON share */
#ifndef MT_CLI_JSON_JSON_H
#define MT_CLI_JSON_JSON_H

#include "cli/cli.h"
#include "varlink/json_text.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#define MT_JSON_FLAGS (JSON_INDENT(2) | JSON_REAL_PRECISION(15))

/** mt_json_flags() - json_dumps()'s flags for @text. JSON may reach a terminal, and jansson escapes
 * only C0: a text with other characters that must not be shown (base/text.h) is written in ASCII */
size_t mt_json_flags(const char *text);

/**
 * mt_json_facts() - facts as JSON, indented
 * @bytes:	as mt_fact_print() writes them
 *
 * Return: false: they cannot be parsed; nothing was written.
 */
bool mt_json_facts(const char *bytes, size_t n, FILE *out);

/** mt_json_help() - every table that help is made from, as JSON; to be freed. NULL: no memory */
char *mt_json_help(const struct mt_help *h);

#endif
