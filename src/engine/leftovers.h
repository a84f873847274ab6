/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * leftovers.h - journals whose device is gone
 *
 * An event finishes what is left of its own guest and of its own devices' names, which it finds by
 * plan/lookup.h: how many others are connected makes no difference to it. What is left of others is
 * for a person's commands: they read all journals anyway.
 */
#ifndef MT_ENGINE_LEFTOVERS_H
#define MT_ENGINE_LEFTOVERS_H

#include "engine/engine.h"

/** mt_leftovers_state() - open the state directory for an event: made where it is missing, and its
 * lookup complete. Return: 0 or -errno. */
int mt_leftovers_state(struct mt_engine *g, struct mt_err *e);

/** mt_leftover_finish() - disconnect one device's journal, if the device is gone, and either
 * nothing else is left of it or no event's guest waits for it. Failures are logged.
 * Return: whether it is gone. */
bool mt_leftover_finish(struct mt_engine *g, const char *dev);

/** mt_leftovers_of() - mt_leftover_finish() of all that a guest has */
void mt_leftovers_of(struct mt_engine *g, const char *driver, const char *guest);

/** mt_leftovers_all() - of everybody, and the lookup mended */
void mt_leftovers_all(struct mt_engine *g);

/** mt_leftovers_links() - the lookup alone: links to what is gone dropped and, with @add, those
 * that are missing added */
int mt_leftovers_links(struct mt_engine *g, bool add, struct mt_err *e);

#endif
