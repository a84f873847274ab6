/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bridge.c - kind bridge: what only a bridge has (what every device has: link.c) */
#include "kernel/nl.h"

#include <asm/byteorder.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <unistd.h>

/* Times are in 1/100 s, as ip(8) and the kernel have them: net/bridge/br_netlink.c. A kernel
 * without VLAN filtering or without netfilter refuses, or ignores, those fields. */
#define PLAIN(NAME, TYPE, SIZE, ATTR, DOC)                                                        \
	{                                                                                         \
		.name = NAME, .type = TYPE, .size = SIZE, .phase = MT_PHASE_FIELDS, .attr = ATTR, \
		.ip_arg = NAME, .doc = DOC                                                        \
	}
#define TIME(NAME, ATTR, DOC)                                                                     \
	{                                                                                         \
		.name = NAME, .type = MT_UINT, .size = 4, .phase = MT_PHASE_FIELDS, .attr = ATTR, \
		.unit = "1/100 s", .ip_arg = NAME, .doc = DOC                                     \
	}
#define ONOFF(NAME, SIZE, ATTR, DOC)                                                   \
	{                                                                              \
		.name = NAME, .type = MT_BOOL, .size = SIZE, .phase = MT_PHASE_FIELDS, \
		.attr = ATTR, .ip_arg = NAME " 1", .ip_none = NAME " 0", .doc = DOC    \
	}

/* In network order on the wire, as net/bridge/br_netlink.c reads it. */
static const struct mt_enum_name protocols[] = {
	{ "802.1Q", __constant_htons(ETH_P_8021Q) },
	{ "802.1ad", __constant_htons(ETH_P_8021AD) },
	{ NULL },
};

/* The VLAN fields are MT_FIELD_OURS, since undo could not restore other ports: a new default PVID
 * replaces that of each port, and the old default does not bring it back: net/bridge/br_vlan.c
 * __br_vlan_set_default_pvid() */
static const struct mt_field fields[] = {
	{ "name", MT_NAME, .flags = MT_FIELD_CUSTOM, .doc = "the device" },
	ONOFF("stp_state", 4, IFLA_BR_STP_STATE, "spanning tree"),
	TIME("forward_delay", IFLA_BR_FORWARD_DELAY, "listening and learning, each"),
	TIME("hello_time", IFLA_BR_HELLO_TIME, "between hellos of the root bridge"),
	TIME("max_age", IFLA_BR_MAX_AGE, "until another bridge counts as dead"),
	TIME("ageing_time", IFLA_BR_AGEING_TIME, "until a silent MAC address is forgotten"),
	PLAIN("priority", MT_UINT, 2, IFLA_BR_PRIORITY,
	      "in the election of the root; smaller wins"),
	PLAIN("group_fwd_mask", MT_UINT, 2, IFLA_BR_GROUP_FWD_MASK,
	      "which of 01:80:c2:00:00:0X are forwarded, a bit each"),
	{ "vlan_filtering", MT_BOOL, 1, MT_PHASE_FIELDS, .flags = MT_FIELD_OURS,
	  .attr = IFLA_BR_VLAN_FILTERING, .ip_arg = "vlan_filtering 1",
	  .ip_none = "vlan_filtering 0", .doc = "look at VLAN tags" },
	{ "vlan_protocol", MT_ENUM, 2, MT_PHASE_FIELDS, .flags = MT_FIELD_OURS,
	  .attr = IFLA_BR_VLAN_PROTOCOL, .ip_arg = "vlan_protocol", .enum_names = protocols,
	  .doc = "which tags: 802.1Q, or 802.1ad" },
	{ "vlan_default_pvid", MT_UINT, 2, MT_PHASE_FIELDS, .flags = MT_FIELD_OURS,
	  .attr = IFLA_BR_VLAN_DEFAULT_PVID, .ip_arg = "vlan_default_pvid",
	  .doc = "VLAN of untagged frames on new ports; 0: none" },
	{ "vlan_stats_enabled", MT_BOOL, 1, MT_PHASE_FIELDS, .flags = MT_FIELD_OURS,
	  .attr = IFLA_BR_VLAN_STATS_ENABLED, .ip_arg = "vlan_stats_enabled 1",
	  .ip_none = "vlan_stats_enabled 0", .doc = "count frames of each VLAN" },
	{ "vlan_stats_per_port", MT_BOOL, 1, MT_PHASE_FIELDS, .flags = MT_FIELD_OURS,
	  .attr = IFLA_BR_VLAN_STATS_PER_PORT, .ip_arg = "vlan_stats_per_port 1",
	  .ip_none = "vlan_stats_per_port 0", .doc = "and of each port; while it has no ports" },
	ONOFF("mcast_snooping", 1, IFLA_BR_MCAST_SNOOPING,
	      "send multicast only where it is wanted"),
	ONOFF("mcast_querier", 1, IFLA_BR_MCAST_QUERIER, "ask who wants multicast"),
	PLAIN("mcast_router", MT_UINT, 1, IFLA_BR_MCAST_ROUTER,
	      "0: no router; 1: where one is heard; 2: always"),
	ONOFF("nf_call_iptables", 1, IFLA_BR_NF_CALL_IPTABLES,
	      "bridged IPv4 goes through iptables"),
	ONOFF("nf_call_ip6tables", 1, IFLA_BR_NF_CALL_IP6TABLES, "IPv6, likewise"),
	ONOFF("nf_call_arptables", 1, IFLA_BR_NF_CALL_ARPTABLES, "ARP, likewise"),
};

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);

	return mt_nl_list_devices(&l, "bridge", mt_nl_decode_data);
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	return mt_nl_put_device(h, op, r, "bridge", NULL, e);
}

/* Without br_netfilter there is no such file. */
static bool is_on(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char c = '0';

	if (fd >= 0 && read(fd, &c, 1) != 1)
		c = '0';
	if (fd >= 0)
		close(fd);
	return c != '0';
}

unsigned mt_bridge_netfilter(void)
{
	return (is_on("/proc/sys/net/bridge/bridge-nf-call-iptables") ? MT_NETFILTER_IPV4 : 0) |
		(is_on("/proc/sys/net/bridge/bridge-nf-call-ip6tables") ? MT_NETFILTER_IPV6 : 0);
}

const struct mt_kind mt_kind_bridge = {
	MT_LINKS_KIND("bridge", "a bridge", 1, 1, MT_PHASE_MAKE, MT_KIND_DEVICE),
	.add = "ip link add dev %s type bridge",
	.set = "ip link set dev %s type bridge",
	.del = "ip link del dev %s",
	.busy = mt_bridge_busy,
};
