/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* connect.h - one attempt of an event to connect a guest */
#ifndef MT_ENGINE_CONNECT_H
#define MT_ENGINE_CONNECT_H

#include "engine/engine.h"

/** mt_connect_once() - as mt_connect(), but it fails with MT_BLAME_TAKEN where another event was
 * first */
int mt_connect_once(struct mt_engine *g, const struct mt_event_params *ask, struct mt_outcome *out,
		    struct mt_err *e);

#endif
