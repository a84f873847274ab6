/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* firewall_ports.c - protocols and ports of what a firewall allows, in elements and as words */
#include "kernel/firewall_ports.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/in.h>
#include <string.h>

#define ALL_PORTS 65535

enum { ICMPV6 = 58 };

const struct mt_enum_name mt_firewall_protocols[] = {
	{ "any", MT_FIREWALL_ANY }, { "tcp", IPPROTO_TCP },   { "udp", IPPROTO_UDP },
	{ "sctp", IPPROTO_SCTP },   { "dccp", IPPROTO_DCCP }, { "udplite", IPPROTO_UDPLITE },
	{ "icmp", IPPROTO_ICMP },   { "icmpv6", ICMPV6 },     { "gre", IPPROTO_GRE },
	{ "esp", IPPROTO_ESP },	    { "ah", IPPROTO_AH },     { NULL, 0 },
};

static bool has_ports(uint64_t proto)
{
	static const uint8_t with[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP, IPPROTO_DCCP,
					IPPROTO_UDPLITE };

	for (size_t i = 0; i < sizeof with; i++)
		if (with[i] == proto)
			return true;
	return false;
}

bool mt_firewall_is_icmp(uint64_t proto)
{
	return proto == IPPROTO_ICMP || proto == ICMPV6;
}

static const char *name_of(uint64_t proto)
{
	const struct mt_enum_name *p = mt_firewall_protocols;

	while (p->name && p->value != proto)
		p++;
	return p->name ? p->name : "";
}

int mt_firewall_check(const struct mt_record *r, uint64_t proto, struct mt_range ports,
		      struct mt_err *e)
{
	char subject[96];

	if (has_ports(proto) || (!ports.first && ports.last == ALL_PORTS))
		return 0;
	return mt_bad(e, r->kind->name, mt_record_subject(r, subject, sizeof subject),
		      "port: %s has no ports here: 0-%d", name_of(proto), ALL_PORTS);
}

/* --- elements --------------------------------------------------------------------------------- */

static void put(struct mt_nft_key *k, uint32_t ifindex, uint8_t proto, uint32_t port)
{
	mt_nft_key_ifindex_range(k, ifindex);
	mt_nft_key_put(k, &proto, 1);
	mt_nft_key_u16(k, (uint16_t)port);
}

void mt_firewall_key(struct mt_nft_element *el, uint32_t ifindex, uint64_t proto,
		     struct mt_range ports)
{
	bool any = proto == MT_FIREWALL_ANY;

	put(&el->key, ifindex, any ? 0 : (uint8_t)proto, ports.first);
	put(&el->end, ifindex, any ? UINT8_MAX : (uint8_t)proto, ports.last);
}

static uint32_t port_at(const struct mt_nft_key *k)
{
	return (uint32_t)k->bytes[8] << 8 | k->bytes[9];
}

bool mt_firewall_read(const struct mt_nft_found *found, uint32_t *ifindex, struct mt_value *proto,
		      struct mt_value *ports)
{
	uint8_t first = found->key.bytes[4], last = found->end.bytes[4];

	if (found->key.n < 12 || found->end.n != found->key.n)
		return false;
	memcpy(ifindex, found->key.bytes, sizeof *ifindex);
	*ifindex = ntohl(*ifindex);
	*proto = mt_uint(first || last != UINT8_MAX ? first : MT_FIREWALL_ANY);
	*ports = (struct mt_value){ .state = MT_SET };
	ports->range = (struct mt_range){ port_at(&found->key), port_at(&found->end) };
	return *name_of(proto->u) && (first == last || proto->u == MT_FIREWALL_ANY) &&
		!memcmp(found->key.bytes, found->end.bytes, 4);
}

void mt_firewall_sh_range(struct mt_sh *s, enum mt_op op, struct mt_range range)
{
	mt_sh_say(s, " . %u", range.first);
	if (op == MT_DELETE || range.last != range.first)
		mt_sh_say(s, "-%u", range.last);
}

/* Not every nft(8) knows a name for icmpv6. */
void mt_firewall_sh(struct mt_sh *s, enum mt_op op, const struct mt_record *r, uint64_t proto,
		    struct mt_range ports)
{
	mt_nft_sh_name(s, mt_record_device(r));
	if (proto == MT_FIREWALL_ANY)
		mt_sh_say(s, " . 0-%d", UINT8_MAX);
	else if (proto == ICMPV6)
		mt_sh_say(s, " . %d", ICMPV6);
	else
		mt_sh_say(s, " . %s", name_of(proto));
	mt_firewall_sh_range(s, op, ports);
}
