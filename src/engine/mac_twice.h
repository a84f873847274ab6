/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mac_twice.h - a guest's MAC that another port of its bridge has */
#ifndef MT_ENGINE_MAC_TWICE_H
#define MT_ENGINE_MAC_TWICE_H

#include "engine/engine.h"
#include "plan/run.h"

/** mt_warn_of_mac() - log a warning, if this run has put @n into a bridge which has a port with the
 * same MAC already. Failures are ignored. */
void mt_warn_of_mac(struct mt_engine *g, const struct mt_run_nic *n);

#endif
