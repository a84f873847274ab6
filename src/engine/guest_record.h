/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * guest_record.h - what prepare keeps of a guest, so that a tap's name is enough later on
 *
 * domain/DRIVER-NAME: a line `domain driver= name= uuid= type= netns= incoming= started= by=`, a
 * line `interface` for each NIC, and the facts, opaque here.
 */
#ifndef MT_ENGINE_GUEST_RECORD_H
#define MT_ENGINE_GUEST_RECORD_H

#include "engine/engine.h"

struct mt_guest_record {
	const char *driver, *name, *uuid;
	bool incoming, started;	 /* as struct mt_event_params has it */
	bool by_up;		 /* of what a person's up connected; else of an event */
	uint64_t since;		 /* when it was written: seconds since 1970 */
	struct mt_answer answer; /* name, uuid, nics and facts, as the evaluator said them */
};

/** mt_remember() - keep an answer's facts under @driver and @guest
 * @before:	out: what was kept until now, in @a->pool; NULL: nothing
 * Return: 0 or -errno. */
int mt_remember(struct mt_engine *g, const struct mt_event_params *ask, const char *driver,
		const char *guest, const struct mt_answer *a, const char **before,
		struct mt_err *e);

/** mt_remember_before() - after a failure: as it was before mt_remember() */
void mt_remember_before(struct mt_engine *g, const char *driver, const char *guest,
			const char *before);

/** mt_recall() - what is kept; -ENOENT: nothing (no @e) */
int mt_recall(struct mt_engine *g, const char *driver, const char *guest, struct mt_pool *p,
	      struct mt_guest_record *m, struct mt_err *e);

/** mt_recall_all() - everything that is kept, of this network namespace */
int mt_recall_all(struct mt_engine *g, struct mt_pool *p, struct mt_guest_record **m, size_t *n,
		  struct mt_err *e);

/** mt_recall_of_tap() - of what is kept, the guests that a tap may be of, by its name or its MAC */
int mt_recall_of_tap(struct mt_engine *g, const struct mt_device *tap, struct mt_pool *p,
		     struct mt_guest_record **m, size_t *n, struct mt_err *e);

/** mt_params_from_record() - ask about a remembered guest; @m must outlive @ask */
void mt_params_from_record(struct mt_event_params *ask, const struct mt_guest_record *m);

/** mt_forget() - drop it; absent is fine. Return: 0 or -errno. */
int mt_forget(struct mt_engine *g, const char *driver, const char *guest, struct mt_err *e);

/** mt_forget_event() - a guest has ended: drop it, unless something that a person's up connected is
 * left of it: it is remembered for that from now on. Return: 0 or -errno. */
int mt_forget_event(struct mt_engine *g, const char *driver, const char *guest, struct mt_err *e);

/** mt_forget_unused() - drop what is remembered of a person's up when nothing of it is connected
 * @driver, @guest:	either NULL: of all guests
 * Return: 0 or -errno: it may be there still. */
int mt_forget_unused(struct mt_engine *g, const char *driver, const char *guest, struct mt_err *e);

#endif
