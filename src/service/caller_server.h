/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* caller_server.h - one connection of io.moontap: its calls, one after the other */
#ifndef MT_SERVICE_CALLER_SERVER_H
#define MT_SERVICE_CALLER_SERVER_H

#include "moontap.h"
#include "service/kept_grants.h"
#include "service/pace.h"
#include "service/peer.h"

struct mt_caller_connection {
	int fd;
	const struct mt_peer *peer;
	struct mt_pace_place *pace; /* the user's; NULL: root's calls are not counted */
	const struct mt_kept_grants *grants;
	unsigned spares; /* that the parent has left to it: mt_spares_inherit() */
};

/**
 * mt_caller_serve() - serve calls until the other end is closed, or SIGTERM comes
 *
 * For a process of its own, which ends then: nothing is freed for another. Return: its exit status:
 * 0; MT_CALLER_SPARE_DIED: the parent's other spares must not be used.
 */
#define MT_CALLER_SPARE_DIED 2
int mt_caller_serve(const struct mt_caller_connection *c, const struct moontap_options *options);

#endif
