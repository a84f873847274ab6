/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* device.c - network devices: looked up one by one, and listed */
#include "kernel/nl.h"

#include <errno.h>
#include <linux/if.h>
#include <stdio.h>
#include <string.h>

/* Without IFLA_STATS64 and the like an answer is half as long: net/core/rtnetlink.c
 * rtnl_fill_ifinfo(). */
struct nlmsghdr *mt_nl_device_question(struct mt_nl_request *q, uint16_t flags, uint32_t ifindex,
				       const char *name)
{
	struct nlmsghdr *n = mt_nl_start(q, RTM_GETLINK, flags, sizeof(struct ifinfomsg));
	struct ifinfomsg *head = mnl_nlmsg_get_payload(n);

	head->ifi_index = (int)ifindex;
	if (name)
		mnl_attr_put_strz(n, IFLA_IFNAME, name);
	mnl_attr_put_u32(n, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return n;
}

bool mt_nl_parse_device(const struct nlmsghdr *n, struct mt_nl_device *d)
{
	mt_nl_attrs info;

	d->head = mt_nl_parse(n, sizeof *d->head, d->tb);
	if (!d->head || n->nlmsg_type != RTM_NEWLINK)
		return false;
	mt_nl_parse_nest(d->tb[IFLA_LINKINFO], info);
	mt_nl_parse_nest(info[IFLA_INFO_DATA], d->data);
	mt_nl_parse_nest(info[IFLA_INFO_SLAVE_DATA], d->slave_data);
	d->name = mt_nl_str(d->tb[IFLA_IFNAME]);
	d->kind = mt_nl_str(info[IFLA_INFO_KIND]);
	d->slave = mt_nl_str(info[IFLA_INFO_SLAVE_KIND]);
	return d->head->ifi_index > 0 && mt_name_valid(d->name);
}

/* --- one device ------------------------------------------------------------------------------- */

struct one {
	struct mt_host *h;
	const char *name; /* asked for; NULL: by index */
	struct mt_device *d;
	bool full; /* not only index and name */
	struct mt_err *e;
};

unsigned mt_nl_device_is(const char *kind)
{
	static const struct {
		const char *kind; /* IFLA_INFO_KIND */
		unsigned is;
	} known[] = {
		{ "tun", MT_DEVICE_TAP | MT_DEVICE_NIC },
		{ "macvtap", MT_DEVICE_NIC },
		{ "veth", MT_DEVICE_PAIR },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (!strcmp(known[i].kind, kind))
			return known[i].is;
	return 0;
}

static int fill(struct one *o, const struct mt_nl_device *from)
{
	struct mt_device *d = o->d;
	const struct nlattr *mac = from->tb[IFLA_ADDRESS];
	uint32_t master = (uint32_t)mt_nl_uint(from->tb[IFLA_MASTER]);

	snprintf(d->kind, sizeof d->kind, "%s", from->kind);
	d->is = mt_nl_device_is(d->kind);
	snprintf(d->alias, sizeof d->alias, "%s", mt_nl_str(from->tb[IFLA_IFALIAS]));
	d->up = from->head->ifi_flags & IFF_UP;
	d->carrier = mt_nl_uint(from->tb[IFLA_CARRIER]);
	d->mtu = (uint32_t)mt_nl_uint(from->tb[IFLA_MTU]);
	if (!strcmp(from->kind, "vlan"))
		d->vlan = (uint16_t)mt_nl_uint(from->data[IFLA_VLAN_ID]);
	if (!from->tb[IFLA_LINK_NETNSID]) /* else IFLA_LINK is of another namespace */
		d->peer = (uint32_t)mt_nl_uint(from->tb[IFLA_LINK]);
	if (mac && mnl_attr_get_payload_len(mac) == sizeof d->address)
		memcpy(d->address, mnl_attr_get_payload(mac), sizeof d->address);
	return master ? mt_nl_ifname(o->h, master, d->master, o->e) : 0;
}

/* The kernel finds a device by its altnames, too: net/core/dev.c netdev_name_node_lookup() */
int mt_nl_check_name(const char *asked, const struct mt_nl_device *d, struct mt_err *e)
{
	return strcmp(d->name, asked)
		? mt_fail(e, EINVAL, "", "", "that is another name of %s: use this one", d->name)
		: 0;
}

void mt_nl_remember_name(struct mt_host *h, const struct mt_nl_device *d)
{
	struct mt_host_name *name = &h->names[(uint32_t)d->head->ifi_index % MT_HOST_NAMES];

	name->ifindex = (uint32_t)d->head->ifi_index;
	strcpy(name->name, d->name);
}

static int take_one(const struct nlmsghdr *n, void *data)
{
	struct one *o = data;
	struct mt_nl_device d;

	if (!mt_nl_parse_device(n, &d))
		return mt_fail(o->e, EBADMSG, "", "", "the kernel's answer makes no sense");
	if (o->name && mt_nl_check_name(o->name, &d, o->e))
		return -o->e->code;
	o->d->ifindex = (uint32_t)d.head->ifi_index;
	strcpy(o->d->name, d.name);
	mt_nl_remember_name(o->h, &d);
	return o->full ? fill(o, &d) : 0;
}

static int look_up(struct one *o, uint32_t ifindex)
{
	struct mt_nl_request q;
	char subject[sizeof o->e->subject];
	int err;

	*o->d = (struct mt_device){ 0 };
	if (o->name)
		snprintf(subject, sizeof subject, "%s", o->name);
	else
		snprintf(subject, sizeof subject, "index %u", ifindex);
	if (o->name ? !mt_name_valid(o->name) : !ifindex)
		return mt_fail(o->e, ENODEV, "device", subject, NULL);
	err = mt_nl_talk(o->h, mt_nl_device_question(&q, 0, ifindex, o->name), take_one, o, o->e);
	if (!err && !o->d->ifindex)
		err = mt_fail(o->e, EBADMSG, "", "", "the kernel's answer is empty");
	return err ? mt_err_about(o->e, "device", subject) : 0;
}

int mt_device_by_name(struct mt_host *h, const char *name, struct mt_device *d, struct mt_err *e)
{
	return look_up(&(struct one){ h, name, d, true, e }, 0);
}

int mt_device_by_index(struct mt_host *h, uint32_t ifindex, struct mt_device *d, struct mt_err *e)
{
	return look_up(&(struct one){ h, NULL, d, true, e }, ifindex);
}

int mt_nl_ifindex(struct mt_host *h, const char *name, uint32_t *ifindex, struct mt_err *e)
{
	struct mt_device d;
	int err = look_up(&(struct one){ h, name, &d, false, e }, 0);

	*ifindex = err ? 0 : d.ifindex;
	return err;
}

int mt_nl_ifname(struct mt_host *h, uint32_t ifindex, char name[static MT_NAME_MAX + 1],
		 struct mt_err *e)
{
	const struct mt_host_name *known = &h->names[ifindex % MT_HOST_NAMES];
	struct mt_device d = { 0 };
	int err = 0;

	if (h->begun && ifindex && known->ifindex == ifindex)
		strcpy(d.name, known->name);
	else
		err = look_up(&(struct one){ h, NULL, &d, false, e }, ifindex);
	strcpy(name, d.name);
	return err;
}

int mt_nl_record_ifindex(struct mt_host *h, const struct mt_record *r, uint32_t *ifindex,
			 struct mt_err *e)
{
	*ifindex = mt_ref_ifindex(&r->ref);
	return *ifindex ? 0 : mt_nl_ifindex(h, mt_record_device(r), ifindex, e);
}

/* A record that names no device, such as net.ipv4.conf.all, gets no reference. */
static int find_link(struct mt_host *h, struct mt_record *r, struct mt_err *e)
{
	const char *name = mt_record_device(r);
	struct mt_device d;

	if (!*name)
		return 0;
	if (mt_device_by_name(h, name, &d, e))
		return -e->code;
	r->ref = mt_ref_link(d.ifindex);
	return 0;
}

static int locate_link(struct mt_host *h, struct mt_record *r, struct mt_err *e)
{
	struct mt_device d;

	if (mt_device_by_index(h, mt_ref_ifindex(&r->ref), &d, e))
		return -e->code;
	if (mt_record_has(r, r->kind->device))
		mt_record_put(r, r->kind->device, mt_name_from(d.name));
	return 0;
}

const struct mt_realm mt_realm_links = {
	.name = "links",
	.find = find_link,
	.locate = locate_link,
};

/* --- all devices ------------------------------------------------------------------------------ */

struct listing {
	struct mt_host *h;
	struct mt_pool *p;
	struct mt_device *at;
	size_t n, cap;
	struct mt_err *e;
};

static int take_any(const struct nlmsghdr *n, void *data)
{
	struct listing *l = data;
	struct one o = { .h = l->h, .full = true, .e = l->e };
	struct mt_nl_device d;
	struct mt_device *at;
	int err;

	if (!mt_nl_parse_device(n, &d))
		return mt_fail(l->e, EBADMSG, "", "", "the kernel's answer makes no sense");
	at = mt_pool_room(l->p, l->at, l->n, &l->cap, sizeof *at);
	if (!at)
		return mt_fail(l->e, ENOMEM, "", "", NULL);
	l->at = at;
	o.d = &l->at[l->n];
	*o.d = (struct mt_device){ .ifindex = (uint32_t)d.head->ifi_index };
	strcpy(o.d->name, d.name);
	err = fill(&o, &d);
	if (err && err != -ENODEV) /* its master is gone by now */
		return err;
	l->n++;
	return 0;
}

int mt_device_list(struct mt_host *h, struct mt_pool *p, struct mt_device **devices, size_t *n,
		   struct mt_err *e)
{
	struct listing l = { .h = h, .p = p, .e = e };
	struct mt_nl_request q;
	int err = mt_nl_talk(h, mt_nl_device_question(&q, NLM_F_DUMP, 0, NULL), take_any, &l, e);

	*devices = l.at;
	*n = err ? 0 : l.n;
	return err ? mt_err_about(e, "device", "all") : 0;
}
