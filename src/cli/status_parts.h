/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* status_parts.h - what the files of `moontap status` share */
#ifndef MT_CLI_STATUS_PARTS_H
#define MT_CLI_STATUS_PARTS_H

#include "cli/cli.h"
#include "engine/nic_status.h"

/** mt_status_print - print the status once. Return: the exit status. */
typedef int (*mt_status_print)(struct mt_cli *c, struct mt_engine *g, FILE *out);

/** mt_status_watch() - call @print now, and again whenever something changes, until a signal
 *
 * Return: the exit status. */
int mt_status_watch(struct mt_cli *c, struct mt_engine *g, mt_status_print print);

/** mt_status_guest() - print what moontap did for each NIC, object by object
 *
 * Return: the exit status. */
int mt_status_guest(const struct mt_cli *c, struct mt_engine *g, const struct mt_nic_status *nics,
		    size_t n, struct mt_pool *p, FILE *out);

/** mt_status_metrics() - print what monitoring counts, for Prometheus; changes nothing
 *
 * Prints nothing when something cannot be read. Return: the exit status. */
int mt_status_metrics(struct mt_cli *c, struct mt_engine *g, FILE *out);

/** mt_status_table() - fill @t with a row for each NIC; the texts are in @p */
void mt_status_table(struct mt_table *t, const struct mt_nic_status *nics, size_t n,
		     struct mt_pool *p);

/** mt_status_policy() - the policy's file, and whether it has changed since it connected the NIC:
 * "policy.lua (changed)"
 * @whole:	with its folder */
void mt_status_policy(const struct mt_nic_status *l, bool whole, char *buf, size_t n);

#endif
