/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* caller_server.h - one connection of io.moontap: its calls, one after the other */
#ifndef MT_SERVICE_CALLER_SERVER_H
#define MT_SERVICE_CALLER_SERVER_H

#include "moontap.h"
#include "service/pace.h"
#include "service/peer.h"

/** mt_caller_serve() - serve calls until the other end is closed, or SIGTERM comes
 *
 * @pace:	the user's; NULL: root's calls are not counted
 *
 * For a process of its own, which ends then: nothing is freed for another. */
void mt_caller_serve(int connection, const struct mt_peer *peer, struct mt_pace_place *pace,
		     const struct moontap_options *options);

#endif
