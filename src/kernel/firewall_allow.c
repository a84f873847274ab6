/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * firewall_allow.c - kinds allow_in and allow_out: with whom a guest that has a firewall may speak
 *
 * Each is an element of a set with ranges: device, protocol, ports and the other side's addresses; of
 * ICMP the types, and of any protocol the addresses alone, in sets of their own. Two of one device
 * must not overlap: the kernel refuses that, or finds the one where it is asked for the other
 * (net/netfilter/nft_set_pipapo.c).
 */
#include "kernel/firewall_ports.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

enum { DEV, PROTO, PORT, PEER, FAMILY, NFIELDS };

#define FIELDS(PEER_DOC)                                                                          \
	{                                                                                         \
		[DEV] = { "dev", MT_LINK, .flags = MT_FIELD_CUSTOM,                               \
			  .doc = "the NIC's own device" },                                        \
		[PROTO] = { "proto",                                                              \
			    MT_ENUM,                                                              \
			    2,                                                                    \
			    .flags = MT_FIELD_CUSTOM,                                             \
			    .enum_names = mt_firewall_protocols,                                  \
			    .doc = "by which protocol" },                                         \
		[PORT] = { "port",                                                                \
			   MT_RANGE,                                                              \
			   2,                                                                     \
			   .flags = MT_FIELD_CUSTOM,                                              \
			   .max = 65535,                                                          \
			   .doc = "to which port, or ports; of icmp and icmpv6 the types, 0-255 " \
				  "for all; of protocols without ports 0-65535" },                \
		[PEER] = { "peer", MT_PREFIX, .flags = MT_FIELD_CUSTOM, .doc = PEER_DOC },        \
		[FAMILY] = { "family",                                                            \
			     MT_ENUM,                                                             \
			     1,                                                                   \
			     .flags = MT_FIELD_CUSTOM,                                            \
			     .enum_names = mt_nft_families,                                       \
			     .doc = "as in firewall" },                                           \
	}

static const struct mt_field in_fields[NFIELDS] =
	FIELDS("from which addresses; 0.0.0.0/0 and ::/0 for all");
static const struct mt_field out_fields[NFIELDS] =
	FIELDS("to which addresses; 0.0.0.0/0 and ::/0 for all");

/* What a set's elements have between device and address. */
enum { PORTS, TYPES, NOTHING, CLASSES };

static const size_t sizes[CLASSES] = { [PORTS] = 8, [TYPES] = 4 };

/* By whether it is outbound, by its class, and by whether it is of IPv6. */
static const char *const sets[2][CLASSES][2] = {
	{ { "in4", "in6" }, { "in_icmp4", "in_icmp6" }, { "in_any4", "in_any6" } },
	{ { "out4", "out6" }, { "out_icmp4", "out_icmp6" }, { "out_any4", "out_any6" } },
};

static int class_of(uint64_t proto)
{
	return mt_firewall_is_icmp(proto) ? TYPES : proto == MT_FIREWALL_ANY ? NOTHING : PORTS;
}

static bool is_outbound(const struct mt_kind *k)
{
	return k == &mt_kind_allow_out;
}

static const char *set_of(const struct mt_record *r)
{
	return sets[is_outbound(r->kind)][class_of(r->v[PROTO].u)][r->v[PEER].family == AF_INET6];
}

static uint8_t table_of(const struct mt_record *r)
{
	return (uint8_t)r->v[FAMILY].u | MT_NFT_FIREWALL;
}

static void put_type(struct mt_nft_key *k, uint32_t type)
{
	uint8_t byte = (uint8_t)type;

	mt_nft_key_put(k, &byte, 1);
}

static struct mt_nft_element element(const struct mt_record *r, uint32_t ifindex)
{
	struct mt_nft_element el = { .set = set_of(r) };
	struct mt_range range = r->v[PORT].range;

	int class = class_of(r->v[PROTO].u);

	if (class == PORTS) {
		mt_firewall_key(&el, ifindex, r->v[PROTO].u, range);
	} else {
		mt_nft_key_ifindex_range(&el.key, ifindex);
		mt_nft_key_ifindex_range(&el.end, ifindex);
	}
	if (class == TYPES) {
		put_type(&el.key, range.first);
		put_type(&el.end, range.last);
	}
	mt_nft_key_ip(&el.key, &r->v[PEER], false);
	mt_nft_key_ip(&el.end, &r->v[PEER], true);
	return el;
}

/* --- reading ---------------------------------------------------------------------------------- */

static int list_one(struct mt_list *l, uint8_t family)
{
	struct mt_record r = *l->filter;
	struct mt_nft_element el = element(&r, l->ifindex);
	int err = mt_nft_get(l->h, family | MT_NFT_FIREWALL, &el, NULL, l->e);

	if (err)
		return err == -ENOENT ? 0 : mt_list_done(l, err);
	r.ref = (struct mt_ref){ .realm = &mt_realm_elements, .id = { l->ifindex } };
	mt_record_put(&r, FAMILY, mt_uint(family));
	err = mt_list_found(l, &r);
	return err < 0 ? err : 0;
}

struct listing {
	struct mt_list *l;
	uint8_t family;
	int class;
	bool v6;
};

/* What is between device and address. Return: false: no record can say it. */
static bool get_ports(const struct listing *look, const struct mt_nft_found *found,
		      struct mt_record *r)
{
	uint64_t icmp = look->v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	struct mt_value proto = mt_uint(look->class == TYPES ? icmp : MT_FIREWALL_ANY);
	struct mt_value ports = { .state = MT_SET, .range = { 0, UINT16_MAX } };
	uint32_t ignored;

	if (look->class == PORTS && !mt_firewall_read(found, &ignored, &proto, &ports))
		return false;
	if (look->class == TYPES)
		ports.range = (struct mt_range){ found->key.bytes[4], found->end.bytes[4] };
	mt_record_put(r, PROTO, proto);
	mt_record_put(r, PORT, ports);
	return !memcmp(found->key.bytes, found->end.bytes, 4);
}

static int take(const struct mt_nft_found *found, void *data)
{
	struct listing *look = data;
	struct mt_list *l = look->l;
	size_t size = look->v6 ? 16 : 4, at = 4 + sizes[look->class];
	struct mt_value peer = { .state = MT_SET, .family = look->v6 ? AF_INET6 : AF_INET }, dev;
	struct mt_record r = { .kind = l->filter->kind };
	uint32_t ifindex;

	if (found->key.n != at + size || found->end.n != at + size || !get_ports(look, found, &r))
		return 0;
	memcpy(&ifindex, found->key.bytes, sizeof ifindex);
	ifindex = ntohl(ifindex);
	if (l->ifindex && ifindex != l->ifindex)
		return 0;
	memcpy(peer.b, found->key.bytes + at, size);
	peer.plen = mt_nft_prefix_length(&found->key, &found->end, at, size);
	dev = l->filter->v[DEV];
	if (!l->ifindex && mt_list_link(l, ifindex, &dev))
		return -l->e->code;
	r.ref = (struct mt_ref){ .realm = &mt_realm_elements, .id = { ifindex } };
	mt_record_put(&r, DEV, dev);
	mt_record_put(&r, PEER, peer);
	mt_record_put(&r, FAMILY, mt_uint(look->family));
	return mt_list_found(l, &r);
}

static int list_family(struct mt_list *l, uint8_t family)
{
	const struct mt_record *f = l->filter;
	int err = 0;

	if (l->ifindex && mt_record_has(f, PROTO) && mt_record_has(f, PORT) &&
	    mt_record_has(f, PEER))
		return list_one(l, family);
	for (int i = 0; !err && i < 2 * CLASSES; i++) {
		struct listing look = { l, family, i / 2, i % 2 };
		const char *set = sets[is_outbound(f->kind)][look.class][look.v6];

		err = mt_list_done(
			l, mt_nft_list(l->h, family | MT_NFT_FIREWALL, set, take, &look, l->e));
	}
	return err;
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);

	return mt_nft_list_device(&l, list_family);
}

/* --- changing --------------------------------------------------------------------------------- */

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	struct mt_nft_element el;
	uint32_t ifindex;
	int err = mt_nft_ifindex(h, r, &ifindex, e);

	if (!err) {
		el = element(r, ifindex);
		err = mt_nft_put(h, op, table_of(r), &el, e);
	}
	if (err == -ENOTEMPTY)
		err = mt_fail(e, ENOTEMPTY, "", "",
			      "it overlaps with another one of the device: declare only the "
			      "larger one");
	return mt_nl_about(e, err, r, mt_nl_verb(op));
}

/* --- at plan time ----------------------------------------------------------------------------- */

static int check(const struct mt_record *r, struct mt_err *e)
{
	struct mt_range range = r->v[PORT].range;
	uint64_t proto = r->v[PROTO].u;
	char subject[96];

	mt_record_subject(r, subject, sizeof subject);
	if (mt_prefix_has_host_bits(&r->v[PEER]))
		return mt_bad(e, r->kind->name, subject, "'peer' has bits beyond its prefix of %u",
			      r->v[PEER].plen);
	if (!mt_firewall_is_icmp(proto))
		return mt_firewall_check(r, proto, range, e);
	if ((proto == IPPROTO_ICMP) != (r->v[PEER].family == AF_INET))
		return mt_bad(e, r->kind->name, subject,
			      "icmp is of IPv4, and icmpv6 of IPv6: 'peer' is of the other one");
	return range.last <= UINT8_MAX
		? 0
		: mt_bad(e, r->kind->name, subject, "port: a type of ICMP, 0..255, expected");
}

static int sh(enum mt_op op, const struct mt_record *r, char *buf, size_t n)
{
	struct mt_sh s = { buf, n, 0 };
	int class = class_of(r->v[PROTO].u);

	mt_nft_sh_begin(&s, op, table_of(r), set_of(r));
	if (class == PORTS)
		mt_firewall_sh(&s, op, r, r->v[PROTO].u, r->v[PORT].range);
	else
		mt_nft_sh_name(&s, mt_record_device(r));
	if (class == TYPES)
		mt_firewall_sh_range(&s, op, r->v[PORT].range);
	mt_sh_say(&s, " . ");
	mt_sh_value(&s, r, PEER);
	mt_sh_say(&s, " }\n");
	return (int)s.len;
}

#define KIND(NAME, DOC, OF)                                                                       \
	{                                                                                         \
		.name = NAME, .doc = DOC, .fields = OF, .nfields = MT_NFIELDS(OF),                \
		.nkeys = NFIELDS, .required = 4, .device = DEV, .phase = MT_PHASE_GUARD,          \
		.flags = MT_KIND_EXCLUSIVE | MT_KIND_OWN | MT_KIND_OUTLIVES | MT_KIND_LAST |      \
			MT_KIND_RESTORED,                                                         \
		.realm = &mt_realm_elements, .list = list, .put = put, .resolve = mt_nft_resolve, \
		.within = mt_nft_within_firewall, .check = check, .sh = sh,                       \
	}

const struct mt_kind mt_kind_allow_in = KIND(
	"allow_in", "who may begin to speak with a guest that has a firewall: nftables", in_fields);
const struct mt_kind mt_kind_allow_out =
	KIND("allow_out", "whom a guest that has a firewall may begin to speak with: nftables",
	     out_fields);
