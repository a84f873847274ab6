/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * group.c - many devices deleted by one request
 *
 * The kernel waits some 20 ms in each request that deletes devices, whether it deletes one or many:
 * net/core/dev.c unregister_netdevice_many(). A request that deletes many names their group, a
 * number that each device has: net/core/rtnetlink.c rtnl_group_dellink().
 */
#include "kernel/nl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define NAMED_GROUPS 0x10000 /* below it are the groups that people number and name */

uint32_t mt_devices_group(void)
{
	uint32_t group = 0;

	if (getrandom(&group, sizeof group, GRND_NONBLOCK) != sizeof group)
		return 0;
	group &= INT32_MAX;
	return group < NAMED_GROUPS ? group + NAMED_GROUPS : group;
}

struct members {
	uint32_t group;
	const uint32_t *wanted;
	size_t n, found;
	bool force;
	struct mt_err *e;
};

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static int take_member(const struct nlmsghdr *n, void *data)
{
	struct members *m = data;
	const struct ifinfomsg *head;
	mt_nl_attrs tb, info;
	uint32_t ifindex;

	head = mt_nl_parse(n, sizeof *head, tb);
	if (!head || n->nlmsg_type != RTM_NEWLINK)
		return mt_fail(m->e, EBADMSG, "", "", "the kernel's answer makes no sense");
	if (mt_nl_uint(tb[IFLA_GROUP]) != m->group)
		return 0;
	ifindex = (uint32_t)head->ifi_index;
	if (!bsearch(&ifindex, m->wanted, m->n, sizeof *m->wanted, by_number))
		return mt_fail(m->e, EEXIST, "", "", "%s is in it, too",
			       mt_nl_str(tb[IFLA_IFNAME]));
	mt_nl_parse_nest(tb[IFLA_LINKINFO], info);
	if (!m->force && mt_nl_uint(tb[IFLA_CARRIER]) &&
	    !strcmp(mt_nl_str(info[IFLA_INFO_KIND]), "tun"))
		return mt_fail(m->e, EBUSY, "", "", "%s is in use", mt_nl_str(tb[IFLA_IFNAME]));
	m->found++;
	return 0;
}

static int compare(struct mt_host *h, struct members *m)
{
	struct mt_nl_request q;
	struct nlmsghdr *n = mt_nl_start(&q, RTM_GETLINK, NLM_F_DUMP, sizeof(struct ifinfomsg));
	int err;

	mnl_attr_put_u32(n, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	err = mt_nl_talk(h, n, take_member, m, m->e);
	if (!err && m->found != m->n)
		err = mt_fail(m->e, ENODEV, "", "", "%zu of %zu devices are in it", m->found, m->n);
	return err;
}

int mt_devices_delete(struct mt_host *h, uint32_t group, uint32_t *ifindexes, size_t n, bool force,
		      struct mt_err *e)
{
	struct members m = { group, ifindexes, n, 0, force, e };
	struct mt_nl_request q;
	struct nlmsghdr *msg;
	char subject[32];
	int err;

	snprintf(subject, sizeof subject, "group %u", group);
	if (!group || !n)
		return mt_fail(e, EINVAL, "device.delete", subject, NULL);
	qsort(ifindexes, n, sizeof *ifindexes, by_number);
	err = compare(h, &m);
	if (!err) {
		msg = mt_nl_start(&q, RTM_DELLINK, 0, sizeof(struct ifinfomsg));
		mnl_attr_put_u32(msg, IFLA_GROUP, group);
		err = mt_nl_talk(h, msg, NULL, NULL, e);
	}
	return err ? mt_err_about(e, "device.delete", subject) : 0;
}
