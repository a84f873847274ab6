/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tap_guests.h - find the remembered guests of a tap, by its name, or its MAC by libvirt's rule
 *
 * A guest's links (plan/lookup.h) are changed with its record. The record of a person's `up` waits
 * for no tap, and has no links.
 */
#ifndef MT_ENGINE_TAP_GUESTS_H
#define MT_ENGINE_TAP_GUESTS_H

#include "plan/state.h"

struct mt_device;

/** mt_tap_guests_add() - add the links of a record that is about to be written
 * @guest:	the record's file name below domain/; the caller has locked it
 * @text:	the record
 *
 * Return: 0 or -errno. */
int mt_tap_guests_add(const struct mt_state *s, const char *guest, const char *text,
		      struct mt_pool *p, struct mt_err *e);

/** mt_tap_guests_drop() - delete the links of a record that was replaced or deleted
 * @text:	the old record; NULL: it had no links
 * @but:	the new record, whose links stay; NULL: none
 *
 * Return: 0 or -errno. */
int mt_tap_guests_drop(const struct mt_state *s, const char *guest, const char *text,
		       const char *but, struct mt_pool *p, struct mt_err *e);

/** mt_tap_guests_add_all() - add the links of all records, for a state directory of a moontap that
 * had no lookup/. Return: 0 or -errno. */
int mt_tap_guests_add_all(const struct mt_state *s, struct mt_pool *p, struct mt_err *e);

/** mt_tap_guests_find() - the guests to which @tap may belong
 * @names:	out, in @p: file names below domain/
 *
 * Return: 0; -ENOENT: the lookup is not complete, read all records instead (no @e); or -errno. */
int mt_tap_guests_find(const struct mt_state *s, const struct mt_device *tap, struct mt_pool *p,
		       char ***names, size_t *n, struct mt_err *e);

#endif
