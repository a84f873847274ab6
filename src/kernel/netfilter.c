/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* netfilter.c - nftables' base chains and their rules, asked for over nfnetlink */
#include "kernel/netfilter.h"
#include "kernel/nl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <string.h>

struct firewall {
	struct mt_host *h;
	const char *bridge;
	uint8_t ip;		     /* NFPROTO_IPV4 or _IPV6: whose frames it is about */
	uint8_t family;		     /* of the table: that, or NFPROTO_INET, which has both */
	char table[128], chain[128]; /* that drops; "": none does */
	bool accepted;
};

static uint32_t number(const struct nlattr *a)
{
	return a && mnl_attr_get_payload_len(a) == sizeof(uint32_t) ? ntohl(mnl_attr_get_u32(a))
								    : UINT32_MAX;
}

static const char *family_name(uint8_t family)
{
	return family == NFPROTO_IPV4 ? "ip" : family == NFPROTO_IPV6 ? "ip6" : "inet";
}

/* --- chains ----------------------------------------------------------------------------------- */

static int take_chain(const struct nlmsghdr *n, void *data)
{
	struct firewall *f = data;
	const struct nfgenmsg *head;
	mt_nl_attrs tb, hook;

	head = mt_nl_parse(n, sizeof *head, tb);
	if (!head || !tb[NFTA_CHAIN_HOOK] ||
	    (head->nfgen_family != f->ip && head->nfgen_family != NFPROTO_INET))
		return 0;
	mt_nl_parse_nest(tb[NFTA_CHAIN_HOOK], hook);
	if (number(hook[NFTA_HOOK_HOOKNUM]) != NF_INET_FORWARD ||
	    number(tb[NFTA_CHAIN_POLICY]) != NF_DROP)
		return 0;
	f->family = head->nfgen_family;
	snprintf(f->chain, sizeof f->chain, "%s", mt_nl_str(tb[NFTA_CHAIN_NAME]));
	snprintf(f->table, sizeof f->table, "%s", mt_nl_str(tb[NFTA_CHAIN_TABLE]));
	return 1;
}

/* --- rules: nft(8) and iptables-nft(8) both compare a device's name as bytes ------------------ */

static bool is_about(const struct firewall *f, const char *name, const mt_nl_attrs expression)
{
	size_t len = strlen(f->bridge) + 1;
	mt_nl_attrs data, value;

	mt_nl_parse_nest(expression[NFTA_EXPR_DATA], data);
	if (!strcmp(name, "match"))
		return !strcmp(mt_nl_str(data[NFTA_MATCH_NAME]), "physdev");
	if (strcmp(name, "cmp"))
		return false;
	mt_nl_parse_nest(data[NFTA_CMP_DATA], value);
	return value[NFTA_DATA_VALUE] && mnl_attr_get_payload_len(value[NFTA_DATA_VALUE]) >= len &&
		!memcmp(mnl_attr_get_payload(value[NFTA_DATA_VALUE]), f->bridge, len);
}

static bool is_acceptance(const char *name, const mt_nl_attrs expression)
{
	mt_nl_attrs data, value, verdict;

	if (strcmp(name, "immediate"))
		return false;
	mt_nl_parse_nest(expression[NFTA_EXPR_DATA], data);
	mt_nl_parse_nest(data[NFTA_IMMEDIATE_DATA], value);
	mt_nl_parse_nest(value[NFTA_DATA_VERDICT], verdict);
	return number(verdict[NFTA_VERDICT_CODE]) == NF_ACCEPT;
}

static int take_rule(const struct nlmsghdr *n, void *data)
{
	struct firewall *f = data;
	const struct nlattr *one;
	mt_nl_attrs tb, expression;
	bool about = false, accepts = false;
	const char *chain;

	if (!mt_nl_parse(n, sizeof(struct nfgenmsg), tb) || !tb[NFTA_RULE_EXPRESSIONS])
		return 0;
	chain = mt_nl_str(tb[NFTA_RULE_CHAIN]);
	if (!strcasecmp(chain, "input") || !strcasecmp(chain, "output"))
		return 0; /* for the host itself */
	mnl_attr_for_each_nested (one, tb[NFTA_RULE_EXPRESSIONS]) {
		const char *name;

		mt_nl_parse_nest(one, expression);
		name = mt_nl_str(expression[NFTA_EXPR_NAME]);
		about |= is_about(f, name, expression);
		accepts |= is_acceptance(name, expression);
	}
	f->accepted |= about && accepts;
	return f->accepted;
}

/* --- asking ----------------------------------------------------------------------------------- */

static int ask(struct firewall *f, int message, uint8_t family, mt_nl_take take, struct mt_err *e)
{
	struct mt_nl_request q;
	struct nlmsghdr *n = mt_nl_start(&q, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | message),
					 NLM_F_DUMP, sizeof(struct nfgenmsg));
	struct nfgenmsg *head = mnl_nlmsg_get_payload(n);
	int err;

	head->version = NFNETLINK_V0;
	head->nfgen_family = family;
	if (*f->table)
		mnl_attr_put_strz(n, NFTA_RULE_TABLE, f->table);
	err = mt_nl_talk(f->h, n, take, f, e);
	return err ? mt_err_about(e, "netfilter", "nftables") : 0;
}

int mt_netfilter_drops(const char *bridge, bool ipv6, char *who, size_t n, struct mt_err *e)
{
	struct firewall f = { .bridge = bridge, .ip = ipv6 ? NFPROTO_IPV6 : NFPROTO_IPV4 };
	int err = mt_nl_open(NETLINK_NETFILTER, &f.h, e);

	if (!err)
		err = ask(&f, NFT_MSG_GETCHAIN, NFPROTO_UNSPEC, take_chain, e);
	if (!err && *f.chain)
		err = ask(&f, NFT_MSG_GETRULE, f.family, take_rule, e);
	mt_host_close(f.h);
	/* A kernel without nf_tables has no such chain. */
	if (err == -EPROTONOSUPPORT || err == -EINVAL || err == -EOPNOTSUPP)
		return 0;
	if (err || !*f.chain || f.accepted)
		return err;
	snprintf(who, n, "chain %.40s of table %s %.40s", f.chain, family_name(f.family), f.table);
	return 1;
}
