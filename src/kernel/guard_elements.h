/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* guard_elements.h - the fields of kind guard, and the elements of nftables' sets that they are */
#ifndef MT_KERNEL_GUARD_ELEMENTS_H
#define MT_KERNEL_GUARD_ELEMENTS_H

#include "kernel/nft.h"

enum {
	GUARD_DEV,
	GUARD_FAMILY,
	GUARD_LEVEL,
	GUARD_MAC,
	GUARD_DHCP_SERVER,
	GUARD_ROUTER,
	GUARD_VLANS,
	GUARD_FIELDS
};

enum { GUARD_LEVEL_MAC = 1, GUARD_LEVEL_ALL };

/** mt_guard_chain() - where frames go at a level; NULL: there is no such level */
const char *mt_guard_chain(uint64_t level);

/** mt_guard_alone() - the element of a set whose key is a device alone */
struct mt_nft_element mt_guard_alone(const char *set, uint32_t ifindex);

/** mt_guard_comment() - what the element of the map says: the MAC and the VLANs. Returns @comment. */
const char *mt_guard_comment(const struct mt_record *r,
			     char comment[static MT_NFT_COMMENT_MAX + 1]);

/** mt_guard_for_others() - call @each for each element but the one of the map, which leads to them
 * Return: 0, or what @each returned first that is not 0. */
int mt_guard_for_others(const struct mt_record *r, uint32_t ifindex,
			int (*each)(const struct mt_nft_element *el, void *data), void *data);

/** mt_guard_sh() - sh() of kind guard */
int mt_guard_sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n);

#endif
