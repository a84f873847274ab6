/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * flows.c - letting the kernel forget flows whose way has changed
 *
 * A flow that is known keeps the place that it was sent to, UDP for as long as it goes on. When it
 * is forgotten, its next packet is looked up anew.
 */
#include "kernel/nft.h"

#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <string.h>
#include <sys/socket.h>

struct flows {
	struct mt_host *h;
	const struct mt_value *address;
	uint8_t proto;
	struct mt_range ports;
};

static struct nlmsghdr *start_flows(struct mt_nl_request *q, int message, uint16_t flags,
				    const struct flows *f)
{
	struct nlmsghdr *n = mt_nl_start(q, (uint16_t)(NFNL_SUBSYS_CTNETLINK << 8 | message), flags,
					 sizeof(struct nfgenmsg));
	struct nfgenmsg *head = mnl_nlmsg_get_payload(n);

	head->nfgen_family = f->address->family;
	return n;
}

/* Limits a list to the flows to the address, of the protocol. */
static void put_filter(struct nlmsghdr *n, const struct flows *f)
{
	bool v6 = f->address->family == AF_INET6;
	struct nlattr *tuple = mnl_attr_nest_start(n, CTA_TUPLE_ORIG);
	struct nlattr *part = mnl_attr_nest_start(n, CTA_TUPLE_IP);

	mnl_attr_put(n, v6 ? CTA_IP_V6_DST : CTA_IP_V4_DST, v6 ? 16 : 4, f->address->b);
	mnl_attr_nest_end(n, part);
	part = mnl_attr_nest_start(n, CTA_TUPLE_PROTO);
	mnl_attr_put_u8(n, CTA_PROTO_NUM, f->proto);
	mnl_attr_nest_end(n, part);
	mnl_attr_nest_end(n, tuple);
	part = mnl_attr_nest_start(n, CTA_FILTER);
	/* net/netfilter/nf_conntrack_netlink.c: CTA_FILTER_F_CTA_IP_DST, _PROTO_NUM */
	mnl_attr_put_u32(n, CTA_FILTER_ORIG_FLAGS, 1u << 1 | 1u << 3);
	mnl_attr_nest_end(n, part);
}

static bool is_to(const struct nlattr *tuple, const struct flows *f)
{
	bool v6 = f->address->family == AF_INET6;
	mt_nl_attrs tb, ip, proto;
	struct mt_value dst;
	uint64_t port;

	mt_nl_parse_nest(tuple, tb);
	mt_nl_parse_nest(tb[CTA_TUPLE_IP], ip);
	mt_nl_parse_nest(tb[CTA_TUPLE_PROTO], proto);
	port = mt_nl_uint_be(proto[CTA_PROTO_DST_PORT]);
	dst = mt_nl_ip(ip[v6 ? CTA_IP_V6_DST : CTA_IP_V4_DST], f->address->family, 0);
	return dst.state == MT_SET && !memcmp(dst.b, f->address->b, v6 ? 16 : 4) &&
		mt_nl_uint(proto[CTA_PROTO_NUM]) == f->proto && port >= f->ports.first &&
		port <= f->ports.last;
}

static int forget_one(const struct nlmsghdr *n, void *data)
{
	const struct flows *f = data;
	struct mt_nl_request q;
	struct nlmsghdr *gone = start_flows(&q, IPCTNL_MSG_CT_DELETE, 0, f);
	struct mt_err ignored;
	mt_nl_attrs tb;

	if (!mt_nl_parse(n, sizeof(struct nfgenmsg), tb) || !is_to(tb[CTA_TUPLE_ORIG], f))
		return 0;
	mnl_attr_put(gone, CTA_TUPLE_ORIG | NLA_F_NESTED,
		     mnl_attr_get_payload_len(tb[CTA_TUPLE_ORIG]),
		     mnl_attr_get_payload(tb[CTA_TUPLE_ORIG]));
	mt_nl_talk(f->h->netfilter, gone, NULL, NULL, &ignored);
	return 0;
}

/* Deleting by a filter would be one request for each port, each of which walks through all flows of
 * the host; and the kernel of Debian 12 has only lists by one (net/netfilter/nf_conntrack_netlink.c
 * ctnetlink_del_conntrack()). */
void mt_nft_forget_flows(struct mt_host *h, const struct mt_value *address, uint8_t proto,
			 struct mt_range ports)
{
	struct flows f = { h, address, proto, ports };
	struct mt_nl_request q;
	struct nlmsghdr *n = start_flows(&q, IPCTNL_MSG_CT_GET, NLM_F_DUMP, &f);
	struct mt_err ignored;

	put_filter(n, &f);
	mt_nl_talk(h->netfilter, n, forget_one, &f, &ignored);
}
