/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* graph_rules.h - what nftables does for a NIC, as lines of text */
#ifndef MT_CLI_GRAPH_GRAPH_RULES_H
#define MT_CLI_GRAPH_GRAPH_RULES_H

#include "base/kind.h"

#include <stdbool.h>
#include <stddef.h>

/** mt_rule_text() - what a record makes nftables do, in few words, in @size bytes of @text
 * Return: false: it is of no such kind. */
bool mt_rule_text(const struct mt_record *r, char *text, size_t size);

#endif
