/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * port_vlans.h - which VLANs a port of a bridge, or a bridge itself, is in: read, and changed
 */
#ifndef MT_KERNEL_PORT_VLANS_H
#define MT_KERNEL_PORT_VLANS_H

#include "kernel/nl.h"

enum {
	MT_VLAN_IN = 1,
	MT_VLAN_UNTAGGED = 2, /* its frames leave without a tag */
	MT_VLAN_PVID = 4,     /* frames that come without a tag are of it */
};

struct mt_port_vlans {
	uint32_t ifindex;
	uint8_t vlan[MT_VID_MAX + 2]; /* MT_VLAN_*, by VLAN ID */
};

/** mt_port_vlans_each - gets the VLANs of one device. Returns as mt_each. */
typedef int (*mt_port_vlans_each)(struct mt_list *l, const struct mt_port_vlans *p);

/** mt_port_vlans_list() - call @each for the device that the filter names, if it is a port or a
 * bridge, also when it is in no VLAN; without such a name for every device that is in one. Return:
 * as a kind's list(); -EOPNOTSUPP: asked for a device, on a kernel whose bridges know no VLANs. */
int mt_port_vlans_list(struct mt_list *l, mt_port_vlans_each each);

/** mt_port_vlans_get() - the VLANs of a record's device, before it is changed
 * @op:		what is to be done, for messages
 *
 * Return: 0; -EOPNOTSUPP: it is neither a port nor a bridge; or another -errno. */
int mt_port_vlans_get(struct mt_host *h, enum mt_op op, const struct mt_record *r,
		      struct mt_port_vlans *p, struct mt_err *e);

struct mt_port_vlans_request {
	struct mt_nl_request q;
	struct nlmsghdr *n;
	struct nlattr *spec;
	bool any;
};

/** mt_port_vlans_start() - begin RTM_SETLINK, which adds VLANs, or RTM_DELLINK
 * @self:	of a bridge itself, not of a port */
void mt_port_vlans_start(struct mt_port_vlans_request *r, uint16_t type, uint32_t ifindex,
			 bool self);

/** mt_port_vlans_range() - append VLANs; a PVID (@flags, MT_VLAN_*) is a single one */
void mt_port_vlans_range(struct mt_port_vlans_request *r, uint32_t first, uint32_t last,
			 unsigned flags);

/** mt_port_vlans_send() - send it, if it has any VLANs. Return: as mt_nl_change(). */
int mt_port_vlans_send(struct mt_host *h, struct mt_port_vlans_request *q, enum mt_op op,
		       const struct mt_record *r, struct mt_err *e);

/* --- at plan time ----------------------------------------------------------------------------- */

/** mt_port_bridge() - the bridge that a record's device will be a port of
 * @bridge:	out: as it will be, of kind bridge; only its key, if that is unknown
 *
 * Return: 0; -EINVAL: the device will be in no bridge; or another -errno; @e filled. */
int mt_port_bridge(const struct mt_record *r, mt_will will, void *data, struct mt_record *bridge,
		   struct mt_err *e);

/** mt_port_check_filtering() - refuse @r if its bridge does not look at VLANs. Return: 0; -EINVAL:
 * it does not; -EOPNOTSUPP: the kernel's bridges know none; @e filled. */
int mt_port_check_filtering(const struct mt_record *r, const struct mt_record *bridge,
			    struct mt_err *e);

/** mt_port_vlans_needs() - needs() of a record of VLANs: that the bridge looks at VLANs
 * @self:	the record's device is the bridge; else it is a port */
int mt_port_vlans_needs(const struct mt_record *r, bool self, mt_will will, void *data,
			struct mt_err *e);

#endif
