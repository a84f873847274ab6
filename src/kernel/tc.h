/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tc.h - traffic control: queueing disciplines and filters of devices, in rtnetlink's messages
 */
#ifndef MT_KERNEL_TC_H
#define MT_KERNEL_TC_H

#include "kernel/nl.h"

/* The number of what moontap adds, as a handle's major number or a filter's: 'm' */
#define MT_TC_OURS 0x6d

/* A parsed RTM_NEWQDISC or RTM_NEWTFILTER. Everything is borrowed from the message. */
struct mt_tc {
	const struct tcmsg *head;
	const char *kind;
	const struct nlattr *options;
};

/** mt_tc_parse() - parse a message. Return: whether it is one of @type. */
bool mt_tc_parse(const struct nlmsghdr *n, uint16_t type, struct mt_tc *t);

/** mt_tc_start() - begin a request about what is at @parent (TC_H_*) of a device */
struct nlmsghdr *mt_tc_start(struct mt_nl_request *q, uint16_t type, uint16_t flags,
			     uint32_t ifindex, uint32_t parent);

/**
 * mt_tc_list_qdiscs() - list() of a kind that is a qdisc at one place
 * @parent:	the place
 * @take:	gets the one on the device that the filter names, or those of all devices, at any
 *		place
 */
int mt_tc_list_qdiscs(struct mt_list *l, uint32_t parent, mt_nl_take take);

/** mt_tc_foreign() - fail with -EEXIST, since another qdisc is in the way
 * @why:	what would help, after "; "; "": nothing is known */
int mt_tc_foreign(struct mt_list *l, const struct mt_tc *t, const char *why);

#endif
