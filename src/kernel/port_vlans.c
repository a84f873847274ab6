/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* port_vlans.c - VLANs of ports and bridges: what the kernel has, and requests that change it */
#include "kernel/port_vlans.h"

#include <errno.h>
#include <linux/if_bridge.h>
#include <string.h>
#include <sys/socket.h>

/* --- reading ---------------------------------------------------------------------------------- */

struct reading {
	struct mt_list *l; /* NULL: fill p alone */
	mt_port_vlans_each each;
	struct mt_port_vlans *p;
	struct mt_err *e;
};

static void take_entry(const struct nlattr *entry, struct mt_port_vlans *p)
{
	struct bridge_vlan_info info;
	mt_nl_attrs tb;
	uint32_t last;

	mt_nl_parse_nest(entry, tb);
	if (!tb[BRIDGE_VLANDB_ENTRY_INFO] ||
	    mnl_attr_get_payload_len(tb[BRIDGE_VLANDB_ENTRY_INFO]) < sizeof info)
		return;
	memcpy(&info, mnl_attr_get_payload(tb[BRIDGE_VLANDB_ENTRY_INFO]), sizeof info);
	last = tb[BRIDGE_VLANDB_ENTRY_RANGE] ? (uint32_t)mt_nl_uint(tb[BRIDGE_VLANDB_ENTRY_RANGE])
					     : info.vid;
	for (uint32_t vid = info.vid; vid <= last && vid <= MT_VID_MAX; vid++)
		p->vlan[vid] =
			(uint8_t)(MT_VLAN_IN |
				  (info.flags & BRIDGE_VLAN_INFO_UNTAGGED ? MT_VLAN_UNTAGGED : 0) |
				  (info.flags & BRIDGE_VLAN_INFO_PVID ? MT_VLAN_PVID : 0));
}

/* Hand on a device whose last message was taken. Returns as mt_each. */
static int finish(struct reading *g)
{
	int err = g->l && g->p->ifindex ? g->each(g->l, g->p) : 0;

	if (g->l)
		*g->p = (struct mt_port_vlans){ 0 };
	return err;
}

/* A device's VLANs may come in several messages, one after the other. */
static int take(const struct nlmsghdr *n, void *data)
{
	const struct br_vlan_msg *m = mnl_nlmsg_get_payload(n);
	struct reading *g = data;
	const struct nlattr *a;
	int err;

	if (n->nlmsg_type != RTM_NEWVLAN || mnl_nlmsg_get_payload_len(n) < sizeof *m)
		return mt_fail(g->e, EBADMSG, "", "", "the kernel's answer makes no sense");
	if (m->ifindex != g->p->ifindex) {
		err = finish(g);
		if (err)
			return err;
		g->p->ifindex = m->ifindex;
	}
	mnl_attr_for_each (a, n, sizeof *m)
		if (mnl_attr_get_type(a) == BRIDGE_VLANDB_ENTRY)
			take_entry(a, g->p);
	return 0;
}

/* Asked for one device, the kernel fails with EINVAL when it is neither a port nor a bridge:
 * net/bridge/br_vlan.c br_vlan_dump_dev(), Linux 5.6. A dump of AF_BRIDGE links, as bridge(8) asks
 * for it, would be of all ports of the host. */
static int ask(struct mt_host *h, struct reading *g)
{
	struct mt_nl_request q;
	struct nlmsghdr *n = mt_nl_start(&q, RTM_GETVLAN, NLM_F_DUMP, sizeof(struct br_vlan_msg));
	struct br_vlan_msg *m = mnl_nlmsg_get_payload(n);
	int err;

	m->family = AF_BRIDGE;
	m->ifindex = g->p->ifindex;
	err = mt_nl_talk(h, n, take, g, g->e);
	if (err == -EOPNOTSUPP)
		err = mt_fail(g->e, EOPNOTSUPP, "", "", "this kernel's bridges know no VLANs");
	return err;
}

int mt_port_vlans_list(struct mt_list *l, mt_port_vlans_each each)
{
	struct mt_port_vlans p = { 0 };
	struct reading g = { l, each, &p, l->e };
	int err = mt_list_device(l);

	if (err)
		return err < 0 ? err : 0;
	p.ifindex = l->ifindex;
	err = ask(l->h, &g);
	if (err == (l->ifindex ? -EINVAL : -EOPNOTSUPP))
		return 0;
	if (!err)
		err = finish(&g);
	return err > 0 ? 0 : mt_list_done(l, err);
}

int mt_port_vlans_get(struct mt_host *h, enum mt_op op, const struct mt_record *r,
		      struct mt_port_vlans *p, struct mt_err *e)
{
	uint32_t ifindex;
	int err = mt_nl_record_ifindex(h, r, &ifindex, e);

	*p = (struct mt_port_vlans){ .ifindex = ifindex };
	if (!err)
		err = ask(h, &(struct reading){ .p = p, .e = e });
	if (err == -EINVAL)
		err = mt_fail(e, EOPNOTSUPP, "", "", "the device is in no bridge");
	return err ? mt_nl_about(e, err, r, mt_nl_verb(op)) : 0;
}

/* --- changing --------------------------------------------------------------------------------- */

void mt_port_vlans_start(struct mt_port_vlans_request *r, uint16_t type, uint32_t ifindex,
			 bool self)
{
	struct ifinfomsg *head;

	r->n = mt_nl_start(&r->q, type, 0, sizeof *head);
	head = mnl_nlmsg_get_payload(r->n);
	head->ifi_family = AF_BRIDGE;
	head->ifi_index = (int)ifindex;
	r->spec = mnl_attr_nest_start(r->n, IFLA_AF_SPEC);
	r->any = false;
	if (self)
		mnl_attr_put_u16(r->n, IFLA_BRIDGE_FLAGS, BRIDGE_FLAGS_SELF);
}

static void put_info(struct nlmsghdr *n, uint32_t vid, unsigned flags)
{
	struct bridge_vlan_info info = { .flags = (uint16_t)flags, .vid = (uint16_t)vid };

	mnl_attr_put(n, IFLA_BRIDGE_VLAN_INFO, sizeof info, &info);
}

void mt_port_vlans_range(struct mt_port_vlans_request *r, uint32_t first, uint32_t last,
			 unsigned flags)
{
	unsigned info = (flags & MT_VLAN_UNTAGGED ? BRIDGE_VLAN_INFO_UNTAGGED : 0) |
		(flags & MT_VLAN_PVID ? BRIDGE_VLAN_INFO_PVID : 0);

	r->any = true;
	if (first == last) {
		put_info(r->n, first, info);
		return;
	}
	put_info(r->n, first, info | BRIDGE_VLAN_INFO_RANGE_BEGIN);
	put_info(r->n, last, info | BRIDGE_VLAN_INFO_RANGE_END);
}

int mt_port_vlans_send(struct mt_host *h, struct mt_port_vlans_request *q, enum mt_op op,
		       const struct mt_record *r, struct mt_err *e)
{
	if (!q->any)
		return 0;
	mnl_attr_nest_end(q->n, q->spec);
	return mt_nl_change(h, q->n, op, r, e);
}

/* --- at plan time ----------------------------------------------------------------------------- */

/* The bridge that a port will be in; "": none. Return: 0 or -errno. */
static int bridge_of(const char *port, mt_will will, void *data, char name[static MT_NAME_MAX + 1],
		     struct mt_err *e)
{
	struct mt_record key = mt_nl_on(&mt_kind_link, "name", port), link;
	const struct mt_value *master = &link.v[mt_kind_field(&mt_kind_link, "master")];
	int err = will(data, &key, &link, e);

	strcpy(name, !err && master->state == MT_SET ? master->name : "");
	return err == -ENOENT ? 0 : err;
}

/* Of a bridge that is there, a kernel with VLANs always shows the protocol, and one without them
 * shows that filtering is off: net/bridge/br_netlink.c br_fill_info() */
int mt_port_check_filtering(const struct mt_record *r, const struct mt_record *bridge,
			    struct mt_err *e)
{
	int filtering = mt_kind_field(&mt_kind_bridge, "vlan_filtering");
	bool there = mt_record_has(bridge, mt_kind_field(&mt_kind_bridge, "ageing_time"));
	bool vlans = mt_record_has(bridge, mt_kind_field(&mt_kind_bridge, "vlan_protocol"));
	const char *name = mt_record_device(bridge);
	char subject[96];

	mt_record_subject(r, subject, sizeof subject);
	if (bridge->v[filtering].u)
		return 0;
	if (there && !vlans)
		return mt_fail(e, EOPNOTSUPP, r->kind->name, subject,
			       "this kernel's bridges know no VLANs");
	return mt_fail(
		e, EINVAL, r->kind->name, subject,
		"%s does not look at VLANs; whoever made it can change that: ip link set dev "
		"%s type bridge vlan_filtering 1; in a policy: bridge{ name = \"%s\", "
		"vlan_filtering = true }",
		name, name, name);
}

static int bridge_named(const char *name, mt_will will, void *data, struct mt_record *bridge,
			struct mt_err *e)
{
	struct mt_record key = mt_nl_on(&mt_kind_bridge, "name", name);
	int err = will(data, &key, bridge, e);

	return err == -ENOENT ? 0 : err;
}

int mt_port_bridge(const struct mt_record *r, mt_will will, void *data, struct mt_record *bridge,
		   struct mt_err *e)
{
	char subject[96], name[MT_NAME_MAX + 1];

	if (bridge_of(mt_record_device(r), will, data, name, e))
		return -e->code;
	if (!*name)
		return mt_fail(e, EINVAL, r->kind->name,
			       mt_record_subject(r, subject, sizeof subject),
			       "the device is in no bridge");
	return bridge_named(name, will, data, bridge, e);
}

int mt_port_vlans_needs(const struct mt_record *r, bool self, mt_will will, void *data,
			struct mt_err *e)
{
	struct mt_record bridge;
	int err = self ? bridge_named(mt_record_device(r), will, data, &bridge, e)
		       : mt_port_bridge(r, will, data, &bridge, e);

	return err ? err : mt_port_check_filtering(r, &bridge, e);
}
