/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ref.h - which object a record is about: what tells it from an earlier one of the same key
 *
 * A name identifies a device only until somebody deletes the device and creates another one of that
 * name. So a record that was read, and a step that was applied, have the ifindex, too; or, where an
 * object is no device, the number that its realm gives it: a handle, a row's uuid.
 */
#ifndef MT_BASE_REF_H
#define MT_BASE_REF_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mt_host; /* the connection to the kernel: kernel/host.h */
struct mt_record;

/* Objects that share one numbering: the devices of a network namespace. */
struct mt_realm {
	const char *name;
	bool uuid;	/* its numbers are uuids */
	bool by_device; /* its numbers are ifindexes, of devices that may be gone: known before the
			 * object is there */
	/**
	 * find() - the reference of the object, or of the device, that @r names
	 *
	 * Return: 0 with @r->ref set; -ENODEV: there is none; or another -errno.
	 */
	int (*find)(struct mt_host *h, struct mt_record *r, struct mt_err *e);
	/**
	 * locate() - what @r->ref refers to, under the name that it has now, which @r gets
	 *
	 * Return: 0; -ENODEV: it is gone; or another -errno.
	 */
	int (*locate)(struct mt_host *h, struct mt_record *r, struct mt_err *e);
};

struct mt_ref {
	const struct mt_realm *realm; /* NULL: none: not known, or not there yet */
	uint64_t id[2]; /* a number: in id[0]; a uuid: its first 8 bytes, its last 8 */
};

static inline bool mt_ref_is_set(const struct mt_ref *ref)
{
	return ref->realm;
}

/** mt_ref_equal() - both refer to the same object, or both to none */
bool mt_ref_equal(const struct mt_ref *a, const struct mt_ref *b);

#define MT_REF_TEXT 37 /* bytes that hold any reference's text and its NUL */

/** mt_ref_print() - "12", a uuid, or "0" for none. Returns @buf. */
const char *mt_ref_print(const struct mt_ref *ref, char buf[static MT_REF_TEXT]);

/** mt_ref_parse() - read what mt_ref_print() wrote
 * @realm:	of the object; NULL: its kind has none, and only "0" is valid
 *
 * Return: 0 or -EINVAL with @e filled.
 */
int mt_ref_parse(const struct mt_realm *realm, const char *s, struct mt_ref *ref, struct mt_err *e);

#endif
