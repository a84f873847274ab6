/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* event_server.h - an event that came over the socket: read it, run it, answer */
#ifndef MT_SERVICE_EVENT_SERVER_H
#define MT_SERVICE_EVENT_SERVER_H

#include "engine/engine.h"

/** mt_event_serve() - serve one connection, whose descriptor the caller closes; what fails is the
 * client's to see: it does the event itself, or says that there was no answer */
void mt_event_serve(struct mt_engine *g, int connection);

#endif
