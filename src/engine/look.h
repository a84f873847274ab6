/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* look.h - what an event does that may not change the network */
#ifndef MT_ENGINE_LOOK_H
#define MT_ENGINE_LOOK_H

#include "engine/engine.h"

/** mt_look_at_guest() - an operation of libvirt's hook, run by its user
 *
 * At prepare and start an unmanaged NIC's tap must be there, and such that this user may open it.
 * Return: 0, or -errno: the guest cannot start.
 */
int mt_look_at_guest(struct mt_engine *g, const char *operation, struct mt_event_params *ask,
		     struct mt_outcome *out, struct mt_err *e);

/** mt_look_at_tap() - a script's tap: it must be there; that nothing is done is logged. Return: 0 or
 * -errno. */
int mt_look_at_tap(struct mt_engine *g, const char *tap, struct mt_err *e);

#endif
