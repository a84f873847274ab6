/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * firewall_group.c - kind firewall_group: a group of guests, as sets of addresses and two chains
 *
 * A chain accepts what comes from a member, the other one what goes to a member: the firewalls of
 * other guests lead there (firewall_allow_group.c). nft(8) adds them when the first guest names the
 * group, or is in it, and they are deleted with the last.
 */
#include "kernel/firewall_group.h"

#include <ctype.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <string.h>

enum { NAME, FAMILY, INTACT, NFIELDS };

enum { RULES = 4, COMMAND = 1024 };

static const struct mt_field fields[NFIELDS] = {
	[NAME] = { "name", MT_TEXT, .flags = MT_FIELD_CUSTOM, .right = &mt_rights[MT_RIGHT_GROUP],
		   .doc = "the group's" },
	[FAMILY] = { "family", MT_ENUM, 1, .flags = MT_FIELD_CUSTOM, .enum_names = mt_nft_families,
		     .doc = "as in firewall" },
	[INTACT] = { "intact", MT_BOOL, 1, MT_PHASE_MAKE,
		     .flags = MT_FIELD_CUSTOM | MT_FIELD_AGREED | MT_FIELD_GUARDS,
		     .doc = "its rules, and those of its table, are moontap's; always true" },
};

static void set_defaults(struct mt_record *r)
{
	if (!mt_record_has(r, INTACT))
		mt_record_put(r, INTACT, mt_uint(1));
}

struct mt_record mt_firewall_group(const char *name, uint64_t family)
{
	struct mt_record r = { .kind = &mt_kind_firewall_group };

	mt_record_put(&r, NAME, (struct mt_value){ .state = MT_SET, .text = name });
	mt_record_put(&r, FAMILY, mt_uint(family));
	set_defaults(&r);
	return r;
}

int mt_firewall_group_check(const char *op, const char *subject, const char *name, struct mt_err *e)
{
	const char *at = name;

	while (isalnum((unsigned char)*at) || *at == '_' || *at == '-')
		at++;
	return *name && !*at && at - name <= MT_GROUP_MAX
		? 0
		: mt_bad(e, op, subject,
			 "'%.32s' is no name of a group: 1..%d letters, digits, '_' and '-'", name,
			 MT_GROUP_MAX);
}

static uint8_t table_of(const struct mt_record *r)
{
	return (uint8_t)r->v[FAMILY].u | MT_NFT_FIREWALL;
}

/* --- reading ---------------------------------------------------------------------------------- */

struct listing {
	struct mt_list *l;
	uint8_t family;
};

static int found(struct listing *look, const char *name)
{
	struct mt_list *l = look->l;
	struct mt_record r = mt_firewall_group(name, look->family);
	bool intact;
	unsigned rules;
	int err;

	if (mt_record_has(l->filter, NAME) && strcmp(l->filter->v[NAME].text, name) != 0)
		return 0;
	err = mt_nft_count_rules(l->h, table_of(&r), name, &intact, &rules, l->e);
	if (err)
		return err;
	mt_record_put(&r, INTACT, mt_uint(intact && rules == RULES));
	return mt_list_found(l, &r);
}

static int take_chain(const struct nlmsghdr *n, void *data)
{
	const char *chain;
	mt_nl_attrs tb;

	if (!mt_nl_parse(n, sizeof(struct nfgenmsg), tb))
		return 0;
	chain = mt_nl_str(tb[NFTA_CHAIN_NAME]);
	if (strcmp(mt_nl_str(tb[NFTA_CHAIN_TABLE]), mt_nft_table_name(MT_NFT_FIREWALL)) != 0 ||
	    strncmp(chain, MT_NFT_FROM, strlen(MT_NFT_FROM)) != 0)
		return 0;
	return found(data, chain + strlen(MT_NFT_FROM));
}

static int list_family(struct mt_list *l, uint8_t family)
{
	struct listing look = { l, family };
	int err = mt_nft_ask(l->h, NFT_MSG_GETCHAIN, NLM_F_DUMP, family | MT_NFT_FIREWALL,
			     NFTA_CHAIN_TABLE, take_chain, &look, l->e);

	return err == -ENOENT || err > 0 ? 0 : mt_list_done(l, err);
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);

	return mt_nft_list_families(&l, list_family);
}

/* --- changing --------------------------------------------------------------------------------- */

/* %1$s: the table; %2$s: the group */
#define ADD_RULES                                                 \
	"add rule %1$s from_%2$s ip saddr @group4_%2$s accept; "  \
	"add rule %1$s from_%2$s ip6 saddr @group6_%2$s accept; " \
	"add rule %1$s to_%2$s ip daddr @group4_%2$s accept; "    \
	"add rule %1$s to_%2$s ip6 daddr @group6_%2$s accept"

static const char *command(enum mt_op op, const struct mt_record *r, char buf[static COMMAND])
{
	const char *name = r->v[NAME].text;
	char table[MT_NFT_TABLE_TEXT];

	mt_nft_table_text(table_of(r), table);
	if (op == MT_ADD)
		snprintf(buf, COMMAND,
			 "add set %1$s group4_%2$s { type ipv4_addr; }; "
			 "add set %1$s group6_%2$s { type ipv6_addr; }; "
			 "create chain %1$s from_%2$s; create chain %1$s to_%2$s; " ADD_RULES,
			 table, name);
	else if (op == MT_CHANGE)
		snprintf(buf, COMMAND,
			 "flush chain %1$s from_%2$s; flush chain %1$s to_%2$s; " ADD_RULES, table,
			 name);
	else
		snprintf(buf, COMMAND,
			 "flush chain %1$s from_%2$s; flush chain %1$s to_%2$s; "
			 "delete chain %1$s from_%2$s; delete chain %1$s to_%2$s; "
			 "delete set %1$s group4_%2$s; delete set %1$s group6_%2$s",
			 table, name);
	return buf;
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct mt_pool pool = { 0 };
	struct mt_record has;
	char text[COMMAND];
	int err = op == MT_ADD ? mt_nl_check_absent(h, r, e) : 0;

	if (op == MT_CHANGE && !r->v[INTACT].u) /* rules that are not intact are not put back */
		return 0;
	if (!err)
		err = mt_nl_about(e, mt_nft_run(command(op, r, text), e), r, mt_nl_verb(op));
	if (!err)
		err = mt_record_get(h, r, &has, &pool, e);
	mt_pool_free(&pool);
	if (op == MT_DELETE && err == -ENOENT)
		return 0;
	if (err == -ENOENT || (!err && (op == MT_DELETE || !has.v[INTACT].u)))
		return mt_fail(e, op == MT_DELETE ? EBUSY : ENOTSUP, "firewall_group",
			       r->v[NAME].text, "nft(8) did not do it: try: nft '%.100s ...'",
			       text);
	return err;
}

/* --- what is in it, and leads to it ----------------------------------------------------------- */

struct looking {
	const char *set, *group;
	char *why;
	size_t n;
	bool found;
};

static int take_any(const struct mt_nft_found *f, void *data)
{
	struct looking *look = data;
	const char *chain = f->jump +
		(strncmp(f->jump, MT_NFT_TO, strlen(MT_NFT_TO)) == 0 ? strlen(MT_NFT_TO)
								     : strlen(MT_NFT_FROM));

	if (*f->jump && strcmp(chain, look->group) != 0)
		return 0;
	look->found = true;
	snprintf(look->why, look->n, "%.32s still has elements for it", look->set);
	return 1;
}

static int busy(struct mt_host *h, enum mt_op op, const struct mt_record *r, char *why, size_t n,
		struct mt_err *e)
{
	/* those of its own end with its name */
	static const char *const sets[] = { MT_GROUP_SET4, MT_GROUP_SET6, "in_group1",
					    "in_group2",   "in_group3",	  "in_group4",
					    "out_group1",  "out_group2",  "out_group3",
					    "out_group4" };
	struct looking look = { .group = r->v[NAME].text, .why = why, .n = n };
	char name[MT_NFT_NAME];
	int err = 0;

	for (size_t i = 0; op == MT_DELETE && !err && !look.found && i < sizeof sets / sizeof *sets;
	     i++) {
		snprintf(name, sizeof name, "%s%s", sets[i], i < 2 ? look.group : "");
		look.set = name;
		err = mt_nft_list(h, table_of(r), name, take_any, &look, e);
	}
	return err < 0 ? mt_nl_about(e, err, r, "list") : look.found;
}

/* --- at plan time ----------------------------------------------------------------------------- */

static int check(const struct mt_record *r, struct mt_err *e)
{
	if (mt_record_has(r, INTACT) && !r->v[INTACT].u)
		return mt_bad(e, "firewall_group", r->v[NAME].text,
			      "intact: it cannot be wished for to be false");
	return mt_firewall_group_check("firewall_group", "", r->v[NAME].text, e);
}

static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	struct mt_sh s = { buf, n, 0 };
	char text[COMMAND];

	mt_sh_say(&s, "nft ");
	mt_sh_quote(&s, command(op, r, text));
	mt_sh_say(&s, "\n");
	return (int)s.len;
}

const struct mt_kind mt_kind_firewall_group = {
	.name = "firewall_group",
	.doc = "a group of guests that firewalls let in: declared by itself, with what names it",
	.fields = fields,
	.nfields = MT_NFIELDS(fields),
	.nkeys = 2,
	.required = 2,
	.device = MT_NO_DEVICE,
	.phase = MT_PHASE_MAKE,
	.flags = MT_KIND_RESTORED,
	.list = list,
	.put = put,
	.set_defaults = set_defaults,
	.within = mt_nft_within_firewall,
	.check = check,
	.busy = busy,
	.sh = sh,
};
