/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* addr_busy.c - whether other addresses depend on one that undo would delete */
#include "kernel/nl.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

struct nlmsghdr *mt_addr_question(struct mt_nl_request *q, uint8_t family, uint32_t ifindex)
{
	struct nlmsghdr *n = mt_nl_start(q, RTM_GETADDR, NLM_F_DUMP, sizeof(struct ifaddrmsg));
	struct ifaddrmsg *m = mnl_nlmsg_get_payload(n);

	m->ifa_family = family;
	m->ifa_index = ifindex;
	return n;
}

struct network {
	const struct mt_field *field;
	const struct mt_value *address;
	bool secondary;	       /* whether the address itself is one */
	struct mt_value other; /* another secondary address in its network */
};

static bool same_network(const struct mt_value *a, const struct mt_value *b)
{
	for (int bit = 0; bit < a->plen; bit++)
		if ((a->b[bit / 8] ^ b->b[bit / 8]) & 0x80 >> bit % 8)
			return false;
	return a->plen == b->plen;
}

static int take_secondary(const struct nlmsghdr *n, void *data)
{
	struct network *net = data;
	const struct ifaddrmsg *m;
	struct mt_value v;
	mt_nl_attrs tb;

	m = mt_nl_parse(n, sizeof *m, tb);
	if (!m || n->nlmsg_type != RTM_NEWADDR || !(m->ifa_flags & IFA_F_SECONDARY))
		return 0;
	v = mt_nl_ip(tb[IFA_LOCAL], m->ifa_family, m->ifa_prefixlen);
	if (mt_value_equal(net->field, &v, net->address))
		net->secondary = true;
	else if (v.state == MT_SET && same_network(&v, net->address))
		net->other = v;
	return 0;
}

static bool promotes(struct mt_host *h, const char *dev)
{
	struct mt_record key = mt_nl_on(&mt_kind_conf, "dev", dev), has;
	struct mt_pool pool = { 0 };
	struct mt_err ignored;
	int err;

	mt_record_put(&key, mt_kind_field(&mt_kind_conf, "family"), mt_uint(AF_INET));
	err = mt_record_get(h, &key, &has, &pool, &ignored);
	mt_pool_free(&pool);
	return !err && has.v[mt_kind_field(&mt_kind_conf, "promote_secondaries")].u;
}

/* When an IPv4 network's primary address is deleted, the kernel deletes its secondary ones, unless
 * the device promotes them: net/ipv4/devinet.c __inet_del_ifa() */
int mt_addr_busy(struct mt_host *h, enum mt_op op, const struct mt_record *r, char *why, size_t n,
		 struct mt_err *e)
{
	int address = mt_kind_field(r->kind, "address");
	struct network net = { .field = &r->kind->fields[address], .address = &r->v[address] };
	struct mt_nl_request q;
	char text[MT_VALUE_TEXT];
	uint32_t ifindex;
	int err;

	if (op != MT_DELETE || net.address->family != AF_INET)
		return 0;
	err = mt_nl_record_ifindex(h, r, &ifindex, e);
	if (!err)
		err = mt_nl_talk(h, mt_addr_question(&q, AF_INET, ifindex), take_secondary, &net,
				 e);
	if (err)
		return mt_nl_about(e, err, r, "delete");
	if (net.secondary || net.other.state != MT_SET || promotes(h, mt_record_device(r)))
		return 0;
	snprintf(why, n, "%s would go with it", mt_value_print(net.field, &net.other, text));
	return 1;
}
