/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kinds.c - the table of all kinds: a row each, for the mt_kind_ROW of its own file, here, in
 * files/ or in ovsdb/ */
#include "kernel/nl.h"

/* clang-format off */
#define KINDS(ROW)	\
	ROW(tap)	\
	ROW(bridge)	\
	ROW(veth)	\
	ROW(vrf)	\
	ROW(vxlan)	\
	ROW(vlan_dev)	\
	ROW(macvlan)	\
	ROW(macvtap)	\
	ROW(ifb)	\
	ROW(tap_node)	\
	ROW(link)	\
	ROW(altname)	\
	ROW(port)	\
	ROW(vlan)	\
	ROW(vlan_member)	\
	ROW(fdb)	\
	ROW(nft)	\
	ROW(guard)	\
	ROW(guard_ip)	\
	ROW(firewall_group)	\
	ROW(firewall_member)	\
	ROW(allow_in)	\
	ROW(allow_out)	\
	ROW(allow_in_group)	\
	ROW(allow_out_group)	\
	ROW(firewall)	\
	ROW(conf)	\
	ROW(addr)	\
	ROW(route)	\
	ROW(neigh)	\
	ROW(rule)	\
	ROW(offload)	\
	ROW(forward)	\
	ROW(masquerade)	\
	ROW(hairpin)	\
	ROW(dhcp_host)	\
	ROW(lease)	\
	ROW(tbf)	\
	ROW(clsact)	\
	ROW(redirect)	\
	ROW(ovs_port)
/* clang-format on */

#define DECLARE(kind) extern const struct mt_kind mt_kind_##kind;
#define ADDRESS(kind) &mt_kind_##kind,

KINDS(DECLARE)

const struct mt_kind *const mt_kinds[] = { KINDS(ADDRESS) NULL };
