/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* netfilter.c - nftables' base chains and their rules, asked for over nfnetlink */
#include "kernel/netfilter.h"
#include "base/pool.h"
#include "kernel/nl.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter_bridge.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <string.h>

enum { CHAINS = 32, JUMPS = 16 /* NFT_JUMP_STACK_SIZE in net/netfilter/nf_tables.h */ };

/* A rule without a condition. */
struct always {
	struct always *next;
	const char *chain, *to; /* to: where it jumps */
	int verdict;
};

struct firewall {
	struct mt_host *h;
	const struct mt_netfilter *of;
	struct mt_netfilter_chain bases[CHAINS];
	bool drops[CHAINS]; /* by its policy */
	size_t n;
	const struct mt_netfilter_chain *chain; /* the rules of its table are being read */
	struct mt_pool rules;
	struct always *first, **last;
	bool accepted;
};

static uint32_t number(const struct nlattr *a)
{
	return a && mnl_attr_get_payload_len(a) == sizeof(uint32_t) ? (uint32_t)mt_nl_uint_be(a)
								    : UINT32_MAX;
}

static const struct {
	uint8_t family;
	const char *name;
} families[] = {
	{ NFPROTO_IPV4, "ip" },
	{ NFPROTO_IPV6, "ip6" },
	{ NFPROTO_INET, "inet" },
	{ NFPROTO_BRIDGE, "bridge" },
};

enum { FAMILIES = sizeof families / sizeof *families };

/* --- chains ----------------------------------------------------------------------------------- */

/* Chains of family bridge see all frames; the others only what the bridge passes to iptables. */
static bool sees_frames(const struct mt_netfilter *of, uint8_t family)
{
	switch (family) {
	case NFPROTO_IPV4:
		return of->ipv4;
	case NFPROTO_IPV6:
		return of->ipv6;
	case NFPROTO_INET:
		return of->ipv4 || of->ipv6;
	}
	return family == NFPROTO_BRIDGE;
}

_Static_assert((int)NF_INET_FORWARD == (int)NF_BR_FORWARD, "the hook has a number for each");

/* Takes every base chain for forwarded packets: one that accepts a packet does not spare it the
 * others. */
static int take_chain(const struct nlmsghdr *n, void *data)
{
	struct firewall *f = data;
	const struct nfgenmsg *head;
	struct mt_netfilter_chain *c = &f->bases[f->n];
	mt_nl_attrs tb, hook;

	head = mt_nl_parse(n, sizeof *head, tb);
	if (!head || !tb[NFTA_CHAIN_HOOK] || !sees_frames(f->of, head->nfgen_family))
		return 0;
	mt_nl_parse_nest(tb[NFTA_CHAIN_HOOK], hook);
	if (number(hook[NFTA_HOOK_HOOKNUM]) != NF_INET_FORWARD)
		return 0;
	for (int i = 0; i < FAMILIES; i++)
		if (families[i].family == head->nfgen_family)
			c->family = families[i].name;
	snprintf(c->chain, sizeof c->chain, "%s", mt_nl_str(tb[NFTA_CHAIN_NAME]));
	snprintf(c->table, sizeof c->table, "%s", mt_nl_str(tb[NFTA_CHAIN_TABLE]));
	f->drops[f->n] = number(tb[NFTA_CHAIN_POLICY]) == NF_DROP;
	return ++f->n == CHAINS;
}

/* --- rules: nft(8) and iptables-nft(8) both compare a device's name as bytes ------------------ */

/* Compares as many bytes as the rule does: "tap*" is three bytes, a whole name has its NUL, too. */
static bool fits(const struct nlattr *value, const char *name)
{
	char padded[16] = "";
	size_t len = value ? mnl_attr_get_payload_len(value) : 0;

	snprintf(padded, sizeof padded, "%s", name);
	return len && len <= sizeof padded && !memcmp(mnl_attr_get_payload(value), padded, len);
}

/* In chains of family bridge frames come in by a port, in the others by the bridge. */
static bool is_about(const struct firewall *f, const char *name, const mt_nl_attrs expression)
{
	mt_nl_attrs data, value;

	mt_nl_parse_nest(expression[NFTA_EXPR_DATA], data);
	if (!strcmp(name, "match"))
		return !strcmp(mt_nl_str(data[NFTA_MATCH_NAME]), "physdev");
	if (strcmp(name, "cmp") || number(data[NFTA_CMP_OP]) != NFT_CMP_EQ)
		return false;
	mt_nl_parse_nest(data[NFTA_CMP_DATA], value);
	if (fits(value[NFTA_DATA_VALUE], f->of->bridge))
		return true;
	for (const char *const *port = f->of->ports; port && *port; port++)
		if (!strcmp(f->chain->family, "bridge") && fits(value[NFTA_DATA_VALUE], *port))
			return true;
	return false;
}

/* What an expression does with a packet; GOES_ON: nothing. iptables-nft(8) rejects by nftables'
 * expression "reject", and its earlier versions by iptables' target REJECT. */
enum { GOES_ON = NFT_CONTINUE };

static int verdict_of(struct firewall *f, const char *name, const mt_nl_attrs expression,
		      const char **to)
{
	mt_nl_attrs data, value, verdict;

	mt_nl_parse_nest(expression[NFTA_EXPR_DATA], data);
	if (!strcmp(name, "reject") ||
	    (!strcmp(name, "target") && !strcmp(mt_nl_str(data[NFTA_TARGET_NAME]), "REJECT")))
		return NF_DROP;
	if (strcmp(name, "immediate"))
		return GOES_ON;
	mt_nl_parse_nest(data[NFTA_IMMEDIATE_DATA], value);
	mt_nl_parse_nest(value[NFTA_DATA_VERDICT], verdict);
	if (!verdict[NFTA_VERDICT_CODE])
		return GOES_ON;
	*to = mt_nl_str(verdict[NFTA_VERDICT_CHAIN]);
	*to = mt_pool_copy(&f->rules, *to, strlen(*to));
	return (int)number(verdict[NFTA_VERDICT_CODE]);
}

/* Every other expression may be a condition. */
static bool is_no_condition(const char *name)
{
	static const char *const names[] = { "immediate", "reject", "target", "counter", "log" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static void keep(struct firewall *f, const char *chain, int verdict, const char *to)
{
	struct always *a = mt_pool_alloc(&f->rules, sizeof *a);

	if (!a)
		return;
	*a = (struct always){ .chain = mt_pool_copy(&f->rules, chain, strlen(chain)),
			      .to = to,
			      .verdict = verdict };
	if (!a->chain)
		return;
	*f->last = a;
	f->last = &a->next;
}

static int take_rule(const struct nlmsghdr *n, void *data)
{
	struct firewall *f = data;
	const struct nlattr *one;
	mt_nl_attrs tb, expression;
	bool about = false, always = true;
	int verdict = GOES_ON;
	const char *chain, *to = NULL;

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
		always &= is_no_condition(name);
		if (verdict == GOES_ON)
			verdict = verdict_of(f, name, expression, &to);
	}
	if (always && verdict != GOES_ON)
		keep(f, chain, verdict, to);
	f->accepted |= about && verdict == NF_ACCEPT;
	return f->accepted;
}

/* The verdict on a packet that fits no rule with a condition. */
static int end_of(const struct firewall *f, const char *chain, int jumps)
{
	for (const struct always *a = f->first; a && jumps; a = a->next) {
		int verdict = a->verdict;

		if (strcmp(a->chain, chain))
			continue;
		if ((verdict == NFT_JUMP || verdict == NFT_GOTO) && a->to)
			verdict = end_of(f, a->to, jumps - 1);
		if (verdict == NF_DROP || verdict == NF_ACCEPT)
			return verdict;
		if (a->verdict == NFT_GOTO || a->verdict == NFT_RETURN)
			break;
	}
	return GOES_ON;
}

static bool drops(const struct firewall *f, size_t i)
{
	int end = end_of(f, f->bases[i].chain, JUMPS);

	return !f->accepted && (end == NF_DROP || (end == GOES_ON && f->drops[i]));
}

/* --- asking ----------------------------------------------------------------------------------- */

static uint8_t family_of(const struct mt_netfilter_chain *c)
{
	for (int i = 0; c && i < FAMILIES; i++)
		if (!strcmp(families[i].name, c->family))
			return families[i].family;
	return NFPROTO_UNSPEC;
}

/* @c: ask for the rules of its table; NULL: ask for all chains */
static int ask(struct firewall *f, int message, const struct mt_netfilter_chain *c, mt_nl_take take,
	       struct mt_err *e)
{
	struct mt_nl_request q;
	struct nlmsghdr *n = mt_nl_start(&q, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | message),
					 NLM_F_DUMP, sizeof(struct nfgenmsg));
	struct nfgenmsg *head = mnl_nlmsg_get_payload(n);
	int err;

	head->version = NFNETLINK_V0;
	head->nfgen_family = family_of(c);
	if (c)
		mnl_attr_put_strz(n, NFTA_RULE_TABLE, c->table);
	err = mt_nl_talk(f->h, n, take, f, e);
	return err ? mt_err_about(e, "netfilter", "nftables") : 0;
}

static int read_rules(struct firewall *f, const struct mt_netfilter_chain *c, struct mt_err *e)
{
	f->chain = c;
	f->accepted = false;
	f->first = NULL;
	f->last = &f->first;
	return ask(f, NFT_MSG_GETRULE, c, take_rule, e);
}

int mt_netfilter_drops(const struct mt_netfilter *of,
		       void (*each)(void *data, const struct mt_netfilter_chain *c), void *data,
		       struct mt_err *e)
{
	struct firewall f = { .of = of };
	int err = mt_nl_open(NETLINK_NETFILTER, &f.h, e);

	if (!err)
		err = ask(&f, NFT_MSG_GETCHAIN, NULL, take_chain, e);
	for (size_t i = 0; !err && i < f.n; i++) {
		err = read_rules(&f, &f.bases[i], e);
		if (!err && drops(&f, i))
			each(data, &f.bases[i]);
		mt_pool_free(&f.rules);
	}
	mt_host_close(f.h);
	/* A kernel without nf_tables has no such chain. */
	return err == -EPROTONOSUPPORT || err == -EINVAL || err == -EOPNOTSUPP ? 0 : err;
}
