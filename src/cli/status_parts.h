/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* status_parts.h - the parts of `moontap status` */
#ifndef MT_CLI_STATUS_PARTS_H
#define MT_CLI_STATUS_PARTS_H

#include "cli/cli.h"
#include "engine/nic_status.h"

/** mt_status_print - once. Return: the exit status. */
typedef int (*mt_status_print)(struct mt_cli *c, struct mt_engine *g, FILE *out);

/** mt_status_watch() - again whenever something changes, until a signal. Return: the exit
 * status. */
int mt_status_watch(struct mt_cli *c, struct mt_engine *g, mt_status_print print);

/** mt_status_guest() - what moontap did for each, object by object. Return: the exit status. */
int mt_status_guest(const struct mt_cli *c, struct mt_engine *g, const struct mt_nic_status *nics,
		    size_t n, struct mt_pool *p, FILE *out);

/** mt_status_table() - a row for each, in @p */
void mt_status_table(struct mt_table *t, const struct mt_nic_status *nics, size_t n,
		     struct mt_pool *p);

/** mt_status_link() - "in use", "idle", "down"; "": there is no device */
const char *mt_status_link(const struct mt_nic_status *l);

/** mt_status_policy() - its file, and whether it has changed since; @whole: with its folder */
void mt_status_policy(const struct mt_nic_status *l, bool whole, char *buf, size_t n);

#endif
