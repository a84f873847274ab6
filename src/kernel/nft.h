/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nft.h - elements of moontap's nftables tables: read one by one, changed all or nothing
 *
 * Only for the files of kernel/. moontap has tables of its own, whose rules are the same for
 * everybody: src/nft/NAME.nft. What differs between NICs is an element of a set or map, so no rule is
 * ever looked for. A batch that fails costs the kernel 9 to 20 ms, since it waits until
 * nobody uses what it takes back: so look first.
 */
#ifndef MT_KERNEL_NFT_H
#define MT_KERNEL_NFT_H

#include "base/sh.h"
#include "kernel/nl.h"

/* What does there what a guard does elsewhere. */
#define MT_OVS_GUARDS "there OVN's port security guards it, or flows of the bridge's"

#define MT_NFT_TABLE	   "moontap"
#define MT_NFT_FIREWALL	   0x80	   /* in a number that says which table: see mt_nft_table_name() */
#define MT_NFT_FROM	   "from_" /* a chain of a group begins so, or with MT_NFT_TO */
#define MT_NFT_TO	   "to_"
#define MT_NFT_NAME	   32 /* bytes of a chain's name and its NUL */
#define MT_NFT_TABLE_TEXT  32 /* bytes of mt_nft_table_text() */
#define MT_NFT_COMMENT	   0 /* in user data: libnftnl's NFTNL_UDATA_SET_ELEM_COMMENT, _RULE_COMMENT */
#define MT_NFT_COMMENT_MAX 128 /* bytes that nft(8) takes: libnftnl's NFTNL_UDATA_COMMENT_MAXLEN */

/* The families of tables, for a field whose value is NFPROTO_BRIDGE or NFPROTO_INET. */
extern const struct mt_enum_name mt_nft_families[];

/* A table is its family; with MT_NFT_FIREWALL, the one of firewalls: a table of its own, since not
 * every kernel follows the connections of a bridge's ports, and its rules would not load there. */
extern const struct mt_enum_name mt_nft_tables[];

/** mt_nft_table_name() - what the kernel calls it: "moontap" */
const char *mt_nft_table_name(uint8_t table);

/** mt_nft_family() - NFPROTO_* */
static inline uint8_t mt_nft_family(uint8_t table)
{
	return table & (uint8_t)~MT_NFT_FIREWALL;
}

/** mt_nft_table_text() - its family and its name, as nft(8) wants them: "bridge moontap". Returns
 * @buf. */
const char *mt_nft_table_text(uint8_t table, char buf[static MT_NFT_TABLE_TEXT]);

/* Objects that are elements for a device. They have its ifindex, and stay when the device goes. */
extern const struct mt_realm mt_realm_elements;

/* The key of an element, or its data: parts one after the other, each a multiple of four bytes. */
struct mt_nft_key {
	uint8_t bytes[64];
	size_t n;
};

void mt_nft_key_put(struct mt_nft_key *k, const void *bytes, size_t n);

/** mt_nft_key_ifindex() - a device, as sets without ranges have it */
void mt_nft_key_ifindex(struct mt_nft_key *k, uint32_t ifindex);

/** mt_nft_key_ifindex_range() - a device, as sets with ranges have it: nft(8) lets them compare
 * numbers in network order */
void mt_nft_key_ifindex_range(struct mt_nft_key *k, uint32_t ifindex);

/** mt_nft_key_u16() - a number in network order */
void mt_nft_key_u16(struct mt_nft_key *k, uint16_t number);

/** mt_nft_key_ip() - a set address, or the first or last one of a prefix */
void mt_nft_key_ip(struct mt_nft_key *k, const struct mt_value *v, bool last);

/** mt_nft_prefix_length() - of the prefix whose first and last address are @size bytes at @at of two
 * keys */
uint8_t mt_nft_prefix_length(const struct mt_nft_key *first, const struct mt_nft_key *last,
			     size_t at, size_t size);

struct mt_nft_element {
	const char *set;
	struct mt_nft_key key, end; /* end.n 0: it is no range */
	struct mt_nft_key data;	    /* of a map; n 0: none */
	const char *jump;	    /* of a map of verdicts: the chain; NULL: none */
	const char *comment;	    /* NULL: none */
};

/* --- messages, for nft.c and nft_read.c -------------------------------------------------------- */

/** mt_nft_start() - begin a request: NFT_MSG_* */
struct nlmsghdr *mt_nft_start(struct mt_nl_request *q, int message, uint16_t flags, uint8_t table);

/** mt_nft_put_element() - append an element. @whole: also what is no key */
void mt_nft_put_element(struct nlmsghdr *n, uint8_t table, const struct mt_nft_element *el,
			bool whole);

/** mt_nft_open() - open @h->netfilter, if it is not open yet. Return: 0 or -errno. */
int mt_nft_open(struct mt_host *h, struct mt_err *e);

/* --- changing --------------------------------------------------------------------------------- */

#define MT_NFT_BATCH 32768 /* bytes */

struct mt_nft_batch {
	alignas(NLMSG_ALIGNTO) char bytes[MT_NFT_BATCH];
	size_t n;
	uint8_t table;
	bool full; /* something did not fit: it cannot be sent */
};

void mt_nft_begin(struct mt_nft_batch *b, uint8_t table);

/** mt_nft_add() - add an element
 * @exclusive:	fail with -EEXIST where it is there; else that is no error */
void mt_nft_add(struct mt_nft_batch *b, const struct mt_nft_element *el, bool exclusive);

/** mt_nft_delete() - delete an element by its key; -ENOENT where it is not there */
void mt_nft_delete(struct mt_nft_batch *b, const struct mt_nft_element *el);

/** mt_nft_append() - append any message of nftables
 * @message:	NFT_MSG_*
 * @put:	appends its attributes */
void mt_nft_append(struct mt_nft_batch *b, int message, uint16_t flags,
		   void (*put)(struct nlmsghdr *n));

/** mt_nft_delete_table() - delete the table with all that is in it */
void mt_nft_delete_table(struct mt_nft_batch *b);

/** mt_nft_commit() - all of the batch happens, or nothing
 * Return: as mt_nl_talk(); -ENOENT also: there is no table; @e has neither op nor subject. */
int mt_nft_commit(struct mt_host *h, struct mt_nft_batch *b, struct mt_err *e);

/** mt_nft_try() - whether all of the batch could happen; it does not. Return: as mt_nft_commit(). */
int mt_nft_try(struct mt_host *h, struct mt_nft_batch *b, struct mt_err *e);

/** mt_nft_put() - a batch of one element: added exclusively, or deleted. Return: as
 * mt_nft_commit(). */
int mt_nft_put(struct mt_host *h, enum mt_op op, uint8_t table, const struct mt_nft_element *el,
	       struct mt_err *e);

/* --- reading ---------------------------------------------------------------------------------- */

/* An element as it was read. */
struct mt_nft_found {
	struct mt_nft_key key, end, data;
	char jump[MT_NFT_NAME], comment[MT_NFT_COMMENT_MAX + 1]; /* "": none */
	uint64_t packets;					 /* of its counter */
};

/** mt_nft_get() - look one element up by its key, and its end
 * @found:	out; NULL: not needed
 *
 * Return: 0; -ENOENT: it, its set or its table is not there; another -errno with @e filled.
 */
int mt_nft_get(struct mt_host *h, uint8_t table, const struct mt_nft_element *el,
	       struct mt_nft_found *found, struct mt_err *e);

/** mt_nft_each - gets each element. Return: 0 to go on, 1 to stop, -errno to fail. */
typedef int (*mt_nft_each)(const struct mt_nft_found *found, void *data);

/** mt_nft_list() - all elements of a set; none where it is not there
 * Return: 0, or -errno with @e filled. */
int mt_nft_list(struct mt_host *h, uint8_t table, const char *set, mt_nft_each each, void *data,
		struct mt_err *e);

/** mt_nft_comment() - the comment in the user data of an element or a rule; "": there is none */
void mt_nft_comment(const struct nlattr *a, char comment[static MT_NFT_COMMENT_MAX + 1]);

/** mt_nft_ask() - a question about something in the table, after its name
 * @message:	NFT_MSG_GET*
 * @attr:	the attribute that has the table's name
 *
 * Return: as mt_nl_talk(); 0 without a call of @take where the kernel has no nftables.
 */
int mt_nft_ask(struct mt_host *h, int message, uint16_t flags, uint8_t table, uint16_t attr,
	       mt_nl_take take, void *data, struct mt_err *e);

/** mt_nft_count_rules() - compare the rules of a table with those that its text says it has
 * @group:	whose chains are looked at beside; NULL: none
 * @intact:	out: whether they are those of the text
 * @of_group:	out: how many rules its chains have
 *
 * Return: 0, or -errno with @e filled. nft_table.c */
int mt_nft_count_rules(struct mt_host *h, uint8_t table, const char *group, bool *intact,
		       unsigned *of_group, struct mt_err *e);

/** mt_nft_try_conntrack() - let the kernel look at a rule about connections, and forget it
 * @table:	whose family it would be in
 *
 * Who may not change rules learns nothing. Return: 0; -ENOTSUP with @e filled: the kernel cannot
 * follow connections there; another -errno. nft_try.c */
int mt_nft_try_conntrack(struct mt_host *h, uint8_t table, struct mt_err *e);

/* --- records that are elements ----------------------------------------------------------------- */

/** mt_nft_list_families() - list() of a kind with a field `family`: the filter's, or both
 * @list:	lists what is in one
 *
 * Return: 0 or -errno. */
int mt_nft_list_families(struct mt_list *l, int (*list)(struct mt_list *l, uint8_t family));

/** mt_nft_list_key() - list() of a record that is all key, and one element: the filter, if that is
 * there. Return: 0 or -errno. */
int mt_nft_list_key(struct mt_list *l, uint8_t table, const struct mt_nft_element *el);

/** mt_nft_within_inet() - within() of kinds that are in the table inet */
struct mt_record mt_nft_within_inet(const struct mt_record *r);

/* --- records that are elements for a device ---------------------------------------------------- */

/** mt_nft_list_device() - as mt_nft_list_families(), of a device's elements: @l->ifindex is the one
 * that the filter names. One that is gone still has its elements, where the filter has their
 * reference. */
int mt_nft_list_device(struct mt_list *l, int (*list)(struct mt_list *l, uint8_t family));

/** mt_nft_ifindex() - of the device that @r is for, as mt_nft_list_device(). Return: as
 * mt_nl_ifindex(). */
int mt_nft_ifindex(struct mt_host *h, const struct mt_record *r, uint32_t *ifindex,
		   struct mt_err *e);

/** mt_nft_within() - within() of these kinds: the table, by the record's field `family` */
struct mt_record mt_nft_within(const struct mt_record *r);

/** mt_nft_within_firewall() - the same of kinds that are in the table of firewalls */
struct mt_record mt_nft_within_firewall(const struct mt_record *r);

/** mt_nft_resolve() - resolve() of these kinds: the family of the frames that the device @r is on
 * will pass on: bridge, or inet where it is in no bridge */
int mt_nft_resolve(struct mt_record *r, mt_will will, void *data, struct mt_err *e);

/** mt_nft_macvtap() - look up the macvtap that the device @r is on will be: its frames leave by the
 * device below it, where no rule of moontap's sees them
 * @macvtap:	out
 *
 * Return: 1; 0: it will be none; or -errno. */
int mt_nft_macvtap(const struct mt_record *r, mt_will will, void *data, struct mt_record *macvtap,
		   struct mt_err *e);

/* --- commands for sh ---------------------------------------------------------------------------- */

/** mt_nft_sh_begin() - "nft add element bridge moontap SET {"; not the first: after a ";" */
void mt_nft_sh_begin(struct mt_sh *s, enum mt_op op, uint8_t table, const char *set);

/** mt_nft_sh_name() - a blank, and a device's name, quoted for nft(8) and sh */
void mt_nft_sh_name(struct mt_sh *s, const char *name);

/* --- flows: flows.c --------------------------------------------------------------------------- */

/** mt_nft_forget_flows() - let the kernel forget the flows to ports of an address
 *
 * A failure is ignored: they end by themselves. mt_nft_commit() or mt_nft_get() has opened the
 * socket before.
 */
void mt_nft_forget_flows(struct mt_host *h, const struct mt_value *address, uint8_t proto,
			 struct mt_range ports);

/* --- nft(8): nft_run.c -------------------------------------------------------------------------- */

/** mt_nft_program() - the path of nft(8); NULL: it is not installed */
const char *mt_nft_program(void);

/** mt_nft_run() - let nft(8) do one command; what it says is not read
 * Return: 0: it ended, perhaps with a failure: look what there is; -errno with @e filled: it could
 * not be started, or did not end. */
int mt_nft_run(const char *command, struct mt_err *e);

#endif
