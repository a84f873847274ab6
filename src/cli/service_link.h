/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* service_link.h - a connection to moontapd, for one call */
#ifndef MT_CLI_SERVICE_LINK_H
#define MT_CLI_SERVICE_LINK_H

#include "cli/cli.h"
#include "remote/remote.h"

struct mt_service {
	struct mt_cli *c;
	struct mt_remote remote;
	struct mt_pool pool; /* of what a reply points to */
};

/** mt_service_open() - connect to io.moontap, beside the socket for events
 * @s:		to be closed by mt_service_close()
 *
 * Return: false: there is no service, or its module cannot be loaded, which is said. */
bool mt_service_open(struct mt_cli *c, struct mt_service *s);

/** mt_service_call() - call a method, and wait for its reply; with --json print that
 * @guest:	for messages; ""
 *
 * Return: 0, or the exit status after printing why. */
int mt_service_call(struct mt_service *s, const struct mt_varlink_call *call, const char *guest,
		    struct mt_varlink_reply *reply);

void mt_service_close(struct mt_service *s);

#endif
