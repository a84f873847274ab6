/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* iptables.c - the filter table of iptables' legacy form, which netlink does not show */
#include "kernel/iptables.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* IPv4's and IPv6's tables have one form, except for the size of the addresses in a rule. */
struct family {
	const char *name;
	int domain, level, get_info, get_entries;
	size_t entry, match, flags, inverse; /* sizes of a rule and of its IP part; offsets */
	size_t target, next;		     /* offsets */
	size_t in, out, in_mask, out_mask;   /* offsets: devices */
	uint8_t go_to;
};

/* clang-format off */
#define FORM(entry, ip) \
	sizeof(struct entry), sizeof ((struct entry *)0)->ip, offsetof(struct entry, ip.flags), \
	offsetof(struct entry, ip.invflags), offsetof(struct entry, target_offset), \
	offsetof(struct entry, next_offset), offsetof(struct entry, ip.iniface), \
	offsetof(struct entry, ip.outiface), offsetof(struct entry, ip.iniface_mask), \
	offsetof(struct entry, ip.outiface_mask)

static const struct family ipv4 = {
	"ip", AF_INET, IPPROTO_IP, IPT_SO_GET_INFO, IPT_SO_GET_ENTRIES,
	FORM(ipt_entry, ip), IPT_F_GOTO,
};
static const struct family ipv6 = {
	"ip6", AF_INET6, IPPROTO_IPV6, IP6T_SO_GET_INFO, IP6T_SO_GET_ENTRIES,
	FORM(ip6t_entry, ipv6), IP6T_F_GOTO,
};
/* clang-format on */

_Static_assert(sizeof(struct ipt_getinfo) == sizeof(struct ip6t_getinfo) &&
		       offsetof(struct ipt_get_entries, entrytable) ==
			       offsetof(struct ip6t_get_entries, entrytable),
	       "one form for both");

struct table {
	const struct family *f;
	struct ipt_getinfo info;
	struct ipt_get_entries *rules;
};

/* --- reading ---------------------------------------------------------------------------------- */

static int get(const struct family *f, int what, void *to, socklen_t n)
{
	int fd = socket(f->domain, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int err = fd < 0 || getsockopt(fd, f->level, what, to, &n) ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return err;
}

/* -EAGAIN: somebody has changed the table between the two questions. */
static int read_table(struct table *t)
{
	size_t size;
	int err;

	t->info = (struct ipt_getinfo){ .name = "filter" };
	err = get(t->f, t->f->get_info, &t->info, sizeof t->info);
	if (err)
		return err;
	size = sizeof *t->rules + t->info.size;
	t->rules = calloc(1, size);
	if (!t->rules)
		return -ENOMEM;
	strcpy(t->rules->name, "filter");
	t->rules->size = t->info.size;
	return get(t->f, t->f->get_entries, t->rules, (socklen_t)size);
}

/* --- rules ------------------------------------------------------------------------------------ */

static const char *at(const struct table *t, unsigned offset)
{
	return (const char *)t->rules->entrytable + offset;
}

static unsigned half(const char *rule, size_t field)
{
	uint16_t n;

	memcpy(&n, rule + field, sizeof n);
	return n;
}

enum { GOES_ON = -1, RETURNS = -2, JUMPS = -3 };

/* What a rule's target does with a packet that fits the rule; @to: out: offset that it jumps to */
static int verdict_of(const struct table *t, const char *rule, unsigned *to)
{
	const struct xt_standard_target *s = (const void *)(rule + half(rule, t->f->target));
	const char *name = s->target.u.user.name;

	if (!strcmp(name, "REJECT"))
		return NF_DROP;
	if (strcmp(name, XT_STANDARD_TARGET))
		return GOES_ON;
	*to = (unsigned)s->verdict;
	if (s->verdict >= 0)
		return JUMPS;
	return s->verdict == XT_RETURN ? RETURNS : -s->verdict - 1;
}

/* As net/ipv4/netfilter/ip_tables.c unconditional() decides; but here a comment is no condition. */
static bool is_always(const struct table *t, const char *rule)
{
	const struct family *f = t->f;
	const struct xt_entry_match *m;
	unsigned end = half(rule, f->target);

	for (unsigned i = 0; i < f->match; i++)
		if (rule[i] && (i != f->flags || rule[i] != (char)f->go_to))
			return false;
	for (unsigned o = (unsigned)f->entry; o < end; o += m->u.match_size) {
		m = (const void *)(rule + o);
		if (strcmp(m->u.user.name, "comment") || !m->u.match_size)
			return false;
	}
	return true;
}

/* The verdict on a packet that fits no rule with a condition. A built-in chain ends in a rule with
 * its policy, a user's chain in one that returns. */
static int end_of(const struct table *t, unsigned offset, int jumps)
{
	const char *rule;

	for (; jumps && offset < t->info.size; offset += half(rule, t->f->next)) {
		unsigned to = 0;
		int verdict;

		rule = at(t, offset);
		if (!half(rule, t->f->next))
			break;
		verdict = is_always(t, rule) ? verdict_of(t, rule, &to) : GOES_ON;
		if (verdict == JUMPS) {
			verdict = end_of(t, to, jumps - 1);
			if (verdict == RETURNS && !rule[t->f->flags])
				verdict = GOES_ON;
		}
		if (verdict != GOES_ON)
			return verdict;
	}
	return GOES_ON;
}

/* --- acceptance ------------------------------------------------------------------------------- */

static bool fits(const char *name, const char *mask, const char *dev)
{
	char padded[IFNAMSIZ] = "";

	snprintf(padded, sizeof padded, "%s", dev);
	for (int i = 0; i < IFNAMSIZ; i++)
		if ((name[i] ^ padded[i]) & mask[i])
			return false;
	return *name;
}

static bool is_about(const struct table *t, const char *rule, const char *bridge)
{
	const struct family *f = t->f;
	uint8_t inverse = (uint8_t)rule[f->inverse];
	unsigned end = half(rule, f->target);
	const struct xt_entry_match *m;

	if ((!(inverse & IPT_INV_VIA_IN) && fits(rule + f->in, rule + f->in_mask, bridge)) ||
	    (!(inverse & IPT_INV_VIA_OUT) && fits(rule + f->out, rule + f->out_mask, bridge)))
		return true;
	for (unsigned o = (unsigned)f->entry; o < end; o += m->u.match_size) {
		m = (const void *)(rule + o);
		if (!strcmp(m->u.user.name, "physdev"))
			return true;
		if (!m->u.match_size)
			break;
	}
	return false;
}

static bool is_of(const struct table *t, unsigned offset, unsigned hook)
{
	return offset >= t->info.hook_entry[hook] && offset <= t->info.underflow[hook];
}

/* Whether a rule accepts packets of the bridge, in any chain but INPUT and OUTPUT. */
static bool accepts(const struct table *t, const char *bridge)
{
	const char *rule;
	unsigned to;

	for (unsigned o = 0; o < t->info.size; o += half(rule, t->f->next)) {
		rule = at(t, o);
		if (!half(rule, t->f->next))
			break;
		if (!is_of(t, o, NF_INET_LOCAL_IN) && !is_of(t, o, NF_INET_LOCAL_OUT) &&
		    verdict_of(t, rule, &to) == NF_ACCEPT && is_about(t, rule, bridge))
			return true;
	}
	return false;
}

int mt_iptables_drops(const char *bridge, bool v6, struct mt_netfilter_chain *c, struct mt_err *e)
{
	struct table t = { .f = v6 ? &ipv6 : &ipv4 };
	int err = read_table(&t);

	if (!err && end_of(&t, t.info.hook_entry[NF_INET_FORWARD], 16) == NF_DROP &&
	    !accepts(&t, bridge)) {
		*c = (struct mt_netfilter_chain){
			.family = t.f->name, .table = "filter", .chain = "FORWARD", .legacy = true
		};
		err = 1;
	}
	free(t.rules);
	return err < 0 ? mt_fail(e, -err, "netfilter", "iptables-legacy", NULL) : err;
}
