/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nft_table.c - kind nft: a table of moontap's in nftables, with the rules for all NICs
 *
 * nft(8) loads the rules from a text, once, when the first NIC needs them; the table is deleted with
 * the last. Somebody may flush it, or delete or add a rule, and leave the elements, so that all looks
 * well and nothing is guarded. So the text's last rule says how many there are. It has the highest
 * handle of all, since the kernel numbers rules as they come (nf_tables_alloc_handle()): a rule with
 * a higher one was put there later. A rule that somebody replaced has the old handle, and lacks the
 * comment that all of the text's have; unless it was given that, too. The chains of groups
 * (firewall_group.c) come and go, and their rules do not count.
 */
#include "kernel/nft.h"
#include "base/paths.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <string.h>

enum { TABLE, INTACT, NFIELDS };

enum { VERSION = 2 }; /* of the text: a newer one replaces the rules of an older one */

static const struct mt_field fields[NFIELDS] = {
	[TABLE] = { "table", MT_ENUM, 1, .flags = MT_FIELD_CUSTOM, .enum_names = mt_nft_tables,
		    .doc = "bridge: of frames between a bridge's ports; inet: of packets that the "
			   "host routes; and those of firewalls" },
	[INTACT] = { "intact", MT_BOOL, 1, MT_PHASE_MAKE,
		     .flags = MT_FIELD_CUSTOM | MT_FIELD_AGREED | MT_FIELD_GUARDS,
		     .doc = "its rules are those of moontap's text, and no others; always true" },
};

static void set_defaults(struct mt_record *r)
{
	if (!mt_record_has(r, INTACT))
		mt_record_put(r, INTACT, mt_uint(1));
}

/* --- reading ---------------------------------------------------------------------------------- */

struct rules {
	const char *group;			     /* NULL: none */
	unsigned n, marked, version, said, of_group; /* marked: with the text's comment */
	uint64_t last, highest; /* handles: of the last rule of the text; of all rules */
};

/* The group that a chain is of; NULL: it is of none. */
static const char *group_of(const char *chain)
{
	static const char *const prefixes[] = { MT_NFT_FROM, MT_NFT_TO };

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (!strncmp(chain, prefixes[i], strlen(prefixes[i])))
			return chain + strlen(prefixes[i]);
	return NULL;
}

static int take_rule(const struct nlmsghdr *n, void *data)
{
	struct rules *r = data;
	char comment[MT_NFT_COMMENT_MAX + 1];
	const char *group;
	mt_nl_attrs tb;
	uint64_t handle;

	if (!mt_nl_parse(n, sizeof(struct nfgenmsg), tb))
		return 0;
	group = group_of(mt_nl_str(tb[NFTA_RULE_CHAIN]));
	r->of_group += group && r->group && !strcmp(group, r->group);
	if (group)
		return 0;
	handle = mt_nl_uint_be(tb[NFTA_RULE_HANDLE]);
	r->n++;
	if (handle > r->highest)
		r->highest = handle;
	mt_nft_comment(tb[NFTA_RULE_USERDATA], comment);
	if (sscanf(comment, MT_NFT_TABLE " %u: %u rules", &r->version, &r->said) == 2)
		r->last = handle;
	r->marked += !strcmp(comment, MT_NFT_TABLE) || r->last == handle;
	return 0;
}

int mt_nft_count_rules(struct mt_host *h, uint8_t table, const char *group, bool *intact,
		       unsigned *of_group, struct mt_err *e)
{
	struct rules r = { .group = group };
	int err = mt_nft_ask(h, NFT_MSG_GETRULE, NLM_F_DUMP, table, NFTA_RULE_TABLE, take_rule, &r,
			     e);

	*intact = r.version == VERSION && r.n == r.said && r.marked == r.n && r.last &&
		r.last == r.highest;
	*of_group = r.of_group;
	return err;
}

static int take_table(const struct nlmsghdr *n, void *data)
{
	(void)n;
	*(bool *)data = true;
	return 0;
}

static int list_one(struct mt_list *l, uint8_t table)
{
	struct mt_record r = { .kind = &mt_kind_nft };
	bool there = false, intact = false;
	unsigned ignored;
	int err = mt_nft_ask(l->h, NFT_MSG_GETTABLE, 0, table, NFTA_TABLE_NAME, take_table, &there,
			     l->e);

	if (!err && there)
		err = mt_nft_count_rules(l->h, table, NULL, &intact, &ignored, l->e);
	if (err || !there)
		return err == -ENOENT ? 0 : mt_list_done(l, err);
	mt_record_put(&r, TABLE, mt_uint(table));
	mt_record_put(&r, INTACT, mt_uint(intact));
	err = mt_list_found(l, &r);
	return err < 0 ? err : 0;
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);
	int err = 0;

	if (mt_record_has(filter, TABLE))
		return list_one(&l, (uint8_t)filter->v[TABLE].u);
	for (const struct mt_enum_name *t = mt_nft_tables; !err && t->name; t++)
		err = list_one(&l, (uint8_t)t->value);
	return err;
}

/* --- changing --------------------------------------------------------------------------------- */

static uint8_t number_of(const struct mt_record *r)
{
	return (uint8_t)r->v[TABLE].u;
}

static const char *name_of(const struct mt_record *r)
{
	for (const struct mt_enum_name *name = mt_nft_tables; name->name; name++)
		if (name->value == number_of(r))
			return name->name;
	return "";
}

/* What nft(8) is to do. Within quotes, as nft(8) reads a file's name. */
static const char *command(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	char below[64], path[PATH_MAX], table[MT_NFT_TABLE_TEXT];

	snprintf(below, sizeof below, "share/moontap/nft/%s.nft", name_of(r));
	mt_path_installed(below, path);
	snprintf(buf, n, "%s table %s; include \"%s\"", op == MT_ADD ? "create" : "flush",
		 mt_nft_table_text(number_of(r), table), path);
	return buf;
}

/* `create` fails where the table is there: of two guests at once, one has loaded it whole. */
static int load(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct mt_pool pool = { 0 };
	struct mt_record has;
	char text[PATH_MAX + 64];
	int err = op == MT_ADD ? mt_nl_check_absent(h, r, e) : 0;

	if (!err)
		err = mt_nl_about(e, mt_nft_run(command(op, r, text, sizeof text), e), r,
				  mt_nl_verb(op));
	if (!err)
		err = mt_record_get(h, r, &has, &pool, e);
	mt_pool_free(&pool);
	if (err == -ENOENT || (!err && !has.v[INTACT].u))
		return mt_fail(e, ENOTSUP, "nft", name_of(r),
			       "nft(8) did not load moontap's rules: try: nft '%s'", text);
	return err;
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct mt_nft_batch b;

	if (op != MT_DELETE) /* rules that are not intact are not put back */
		return op == MT_CHANGE && !r->v[INTACT].u ? 0 : load(h, op, r, e);
	mt_nft_begin(&b, number_of(r));
	mt_nft_delete_table(&b);
	return mt_nl_about(e, mt_nft_commit(h, &b, e), r, mt_nl_verb(op));
}

/* --- elements of others ----------------------------------------------------------------------- */

struct sets {
	struct mt_host *h;
	uint8_t table;
	char *why;
	size_t n;
	bool found;
	struct mt_err *e;
};

static int take_any(const struct mt_nft_found *found, void *data)
{
	(void)found;
	((struct sets *)data)->found = true;
	return 1;
}

/* A set that packets fill has nobody's elements. */
static int take_set(const struct nlmsghdr *n, void *data)
{
	struct sets *s = data;
	mt_nl_attrs tb;
	uint64_t flags;
	int err;

	if (!mt_nl_parse(n, sizeof(struct nfgenmsg), tb))
		return 0;
	flags = mt_nl_uint_be(tb[NFTA_SET_FLAGS]);
	if (flags & (NFT_SET_EVAL | NFT_SET_ANONYMOUS))
		return 0;
	err = mt_nft_list(s->h, s->table, mt_nl_str(tb[NFTA_SET_NAME]), take_any, s, s->e);
	if (s->found)
		snprintf(s->why, s->n, "its set %.32s still has elements",
			 mt_nl_str(tb[NFTA_SET_NAME]));
	return err ? err : s->found;
}

static int busy(struct mt_host *h, enum mt_op op, const struct mt_record *r, char *why, size_t n,
		struct mt_err *e)
{
	struct sets s = { h, number_of(r), why, n, false, e };
	int err = op == MT_DELETE ? mt_nft_ask(h, NFT_MSG_GETSET, NLM_F_DUMP, s.table,
					       NFTA_SET_TABLE, take_set, &s, e)
				  : 0;

	return err ? mt_nl_about(e, err, r, "list") : s.found;
}

/* --- at plan time ----------------------------------------------------------------------------- */

static int check(const struct mt_record *r, struct mt_err *e)
{
	return mt_record_has(r, INTACT) && !r->v[INTACT].u
		? mt_bad(e, "nft", name_of(r), "intact: it cannot be wished for to be false")
		: 0;
}

static int needs(struct mt_host *h, const struct mt_record *r, mt_will will, void *data,
		 struct mt_err *e)
{
	(void)will, (void)data;
	if (!mt_nft_program())
		return mt_fail(e, ENOENT, "nft", name_of(r),
			       "nft(8) is missing: install the package nftables");
	return number_of(r) & MT_NFT_FIREWALL ? mt_nft_try_conntrack(h, number_of(r), e) : 0;
}

static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	struct mt_sh s = { buf, n, 0 };
	char text[PATH_MAX + 64], table[MT_NFT_TABLE_TEXT];

	if (op == MT_DELETE)
		mt_sh_say(&s, "nft delete table %s\n", mt_nft_table_text(number_of(r), table));
	if (op == MT_DELETE)
		return (int)s.len;
	mt_sh_say(&s, "nft ");
	mt_sh_quote(&s, command(op, r, text, sizeof text));
	mt_sh_say(&s, "\n");
	return (int)s.len;
}

const struct mt_kind mt_kind_nft = {
	.name = "nft",
	.doc = "moontap's table of nftables: declared by itself, with what is in it",
	.fields = fields,
	.nfields = MT_NFIELDS(fields),
	.nkeys = 1,
	.required = 1,
	.device = MT_NO_DEVICE,
	.phase = MT_PHASE_MAKE,
	.flags = MT_KIND_RESTORED,
	.list = list,
	.put = put,
	.set_defaults = set_defaults,
	.check = check,
	.needs = needs,
	.busy = busy,
	.sh = sh,
};
