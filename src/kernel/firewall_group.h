/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* firewall_group.h - groups of guests that firewalls let in, by the addresses of their members */
#ifndef MT_KERNEL_FIREWALL_GROUP_H
#define MT_KERNEL_FIREWALL_GROUP_H

#include "kernel/nft.h"

#define MT_GROUPS_AT_PORT 4	    /* maps of the text: in_group1 to in_group4 */
#define MT_GROUP_MAX	  20	    /* bytes of a group's name */
#define MT_GROUP_SET4	  "group4_" /* its sets, with its name */
#define MT_GROUP_SET6	  "group6_"

/** mt_firewall_group() - the record of a group, for what is within it
 * @name:	borrowed
 * @family:	NFPROTO_BRIDGE or NFPROTO_INET */
struct mt_record mt_firewall_group(const char *name, uint64_t family);

/** mt_firewall_group_check() - refuse what cannot be a group's name. Return: 0 or -EINVAL with @e
 * filled. */
int mt_firewall_group_check(const char *op, const char *subject, const char *name,
			    struct mt_err *e);

#endif
