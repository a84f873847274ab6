/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* port.c - a device as a port of the bridge that it is in */
#include "kernel/nl.h"

#include <errno.h>
#include <linux/if_bridge.h>
#include <string.h>
#include <sys/socket.h>

#define ONOFF(NAME, ATTR, DOC, ...)                                                  \
	{                                                                            \
		.name = NAME, .type = MT_BOOL, .size = 1, .phase = MT_PHASE_PORT,    \
		.revert = MT_REVERT_WITH_MASTER, .attr = ATTR, .ip_arg = NAME " on", \
		.ip_none = NAME " off", .doc = DOC, ##__VA_ARGS__                    \
	}
#define NUMBER(NAME, SIZE, ATTR, MIN, MAX, DOC, ...)                                   \
	{                                                                              \
		.name = NAME, .type = MT_UINT, .size = SIZE, .phase = MT_PHASE_PORT,   \
		.revert = MT_REVERT_WITH_MASTER, .attr = ATTR, .min = MIN, .max = MAX, \
		.ip_arg = NAME, .doc = DOC, ##__VA_ARGS__                              \
	}

/* IFLA_BRPORT_* that Debian 12's linux/if_link.h and bridge(8) lack: of Linux 6.2 and 6.3 */
enum { MAB = IFLA_BRPORT_LOCKED + 1, MCAST_MAX_GROUPS = MAB + 2, NEIGH_VLAN_SUPPRESS };

enum { DEV };

static const struct mt_field fields[] = {
	[DEV] = { "dev", MT_LINK, .flags = MT_FIELD_CUSTOM, .doc = "the device in the bridge" },
	ONOFF("isolated", IFLA_BRPORT_ISOLATED, "does not talk to other isolated ports",
	      .flags = MT_FIELD_GUARDS),
	ONOFF("learning", IFLA_BRPORT_LEARNING, "learn MAC addresses from what it sends"),
	ONOFF("flood", IFLA_BRPORT_UNICAST_FLOOD, "gets frames for unknown MAC addresses"),
	ONOFF("mcast_flood", IFLA_BRPORT_MCAST_FLOOD, "gets multicast that nobody asked for"),
	ONOFF("bcast_flood", IFLA_BRPORT_BCAST_FLOOD, "gets broadcasts"),
	ONOFF("guard", IFLA_BRPORT_GUARD, "a spanning tree frame from it disables it"),
	ONOFF("root_block", IFLA_BRPORT_PROTECT, "never becomes the root's port"),
	ONOFF("hairpin", IFLA_BRPORT_MODE, "gets its own frames back"),
	ONOFF("fastleave", IFLA_BRPORT_FAST_LEAVE, "leaves a multicast group at once"),
	ONOFF("neigh_suppress", IFLA_BRPORT_NEIGH_SUPPRESS, "the bridge answers ARP and ND for it"),
	NUMBER("cost", 4, IFLA_BRPORT_COST, 1, 65535, "of the way through it, for spanning tree"),
	NUMBER("priority", 2, IFLA_BRPORT_PRIORITY, 0, 63, "among ports of one cost; smaller wins"),
	ONOFF("locked", IFLA_BRPORT_LOCKED,
	      "only MAC addresses that it has an entry for (fdb) may send",
	      .flags = MT_FIELD_GUARDS),
	ONOFF("mcast_to_unicast", IFLA_BRPORT_MCAST_TO_UCAST,
	      "gets multicast in frames to its members' own addresses"),
	ONOFF("vlan_tunnel", IFLA_BRPORT_VLAN_TUNNEL, "maps VLANs to VNIs, and back"),
	NUMBER("mcast_router", 1, IFLA_BRPORT_MULTICAST_ROUTER, 0, 2,
	       "0: no router; 1: where one is heard; 2: always"),
	{ "backup_port", MT_LINK, 4, MT_PHASE_PORT, MT_REVERT_WITH_MASTER, MT_FIELD_NONE,
	  IFLA_BRPORT_BACKUP_PORT, .ip_arg = "backup_port", .ip_none = "nobackup_port",
	  .doc = "the port that its frames take while it has no carrier" },
	ONOFF("mab", MAB, "a locked port: note who asks to be let in, Linux 6.2",
	      .flags = MT_FIELD_NEWER),
	ONOFF("neigh_vlan_suppress", NEIGH_VLAN_SUPPRESS,
	      "neigh_suppress by VLAN: where the VLAN says so, Linux 6.3", .flags = MT_FIELD_NEWER),
	NUMBER("mcast_max_groups", 4, MCAST_MAX_GROUPS, 0, 0,
	       "the most multicast groups it may join, Linux 6.3; 0: any", .flags = MT_FIELD_NEWER),
};

static int decode(struct mt_list *l, const struct mt_nl_device *d, struct mt_record *r)
{
	int err;

	if (strcmp(d->slave, "bridge"))
		return 0;
	err = mt_nl_get_fields(l->h, d->slave_data, r, l->e);
	return err ? err : 1;
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);

	return mt_nl_list_devices(&l, NULL, decode);
}

/* Not by RTM_NEWLINK with IFLA_INFO_SLAVE_DATA, which the kernel ignores for a device without a
 * master. RTM_SETLINK of family AF_BRIDGE, as bridge(8) sends it, fails then.
 * Source: net/core/rtnetlink.c __rtnl_newlink(), rtnl_bridge_setlink() */
static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct mt_nl_request q;
	struct nlmsghdr *n = mt_nl_start(&q, RTM_SETLINK, 0, sizeof(struct ifinfomsg));
	struct ifinfomsg *head = mnl_nlmsg_get_payload(n);
	struct nlattr *info;
	uint32_t ifindex;
	int err = mt_nl_record_ifindex(h, r, &ifindex, e);

	if (err)
		return mt_nl_about(e, err, r, "set");
	head->ifi_family = AF_BRIDGE;
	head->ifi_index = (int)ifindex;
	info = mnl_attr_nest_start(n, IFLA_PROTINFO);
	if (mt_nl_put_fields(h, n, r, e))
		return mt_nl_about(e, -e->code, r, "set");
	mnl_attr_nest_end(n, info);
	err = mt_nl_change(h, n, op, r, e);
	if (err == -EOPNOTSUPP)
		err = mt_fail(e, EOPNOTSUPP, "port.set", mt_record_device(r),
			      "the device is in no bridge");
	return err;
}

const struct mt_kind mt_kind_port = {
	MT_LINKS_KIND("port", "a device as a port of its bridge", 1, 1, MT_PHASE_PORT,
		      MT_KIND_FACET),
	.device = DEV,
	.set = "bridge link set dev %s",
};
