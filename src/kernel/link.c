/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* link.c - kind link: what every network device has (other kinds create devices) */
#include "kernel/nl.h"

#include <errno.h>
#include <linux/if.h>
#include <string.h>

/* IFLA_* that Debian 12's linux/if_link.h lacks: of Linux 6.3 */
enum { GSO_IPV4_MAX = IFLA_ALLMULTI + 2 };

#define OFFLOAD(NAME, ATTR, MAX, UNIT, FLAGS, DOC)                                                \
	{                                                                                         \
		.name = NAME, .type = MT_UINT, .size = 4, .phase = MT_PHASE_FIELDS,               \
		.flags = FLAGS, .attr = ATTR, .min = 1, .max = MAX, .unit = UNIT, .ip_arg = NAME, \
		.doc = DOC                                                                        \
	}

enum {
	NAME,
	MTU,
	BASE_MTU,
	ADDRESS,
	MASTER,
	ALIAS,
	TXQUEUELEN,
	GROUP,
	GSO_MAX_SIZE,
	GSO_MAX_SEGS,
	GRO_MAX_SIZE,
	GSO_IPV4_MAX_SIZE,
	UP,
	NFIELDS
};

#define MTU_MAX 65575 /* of a VRF, as long as nobody sets it: drivers/net/vrf.c vrf_setup() */

static const struct mt_field fields[NFIELDS] = {
	[NAME] = { "name", MT_NAME, .flags = MT_FIELD_CUSTOM, .doc = "the device" },
	[MTU] = { "mtu", MT_UINT, 4, MT_PHASE_FIELDS, MT_REVERT_STICKY, .attr = IFLA_MTU, .min = 68,
		  .max = MTU_MAX, .unit = "bytes", .ip_arg = "mtu", .doc = "largest packet" },
	[BASE_MTU] = { "base_mtu", MT_UINT, 4, MT_PHASE_FIELDS,
		       .flags = MT_FIELD_CUSTOM | MT_FIELD_NOTED, .notes = MTU, .min = 68,
		       .max = MTU_MAX, .unit = "bytes",
		       .doc = "what a bridge's mtu was before moontap's first port" },
	[ADDRESS] = { "address", MT_MAC, 6, MT_PHASE_FIELDS, MT_REVERT_STICKY,
		      MT_FIELD_IDENTITY | MT_FIELD_OURS | MT_FIELD_FORGETS, IFLA_ADDRESS,
		      .ip_arg = "address", .doc = "MAC address" },
	[MASTER] = { "master", MT_LINK, 4, MT_PHASE_MASTER, MT_REVERT_PLAIN,
		     MT_FIELD_NONE | MT_FIELD_NO_TAKEAWAY | MT_FIELD_CARRIES | MT_FIELD_PARENT,
		     IFLA_MASTER, .ip_arg = "master", .ip_none = "nomaster",
		     .devices = "bridge bond team vrf",
		     .doc = "the bridge that it is a port of, or the VRF that it is in" },
	[ALIAS] = { "alias", MT_TEXT, 0, MT_PHASE_FIELDS, MT_REVERT_PLAIN,
		    MT_FIELD_NONE | MT_FIELD_MARK, IFLA_IFALIAS, .ip_arg = "alias",
		    .ip_none = "alias ''", .doc = "a text for people" },
	[TXQUEUELEN] = { "txqueuelen", MT_UINT, 4, MT_PHASE_FIELDS, .attr = IFLA_TXQLEN,
			 .max = INT32_MAX, .unit = "packets", .ip_arg = "txqueuelen",
			 .doc = "length of the transmit queue" },
	[GROUP] = { "group", MT_UINT, 4, MT_PHASE_FIELDS, .flags = MT_FIELD_GROUP,
		    .attr = IFLA_GROUP, .max = INT32_MAX, .ip_arg = "group",
		    .doc = "number of its group of devices" },
	[GSO_MAX_SIZE] = OFFLOAD("gso_max_size", IFLA_GSO_MAX_SIZE, 524280, "bytes", 0,
				 "largest packet that it is given to split"),
	[GSO_MAX_SEGS] = OFFLOAD("gso_max_segs", IFLA_GSO_MAX_SEGS, 65535, "packets", 0,
				 "most packets that such a one is split into"),
	[GRO_MAX_SIZE] = OFFLOAD("gro_max_size", IFLA_GRO_MAX_SIZE, 524280, "bytes", 0,
				 "largest packet that received ones are merged into"),
	[GSO_IPV4_MAX_SIZE] = OFFLOAD("gso_ipv4_max_size", GSO_IPV4_MAX, 524280, "bytes",
				      MT_FIELD_NEWER, "gso_max_size for IPv4, Linux 6.3"),
	[UP] = { "up", MT_BOOL, 0, MT_PHASE_UP,
		 .flags = MT_FIELD_CUSTOM | MT_FIELD_NO_TAKEAWAY | MT_FIELD_CARRIES, .ip_arg = "up",
		 .ip_none = "down", .doc = "administratively up" },
};

static int decode(struct mt_list *l, const struct mt_nl_device *d, struct mt_record *r)
{
	int err = mt_nl_get_fields(l->h, d->tb, r, l->e);

	/* A bridge whose MTU or MAC nobody has set computes it from its ports. The kernel does not
	 * show whether it does, so assume it: net/bridge/br_if.c br_mtu_auto_adjust(), br_stp_if.c
	 * br_stp_recalculate_bridge_id() */
	r->v[MTU].automatic = r->v[ADDRESS].automatic = !strcmp(d->kind, "bridge");
	mt_record_put(r, UP, mt_uint(!!(d->head->ifi_flags & IFF_UP)));
	return err ? err : 1;
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);
	const struct mt_value *master = &filter->v[MASTER];

	if (master->state == MT_SET && mt_nl_ifindex(h, master->name, &l.master, e))
		return mt_list_done(&l, -e->code);
	return mt_nl_list_devices(&l, NULL, decode);
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct mt_nl_request q;
	struct ifinfomsg *head;
	struct nlmsghdr *n;

	if (mt_nl_start_device(h, &q, op, r, &n, e))
		return -e->code;
	head = mnl_nlmsg_get_payload(n);
	if (mt_record_has(r, UP)) {
		head->ifi_change = IFF_UP;
		head->ifi_flags = r->v[UP].u ? IFF_UP : 0;
	}
	if (mt_nl_put_fields(h, n, r, e))
		return mt_nl_about(e, -e->code, r, "set");
	return mt_nl_change(h, n, op, r, e);
}

struct mt_record mt_device_alone(const char *name, const uint8_t *address)
{
	struct mt_record r = { .kind = &mt_kind_link };
	struct mt_value mac = { .state = MT_SET };

	mt_record_put(&r, NAME, mt_name_from(name));
	mt_record_put(&r, UP, mt_uint(true));
	mt_record_put(&r, MASTER, (struct mt_value){ .state = MT_NONE });
	if (address) {
		memcpy(mac.b, address, 6);
		mt_record_put(&r, ADDRESS, mac);
	}
	return r;
}

static int needs(struct mt_host *h, const struct mt_record *r, mt_will will, void *data,
		 struct mt_err *e)
{
	return mt_check_lower_mtu(r, MTU, will, data, e) ?: mt_link_needs(h, r, will, data, e);
}

const struct mt_kind mt_kind_link = {
	MT_LINKS_KIND("link",
		      "what every network device has; the device itself is made by another kind", 1,
		      1, MT_PHASE_FIELDS, MT_KIND_FACET),
	.device = NAME,
	.set = "ip link set dev %s",
	.needs = needs,
	.busy = mt_link_busy,
};
