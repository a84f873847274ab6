/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * guest_record.h - the records of remembered guests, for later events that get no XML
 *
 * domain/DRIVER-NAME: a line `domain driver= name= uuid= type= netns= incoming= started= by=`, a
 * line `interface` for each NIC, and the facts, which are not interpreted here.
 */
#ifndef MT_ENGINE_GUEST_RECORD_H
#define MT_ENGINE_GUEST_RECORD_H

#include "engine/engine.h"
#include "engine/guest_text.h"

/** mt_remember() - write the record of a guest, with an answer's facts
 * @before:	out: the record's text until now, in @a->pool; NULL: there was none
 * Return: 0 or -errno. */
int mt_remember(struct mt_engine *g, const struct mt_event_params *ask, const char *driver,
		const char *guest, const struct mt_answer *a, const char **before,
		struct mt_err *e);

/** mt_remember_before() - after a failure, restore the record that mt_remember() has replaced. Logs
 * its own failure. */
void mt_remember_before(struct mt_engine *g, const char *driver, const char *guest,
			const char *before);

/** mt_recall() - read the record of a guest
 * @m:		out: its strings are in @p
 *
 * Return: 0; -ENOENT: there is none (no @e); or -errno. */
int mt_recall(struct mt_engine *g, const char *driver, const char *guest, struct mt_pool *p,
	      struct mt_guest_record *m, struct mt_err *e);

/** mt_recall_all() - read all records of this network namespace; damaged ones are logged */
int mt_recall_all(struct mt_engine *g, struct mt_pool *p, struct mt_guest_record **m, size_t *n,
		  struct mt_err *e);

/** mt_recall_of_tap() - read the records of guests that a tap may belong to, by its name or MAC */
int mt_recall_of_tap(struct mt_engine *g, const struct mt_device *tap, struct mt_pool *p,
		     struct mt_guest_record **m, size_t *n, struct mt_err *e);

/** mt_params_from_record() - fill @ask for a remembered guest; @m must outlive @ask */
void mt_params_from_record(struct mt_event_params *ask, const struct mt_guest_record *m);

/** mt_forget() - delete the record of a guest; absent is fine. Return: 0 or -errno. */
int mt_forget(struct mt_engine *g, const char *driver, const char *guest, struct mt_err *e);

/** mt_forget_event() - a guest has ended: delete its record. If a person's up has connected NICs of
 * it, it becomes that up's record instead. Return: 0 or -errno. */
int mt_forget_event(struct mt_engine *g, const char *driver, const char *guest, struct mt_err *e);

/** mt_forget_unused() - delete a person's up's record, if none of its NICs is connected
 * @driver, @guest:	either NULL: all guests' records
 * Return: 0 or -errno. */
int mt_forget_unused(struct mt_engine *g, const char *driver, const char *guest, struct mt_err *e);

#endif
