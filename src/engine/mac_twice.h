/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mac_twice.h - a guest's MAC that another port of its bridge has */
#ifndef MT_ENGINE_MAC_TWICE_H
#define MT_ENGINE_MAC_TWICE_H

#include "engine/engine.h"
#include "plan/run.h"

/** mt_warn_of_mac() - a warning in the log when the bridge that @n was put into by this run has a port
 * of the same MAC already; what cannot be found out is passed over */
void mt_warn_of_mac(struct mt_engine *g, const struct mt_run_nic *n);

#endif
