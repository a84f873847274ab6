/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json.h - inside of the module that writes JSON
 */
#ifndef MT_CLI_JSON_JSON_H
#define MT_CLI_JSON_JSON_H

#include "cli/cli.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#define MT_JSON_FLAGS (JSON_INDENT(2) | JSON_REAL_PRECISION(15))

/** mt_json_flags() - for a text that goes out as JSON: jansson escapes C0 alone, and JSON reaches
 * terminals, too; what must not be shown is written as \uXXXX (base/text.h) */
size_t mt_json_flags(const char *text);

/** mt_json_text() - a string; bytes that are no UTF-8, which a device's name may have, become "?"
 */
json_t *mt_json_text(const char *s);

/**
 * mt_json_facts() - facts as JSON, indented
 * @bytes:	as mt_fact_print() writes them
 *
 * Return: whether they are facts.
 */
bool mt_json_facts(const char *bytes, size_t n, FILE *out);

/** mt_json_help() - every table that help is made from; to be freed, NULL: no memory */
char *mt_json_help(const struct mt_help *h);

#endif
