/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * journal.h - applied steps as text: written before the kernel is asked, read for undo
 *
 * A file of lines:
 *
 *   nic dev=mytap0 format=2 driver=qemu ...       whose it is; once, first
 *   + 0 tap name=mytap0 user=1000                 a step, as plan/step.h prints it
 *   made 12                                       the step above added ifindex 12, or the object
 *                                                 with that number in another realm
 *   existed                                       the step above was answered EEXIST: not ours
 *   & 0 link name=br0 mtu=9000 | mtu=1500         a claim on a shared object, and the claim
 *                                                 before it
 *   ! 0 link name=br0 | mtu=9000                  a claim released
 *
 *   done                                          in the run of the first NIC: the run is
 *                                                 committed, see plan/commit.h
 *
 * A last line without its newline counts as not written.
 */
#ifndef MT_PLAN_JOURNAL_H
#define MT_PLAN_JOURNAL_H

#include "plan/state.h"
#include "plan/step.h"

#include <errno.h>

/* Format 1 has no `format=`, and all references in it are plain numbers. A journal with a higher
 * format was written by a newer moontap. It is refused as a whole, since any part of it may have a
 * meaning that this one does not know. */
#define MT_JOURNAL_FORMAT 2

/* Whose journal it is: a record, so that it is printed and parsed like all others. */
extern const struct mt_kind mt_header_kind;
enum mt_header_field {
	MT_HEADER_DEV,
	MT_HEADER_FORMAT, /* of the file: MT_JOURNAL_FORMAT; unset: 1 */
	MT_HEADER_DRIVER, /* "qemu", "lxc" */
	MT_HEADER_DOMAIN, /* the guest's name as the caller gave it */
	MT_HEADER_UUID,
	MT_HEADER_MAC,
	MT_HEADER_INDEX,   /* of the NIC in its document, from 1 */
	MT_HEADER_IFINDEX, /* of the device; 0: not there yet */
	MT_HEADER_NETNS,
	MT_HEADER_UNMANAGED,
	MT_HEADER_KNOWN, /* false: a tap that no remembered guest accounts for */
	MT_HEADER_POLICY,
	MT_HEADER_CHECKSUM,
	MT_HEADER_BY,	   /* "hook", "script", "up" */
	MT_HEADER_SINCE,   /* seconds since 1970 */
	MT_HEADER_WITH,	   /* of a run's steps: the device of its leader, when it is another */
	MT_HEADER_KIND,	   /* of a device that moontap did not make: "tun", "veth" */
	MT_HEADER_NOTHING, /* the policy declared nothing for it */
	MT_HEADER_STARTER, /* of a user's: service/starter.h */
	MT_HEADER_FIELDS
};

struct mt_journal {
	struct mt_record header; /* kind NULL: there is none */
	struct mt_steps steps;	 /* as written; claims are steps of op MT_CLAIM and MT_RELEASE */
	bool done;
};

/**
 * mt_journal_parse() - read a journal's text
 * @name:	for messages
 * @text:	overwritten; steps' texts are kept in @p
 *
 * Return: 0, -EINVAL for a damaged one, -EPROTONOSUPPORT for one of a newer moontap, -ENOMEM; @e
 * filled. After a failure the header has what could be read of it.
 */
int mt_journal_parse(const struct mt_kind *const *kinds, const char *name, char *text,
		     struct mt_pool *p, struct mt_journal *j, struct mt_err *e);

/** mt_journal_load() - the journal in a state's file; empty when the file is not there, is empty,
 * or is of another network namespace (then -EXDEV, @e filled) */
int mt_journal_load(const struct mt_state *s, const char *file, const struct mt_kind *const *kinds,
		    struct mt_pool *p, struct mt_journal *j, struct mt_err *e);

/** mt_journal_is_unreadable() - whether an error of reading is the journal's: damaged or newer */
static inline bool mt_journal_is_unreadable(int err)
{
	return err == -EINVAL || err == -EPROTONOSUPPORT;
}

/** mt_journal_append() - append one step's line; only after that the kernel may be asked
 * @fd:	-1: do nothing, also below
 *
 * Return: 0 or -errno with @e filled, also below. */
int mt_journal_append(int fd, const struct mt_step *s, struct mt_err *e);

/** mt_journal_append_made() - append the result of the step above: its reference; unset: EEXIST */
int mt_journal_append_made(int fd, const struct mt_ref *ref, struct mt_err *e);

/** mt_journal_append_done() - append the line that commits the run */
int mt_journal_append_done(int fd, struct mt_err *e);

/** mt_journal_append_header() - append the first line */
int mt_journal_append_header(int fd, const struct mt_record *header, struct mt_err *e);

/** mt_journal_write() - write a whole journal beside the old one; @fd as mt_state_write() */
int mt_journal_write(const struct mt_state *s, const char *file, const struct mt_journal *j,
		     int *fd, struct mt_err *e);

/** mt_journal_replace() - replace the journal, all or nothing; @lock as mt_state_replace() */
int mt_journal_replace(const struct mt_state *s, const char *file, const struct mt_journal *j,
		       int *lock, struct mt_err *e);

/** mt_journal_made() - whether one of its steps made the object that is referred to */
bool mt_journal_made(const struct mt_journal *j, const struct mt_ref *ref);

/** mt_header_text() - a header's text field; "" when unset */
const char *mt_header_text(const struct mt_record *header, int field);

#endif
