/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * guest.h - which guest a person's word means
 *
 * An event always names a guest by its driver and its name. A person may use a name, a uuid or a
 * device, and one guest's name may be another's uuid: a word that fits two guests is refused.
 */
#ifndef MT_ENGINE_GUEST_H
#define MT_ENGINE_GUEST_H

#include "engine/engine.h"

/* What a word may be. */
enum mt_word_is {
	MT_WORD_NAME = 1,
	MT_WORD_UUID = 2,
	MT_WORD_DEVICE = 4,
	MT_WORD_GUEST = MT_WORD_NAME | MT_WORD_UUID,
	MT_WORD_ANY = MT_WORD_GUEST | MT_WORD_DEVICE,
};

/**
 * mt_guest_find() - the one guest that a word fits: connected, remembered, or in the log
 * @is:		bits of enum mt_word_is
 * @which:	out, in @p: its driver and name; uuid or dev, if the word is one; an unknown guest's
 *		name is "", and it has dev
 *
 * Return: 0; -ENOENT: it fits none (no @e); -EINVAL: it is empty; -ENOTUNIQ: it fits several, and
 * @e has advice; or another -errno.
 */
int mt_guest_find(struct mt_engine *g, const char *word, unsigned is, struct mt_pool *p,
		  struct mt_nic_filter *which, struct mt_err *e);

/**
 * mt_guest_list() - all guests that are connected or remembered, in natural order of their names
 * @guests:	out, in @p: each as mt_guest_find() fills it
 *
 * Return: 0 or -errno.
 */
int mt_guest_list(struct mt_engine *g, struct mt_pool *p, struct mt_nic_filter **guests, size_t *n,
		  struct mt_err *e);

/** mt_guest_unnamed() - fill @e: a guest's name is empty, MT_BLAME_USAGE. Return: -EINVAL. */
int mt_guest_unnamed(struct mt_err *e);

/** mt_guest_compare() - the order of two names: "pc2" comes before "pc11". Return: as strcmp(3) */
int mt_guest_compare(const char *a, const char *b);

#endif
