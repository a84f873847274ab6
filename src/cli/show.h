/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* show.h - the parts of `moontap status` */
#ifndef MT_CLI_SHOW_H
#define MT_CLI_SHOW_H

#include "cli/cli.h"
#include "engine/look.h"

/** mt_show_status() - once. Return: the exit status. */
int mt_show_status(struct mt_cli *c, struct mt_engine *g, FILE *out);

/** mt_show_watch() - again whenever something changes, until a signal. Return: the exit status. */
int mt_show_watch(struct mt_cli *c, struct mt_engine *g);

/** mt_show_nics() - what moontap did for each, object by object. Return: the exit status. */
int mt_show_nics(const struct mt_cli *c, struct mt_engine *g, const struct mt_nic_look *nics,
		 size_t n, struct mt_pool *p, FILE *out);

/** mt_show_table() - a row for each, in @p */
void mt_show_table(struct mt_table *t, const struct mt_nic_look *nics, size_t n, struct mt_pool *p);

/** mt_show_link() - "in use", "idle", "down"; "": there is no device */
const char *mt_show_link(const struct mt_nic_look *l);

/** mt_show_policy() - its file, and whether it has changed since; @whole: with its folder */
void mt_show_policy(const struct mt_nic_look *l, bool whole, char *buf, size_t n);

#endif
