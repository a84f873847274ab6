/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* netfilter.c - nftables' base chains, asked for over nfnetlink */
#include "kernel/netfilter.h"
#include "kernel/nl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <time.h>

struct found {
	char *who;
	size_t n;
	int drops;
};

static uint32_t number(const struct nlattr *a)
{
	return a && mnl_attr_get_payload_len(a) == sizeof(uint32_t) ? ntohl(mnl_attr_get_u32(a))
								    : UINT32_MAX;
}

static const char *family_name(uint8_t family)
{
	return family == NFPROTO_IPV4 ? "ip" : family == NFPROTO_INET ? "inet" : NULL;
}

static int take_chain(const struct nlmsghdr *n, void *data)
{
	struct found *f = data;
	const struct nfgenmsg *head;
	mt_nl_attrs tb, hook;

	head = mt_nl_parse(n, sizeof *head, tb);
	if (!head || f->drops || !family_name(head->nfgen_family) || !tb[NFTA_CHAIN_HOOK])
		return MNL_CB_OK;
	mt_nl_parse_nest(tb[NFTA_CHAIN_HOOK], hook);
	if (number(hook[NFTA_HOOK_HOOKNUM]) != NF_INET_FORWARD ||
	    number(tb[NFTA_CHAIN_POLICY]) != NF_DROP)
		return MNL_CB_OK;
	f->drops = 1;
	snprintf(f->who, f->n, "chain %.40s of table %s %.40s", mt_nl_str(tb[NFTA_CHAIN_NAME]),
		 family_name(head->nfgen_family), mt_nl_str(tb[NFTA_CHAIN_TABLE]));
	return MNL_CB_OK;
}

static int ask(struct mnl_socket *nl, struct found *f)
{
	struct mt_nl_request q;
	struct nlmsghdr *n = mt_nl_start(&q, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETCHAIN,
					 NLM_F_DUMP, sizeof(struct nfgenmsg));
	unsigned seq = n->nlmsg_seq = (unsigned)time(NULL);
	char buf[32768];
	ssize_t got;
	int more = MNL_CB_OK;

	((struct nfgenmsg *)mnl_nlmsg_get_payload(n))->version = NFNETLINK_V0;
	if (mnl_socket_sendto(nl, n, n->nlmsg_len) < 0)
		return -errno;
	while (more > MNL_CB_STOP) {
		got = mnl_socket_recvfrom(nl, buf, sizeof buf);
		if (got < 0)
			return -errno;
		more = mnl_cb_run(buf, (size_t)got, seq, mnl_socket_get_portid(nl), take_chain, f);
	}
	return more < 0 ? -errno : 0;
}

/* A kernel without nf_tables has no such chain. */
int mt_netfilter_forward_drops(char *who, size_t n, struct mt_err *e)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	struct found f = { who, n, 0 };
	int err = nl && mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) >= 0 ? ask(nl, &f) : -errno;

	if (nl)
		mnl_socket_close(nl);
	if (err && err != -EPROTONOSUPPORT && err != -EINVAL && err != -EOPNOTSUPP)
		return mt_fail(e, -err, "netfilter", "nftables", NULL);
	return f.drops;
}
