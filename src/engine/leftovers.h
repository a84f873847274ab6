/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * leftovers.h - journals whose device is gone
 *
 * An event finishes what is left of its own guest and its own devices. It finds these by
 * plan/lookup.h, so it does not take longer when more guests are connected. What is left of other
 * guests is finished by a person's commands, which read all journals anyway.
 */
#ifndef MT_ENGINE_LEFTOVERS_H
#define MT_ENGINE_LEFTOVERS_H

#include "engine/engine.h"

/** mt_leftovers_state() - open the state directory for an event; create it, if it is missing, and
 * complete its lookup. Return: 0 or -errno. */
int mt_leftovers_state(struct mt_engine *g, struct mt_err *e);

/** mt_leftover_finish() - disconnect a device that is gone, unless something else is left of it and
 * a remembered guest waits for it. Failures are logged.
 *
 * Return: whether it was disconnected. */
bool mt_leftover_finish(struct mt_engine *g, const char *dev);

/** mt_leftovers_of() - mt_leftover_finish() for each device of a guest */
void mt_leftovers_of(struct mt_engine *g, const char *driver, const char *guest);

/** mt_leftovers_all() - mt_leftover_finish() for all devices; repair the lookup; log failures */
void mt_leftovers_all(struct mt_engine *g);

/** mt_leftovers_links() - repair the lookup: delete links to files that are gone
 * @add:	also add missing links
 *
 * Return: 0 or -errno. */
int mt_leftovers_links(struct mt_engine *g, bool add, struct mt_err *e);

#endif
