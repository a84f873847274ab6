/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lookup.h - which journals are a guest's, and which guests may have a tap, without reading them
 * all
 *
 *   lookup/guest/DRIVER-NAME/DEV  a link to nic/DEV: that guest's, if its journal says so
 *   lookup/tap/TAP/DRIVER-NAME    a link to domain/DRIVER-NAME: a remembered guest with a NIC whose
 *                                 tap has this name or, by libvirt's rule, this MAC
 *   lookup/complete               no link is missing, also for files of versions without lookup/
 *
 * A link is created before the file that it names is written, and removed after that file, both
 * under the file's lock. So a process that is killed leaves a link too many, and never one too few.
 * A reader that follows a link believes the file, not the link.
 */
#ifndef MT_PLAN_LOOKUP_H
#define MT_PLAN_LOOKUP_H

#include "plan/journal.h"

enum mt_lookup { MT_LOOKUP_GUEST, MT_LOOKUP_TAP };

/** mt_lookup_add() - add @entry to @key; one that is there is fine. Return: 0 or -errno. */
int mt_lookup_add(const struct mt_state *s, enum mt_lookup by, const char *key, const char *entry,
		  struct mt_err *e);

/** mt_lookup_drop() - remove @entry from @key; absent is fine. Return: 0 or -errno. */
int mt_lookup_drop(const struct mt_state *s, enum mt_lookup by, const char *key, const char *entry,
		   struct mt_err *e);

/** mt_lookup_find() - the entries of @key, sorted, in @p
 * Return: 0; -ENOENT: the lookup is not complete: read all files instead (no @e); or -errno. */
int mt_lookup_find(const struct mt_state *s, enum mt_lookup by, const char *key, struct mt_pool *p,
		   char ***names, size_t *n, struct mt_err *e);

/** mt_lookup_is_complete() - whether mt_lookup_find() answers */
bool mt_lookup_is_complete(const struct mt_state *s);

/** mt_lookup_complete() - record that each journal, run and remembered guest has a link: from now
 * on mt_lookup_find() answers. Once for each state directory: when it is new, or when the one
 * before was a moontap that had no lookup/. Return: 0 or -errno. */
int mt_lookup_complete(const struct mt_state *s, struct mt_err *e);

/** mt_lookup_mend() - drop the links to files that are gone. Return: 0 or -errno. */
int mt_lookup_mend(const struct mt_state *s, struct mt_err *e);

/** mt_lookup_guest() - the key of a guest: its file name below domain/. Returns @buf. */
char *mt_lookup_guest(const char *driver, const char *name, char buf[static 240]);
/** mt_lookup_guest_of() - the same, from a journal's header */
char *mt_lookup_guest_of(const struct mt_record *header, char buf[static 240]);

/** mt_lookup_add_nic(), mt_lookup_drop_nic() - a journal's link, under that journal's lock; a guest
 * without a name has none */
int mt_lookup_add_nic(const struct mt_state *s, const struct mt_record *header, struct mt_err *e);
int mt_lookup_drop_nic(const struct mt_state *s, const struct mt_record *header, struct mt_err *e);

/** mt_lookup_settle_nic() - drop a journal's link if there is neither journal nor run
 * @lock:	descriptor of the journal, locked
 *
 * Return: 0 or -errno. */
int mt_lookup_settle_nic(const struct mt_state *s, const struct mt_record *header, int lock,
			 struct mt_err *e);

#endif
