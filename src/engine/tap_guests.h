/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tap_guests.h - which remembered guests a tap may be of: by its name, or its MAC by libvirt's rule
 *
 * A guest's links (plan/lookup.h) follow the file that is remembered of it. What a person's `up`
 * remembers waits for no tap and has none.
 */
#ifndef MT_ENGINE_TAP_GUESTS_H
#define MT_ENGINE_TAP_GUESTS_H

#include "plan/state.h"

struct mt_device;

/** mt_tap_guests_add() - links for the text that is to become that of @guest's file; its lock is
 * held
 * @guest:	the file's name below domain/ */
int mt_tap_guests_add(const struct mt_state *s, const char *guest, const char *text,
		      struct mt_pool *p, struct mt_err *e);

/** mt_tap_guests_drop() - the links of a text that is gone
 * @but:	the text in its place; NULL: none */
int mt_tap_guests_drop(const struct mt_state *s, const char *guest, const char *text,
		       const char *but, struct mt_pool *p, struct mt_err *e);

/** mt_tap_guests_add_all() - of all that is remembered: what was remembered before there were
 * links */
int mt_tap_guests_add_all(const struct mt_state *s, struct mt_pool *p, struct mt_err *e);

/** mt_tap_guests_find() - names below domain/ of the guests that @tap may be of, in @p
 * Return: 0; -ENOENT: read all that is remembered instead (no @e); or -errno. */
int mt_tap_guests_find(const struct mt_state *s, const struct mt_device *tap, struct mt_pool *p,
		       char ***names, size_t *n, struct mt_err *e);

#endif
