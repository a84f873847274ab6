/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vxlan.h - for specs: a kind of real devices that has what no kind of src/ has yet
 *
 * A number in network order, a pair of attributes for IPv4 and IPv6, a range that only its own
 * writer can say.
 */
#include "kernel/nl.h"

#include <arpa/inet.h>
#include <linux/if_link.h>

enum { VX_NAME, VX_ID, VX_DSTPORT, VX_REMOTE, VX_LOCAL, VX_SRCPORT, VX_FIELDS };

static const struct mt_field vxlan_fields[VX_FIELDS] = {
	[VX_NAME] = { "name", MT_NAME, .flags = MT_FIELD_CUSTOM, .doc = "the device" },
	[VX_ID] = { "id", MT_UINT, 4, MT_PHASE_MAKE, MT_REVERT_FIXED, .attr = IFLA_VXLAN_ID,
		    .max = 0xffffff, .ip_arg = "id", .doc = "its network" },
	[VX_DSTPORT] = { "dstport", MT_UINT, 2, MT_PHASE_MAKE, MT_REVERT_FIXED, MT_FIELD_BIG_ENDIAN,
			 .attr = IFLA_VXLAN_PORT, .ip_arg = "dstport", .doc = "where it sends to" },
	[VX_REMOTE] = { "remote", MT_IP, .phase = MT_PHASE_FIELDS, .flags = MT_FIELD_NONE,
			.attr = IFLA_VXLAN_GROUP, .attr6 = IFLA_VXLAN_GROUP6, .ip_arg = "remote",
			.doc = "the other end" },
	[VX_LOCAL] = { "local", MT_IP, .phase = MT_PHASE_FIELDS, .flags = MT_FIELD_NONE,
		       .attr = IFLA_VXLAN_LOCAL, .attr6 = IFLA_VXLAN_LOCAL6, .ip_arg = "local",
		       .doc = "this end" },
	[VX_SRCPORT] = { "srcport", MT_RANGE, 2, MT_PHASE_MAKE, MT_REVERT_FIXED, MT_FIELD_CUSTOM,
			 .ip_arg = "srcport", .doc = "where it sends from" },
};

static int vxlan_decode(struct mt_list *l, const struct mt_nl_device *d, struct mt_record *r)
{
	const struct nlattr *range = d->data[IFLA_VXLAN_PORT_RANGE];
	const struct ifla_vxlan_port_range *ports = range ? mnl_attr_get_payload(range) : NULL;

	if (ports && mnl_attr_get_payload_len(range) == sizeof *ports)
		mt_record_put(
			r, VX_SRCPORT,
			(struct mt_value){ .state = MT_SET,
					   .range = { ntohs(ports->low), ntohs(ports->high) } });
	return mt_nl_decode_data(l, d, r);
}

static int vxlan_list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		      struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);

	return mt_nl_list_devices(&l, "vxlan", vxlan_decode);
}

static void vxlan_extra(struct nlmsghdr *n, enum mt_op op, const struct mt_record *r)
{
	const struct mt_range *ports = &r->v[VX_SRCPORT].range;
	struct ifla_vxlan_port_range range = { htons((uint16_t)ports->first),
					       htons((uint16_t)ports->last) };

	if (op == MT_ADD && r->v[VX_SRCPORT].state == MT_SET)
		mnl_attr_put(n, IFLA_VXLAN_PORT_RANGE, sizeof range, &range);
}

static int vxlan_put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	return mt_nl_put_device(h, op, r, "vxlan", vxlan_extra, e);
}

static const struct mt_kind vxlan = {
	.name = "vxlan",
	.doc = "a network of its own on top of another",
	.fields = vxlan_fields,
	.nfields = MT_NFIELDS(vxlan_fields),
	.nkeys = 1,
	.required = 1,
	.phase = MT_PHASE_MAKE,
	.flags = MT_KIND_DEVICE,
	.list = vxlan_list,
	.put = vxlan_put,
};
