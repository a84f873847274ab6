/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * service_client.h - subcommands of a user who may not change the network: moontapd does them
 *
 * Each function asks the service where this process has no CAP_NET_ADMIN and has no options that
 * only the program knows, and prints as the program does.
 *
 * Return: whether it did; false: do it here. c->no_service says then whether there is none.
 */
#ifndef MT_CLI_SERVICE_CLIENT_H
#define MT_CLI_SERVICE_CLIENT_H

#include "cli/cli.h"

/* @status: out: the exit status */
bool mt_service_up(struct mt_cli *c, bool dry, int *status);
bool mt_service_down(struct mt_cli *c, int *status);
bool mt_service_status(struct mt_cli *c, int *status);

/** mt_service_may_hook() - whether a hook of libvirt may have to ask: prepare and release */
bool mt_service_may_hook(const struct mt_cli *c, const char *operation);

/** mt_service_hook() - prepare: Up; release: Down
 * @xml:	the guest's; NUL-terminated */
bool mt_service_hook(struct mt_cli *c, const char *guest, const char *operation, const char *xml,
		     int *status);

#endif
