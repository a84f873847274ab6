/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * range.h - ranges of numbers and sets of VLAN IDs, and their text: "8000-8099", "20,30-40"
 */
#ifndef MT_BASE_RANGE_H
#define MT_BASE_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#define MT_VID_MAX 4094
/* Bytes of a set's text and its NUL: a journal's line holds four of them. */
#define MT_VIDS_TEXT 768

struct mt_range {
	uint32_t first, last; /* a single number: the same one twice */
};

/**
 * mt_range_read() - read the range at the beginning of a text
 *
 * Return: what follows it, a comma after it skipped; NULL: there is no range, or its last number is
 * less than its first, or nothing follows its comma.
 */
const char *mt_range_read(const char *s, struct mt_range *r);

struct mt_vids {
	uint8_t bits[(MT_VID_MAX + 2) / 8];
};

static inline bool mt_vids_has(const struct mt_vids *set, uint32_t vid)
{
	return set->bits[vid / 8] >> vid % 8 & 1;
}

static inline void mt_vids_add(struct mt_vids *set, uint32_t vid)
{
	set->bits[vid / 8] |= (uint8_t)(1u << vid % 8);
}

/** mt_vids_read() - add the VLAN IDs of a text to a set. Return: false: the text is no such set. */
bool mt_vids_read(const char *s, struct mt_vids *set);

/** mt_vids_print() - the canonical text of a set. Return: false: it does not fit. */
bool mt_vids_print(const struct mt_vids *set, char text[static MT_VIDS_TEXT]);

/** mt_vids_canonical() - the one canonical text of a set of VLAN IDs: sorted, merged
 *
 * It is never longer than @s, so a set that fits once fits always.
 * Return: false: @s is no such set, or the canonical text does not fit into @text.
 */
bool mt_vids_canonical(const char *s, char text[static MT_VIDS_TEXT]);

#endif
