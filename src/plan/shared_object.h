/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* shared_object.h - one shared object's files: its journal, and the claims on it */
#ifndef MT_PLAN_SHARED_OBJECT_H
#define MT_PLAN_SHARED_OBJECT_H

#include "plan/apply.h"

#define MT_SHARED_PATH 320

/* All that is known of one object while its lock is held. */
struct mt_shared_object {
	struct mt_apply *apply;
	char folder[256];
	int lock;
	struct mt_journal journal; /* folded */
	struct mt_record *claims;  /* of others, and last, where there is one, the caller's */
	size_t nclaims;
};

/** mt_shared_folder() - "shared/bridge,name=br0" */
void mt_shared_folder(const struct mt_record *key, char *buf, size_t n);

/** mt_shared_load() - load the object's journal; -EXDEV: it is of another network namespace */
int mt_shared_load(struct mt_shared_object *o, struct mt_err *e);

/** mt_shared_load_here() - the same; a journal from another network namespace describes a different
 * object: it is treated as absent */
int mt_shared_load_here(struct mt_shared_object *o, struct mt_err *e);

/** mt_shared_load_claim() - load one claim; -ENOENT: there is none (no @e) */
int mt_shared_load_claim(struct mt_apply *w, const char *folder, const char *file,
			 struct mt_record *claim, struct mt_err *e);

/** mt_shared_load_others() - load all claims but @dev's; with @claim, check that each fits with it
 * Return: 0; -EBUSY: another NIC holds another value, @e says who; or another -errno. */
int mt_shared_load_others(struct mt_shared_object *o, const char *dev,
			  const struct mt_record *claim, struct mt_err *e);

/** mt_shared_journal_has() - whether the journal says that moontap put this field */
bool mt_shared_journal_has(const struct mt_shared_object *o, const struct mt_record *key,
			   int field);

/** mt_shared_is_noted() - whether @field is MT_FIELD_NOTED, and set in @r */
bool mt_shared_is_noted(const struct mt_record *r, int field);

#endif
