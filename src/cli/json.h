/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* json.h - what the files of the JSON module share */
#ifndef MT_CLI_JSON_H
#define MT_CLI_JSON_H

#include "cli/cli.h"

/** mt_json_help() - every table that help is made from; to be freed, NULL: no memory */
char *mt_json_help(const struct mt_help *h);

#endif
