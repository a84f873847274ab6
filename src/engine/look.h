/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* look.h - events in a process that may not change the network: check, and change nothing */
#ifndef MT_ENGINE_LOOK_H
#define MT_ENGINE_LOOK_H

#include "engine/engine.h"

/** mt_look_at_guest() - an operation of libvirt's hook script, run by an ordinary user
 *
 * At prepare and start, each unmanaged NIC's tap must exist, and this user must be able to open it.
 *
 * Return: 0, or -errno: the guest cannot start.
 */
int mt_look_at_guest(struct mt_engine *g, const char *operation, struct mt_event_params *ask,
		     struct mt_outcome *out, struct mt_err *e);

/** mt_look_at_tap() - a script's tap must exist; log that nothing is done. Return: 0 or -errno. */
int mt_look_at_tap(struct mt_engine *g, const char *tap, struct mt_err *e);

#endif
