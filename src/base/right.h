/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * right.h - what a policy's top level can allow: the fields of allow{...}, a row each
 *
 * A kind's field that needs a right names its row. The right's type decides how a value is compared
 * with what was allowed:
 *
 * - MT_LINK: the same name. Every field that names a device needs this one.
 * - MT_PREFIX: an address, or the whole of a prefix, inside of one that is allowed
 * - MT_RANGE: each number of a value inside of what is allowed, in one piece or in several
 * - MT_VIDS: each VLAN of a value, likewise
 * - MT_TEXT: a text that fits a pattern, in which * stands for any text
 */
#ifndef MT_BASE_RIGHT_H
#define MT_BASE_RIGHT_H

#include "base/allow.h"
#include "base/value.h"

enum {
	MT_RIGHT_LINK,
	MT_RIGHT_PREFIX,
	MT_RIGHT_TABLE,
	MT_RIGHT_VID,
	MT_RIGHT_PRIORITY,
	MT_RIGHT_VNI,
	MT_RIGHT_PEER,
	MT_RIGHT_PORTS,
	MT_RIGHT_PATH,
	MT_RIGHT_POOL,
	MT_RIGHT_IFACE_ID,
	MT_RIGHT_GROUP,
	MT_RIGHT_ALTNAME,
	MT_RIGHTS
};

extern const struct mt_field mt_rights[MT_RIGHTS];

#define MT_RIGHT_USER "user" /* what a grant's line has: mt_allow.what */

/** mt_pattern_fits() - whether a text fits a pattern, in which * stands for any text */
bool mt_pattern_fits(const char *pattern, const char *text);

/** mt_right_covers() - whether a set value of field @f is inside of what was allowed
 * @allowed:	everything that was allowed, also by other rights; NULL: nothing */
bool mt_right_covers(const struct mt_field *right, const struct mt_allow *allowed,
		     const struct mt_field *f, const struct mt_value *v);

#endif
