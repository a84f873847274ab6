/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * frame.c - RARP, ARP and neighbour advertisements: built, and sent by a packet socket
 *
 * Switches learn from the source address of any frame. Hosts ignore a RARP request; QEMU sends one,
 * too, when a guest goes on after a migration: net/announce.c.
 */
#include "kernel/frame.h"
#include "kernel/port_vlans.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <netinet/icmp6.h>
#include <netinet/if_ether.h>
#include <netinet/ip6.h>
#include <string.h>
#include <unistd.h>

#define TAG_SIZE 4

static const uint8_t everybody[ETH_ALEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

/* --- building --------------------------------------------------------------------------------- */

static void put(struct mt_frame *f, const void *bytes, size_t n)
{
	memcpy(f->bytes + f->n, bytes, n);
	f->n += n;
}

static void put_u16(struct mt_frame *f, uint16_t v)
{
	uint16_t on_wire = htons(v);

	put(f, &on_wire, sizeof on_wire);
}

static void start(struct mt_frame *f, const char *what, const struct mt_device *dev,
		  const uint8_t to[static ETH_ALEN], const uint8_t from[static ETH_ALEN])
{
	*f = (struct mt_frame){ .what = what, .ifindex = dev->ifindex };
	strcpy(f->dev, dev->name);
	put(f, to, ETH_ALEN);
	put(f, from, ETH_ALEN);
}

/* To the least size, also for who gets it without its tag. The kernel leaves that to drivers. */
static void pad(struct mt_frame *f)
{
	size_t least = ETH_ZLEN + (f->vlan ? TAG_SIZE : 0);

	if (f->n < least)
		f->n = least;
}

/* @ip: four bytes, the sender's address and the one that is asked for; NULL: none */
static void put_arp(struct mt_frame *f, uint16_t op, const uint8_t mac[static ETH_ALEN],
		    const uint8_t *ip)
{
	struct ether_arp arp = { .ea_hdr = { .ar_hrd = htons(ARPHRD_ETHER),
					     .ar_pro = htons(ETH_P_IP),
					     .ar_hln = ETH_ALEN,
					     .ar_pln = sizeof arp.arp_spa,
					     .ar_op = htons(op) } };

	memcpy(arp.arp_sha, mac, ETH_ALEN);
	if (ip) {
		memcpy(arp.arp_spa, ip, sizeof arp.arp_spa);
		memcpy(arp.arp_tpa, ip, sizeof arp.arp_tpa);
	} else {
		memcpy(arp.arp_tha, mac, ETH_ALEN);
	}
	put(f, &arp, sizeof arp);
	pad(f);
}

struct advertisement {
	struct ip6_hdr ip;
	struct nd_neighbor_advert na;
	struct nd_opt_hdr option;
	uint8_t mac[ETH_ALEN];
};

#define ICMP_LENGTH (sizeof(struct advertisement) - sizeof(struct ip6_hdr))

_Static_assert(sizeof(struct advertisement) == 72, "it has no padding");

/* Of 16-bit words, RFC 1071. */
static uint32_t add_words(uint32_t sum, const void *bytes, size_t n)
{
	const uint8_t *b = bytes;

	for (size_t i = 0; i + 1 < n; i += 2)
		sum += (uint32_t)b[i] << 8 | b[i + 1];
	return sum;
}

/* Over the message, and over a pseudo-header of the addresses, length and protocol: RFC 8200, 8.1.
 * The addresses are next to each other in the IPv6 header. */
static uint16_t checksum(const struct advertisement *a)
{
	uint32_t sum = ICMP_LENGTH + IPPROTO_ICMPV6;

	sum = add_words(sum, &a->ip.ip6_src, 2 * sizeof a->ip.ip6_src);
	sum = add_words(sum, &a->na, ICMP_LENGTH);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

/* With the override flag, since neighbours are to forget the MAC address that they know: RFC 6275,
 * 10.4.1, where a home agent does the same for a host that has moved. They look at the target, not
 * at the source: RFC 4861, 7.1.2 and 7.2.5. */
static void put_advertisement(struct mt_frame *f, const struct in6_addr *to,
			      const uint8_t mac[static ETH_ALEN], const uint8_t *ip)
{
	struct advertisement a = { .option = { .nd_opt_type = ND_OPT_TARGET_LINKADDR,
					       .nd_opt_len = 1 } };

	a.ip.ip6_flow = htonl(6u << 28);
	a.ip.ip6_plen = htons(ICMP_LENGTH);
	a.ip.ip6_nxt = IPPROTO_ICMPV6;
	a.ip.ip6_hlim = 255;
	a.ip.ip6_dst = *to;
	memcpy(&a.ip.ip6_src, ip, sizeof a.ip.ip6_src);
	a.na.nd_na_type = ND_NEIGHBOR_ADVERT;
	a.na.nd_na_flags_reserved = ND_NA_FLAG_OVERRIDE;
	memcpy(&a.na.nd_na_target, ip, sizeof a.na.nd_na_target);
	memcpy(a.mac, mac, ETH_ALEN);
	a.na.nd_na_cksum = checksum(&a);
	put(f, &a, sizeof a);
}

int mt_frame_of_address(const struct mt_device *dev, const struct mt_value *address,
			struct mt_frame *f, struct mt_err *e)
{
	static const struct in6_addr all_nodes = { { { 0xff, 2, [15] = 1 } } };
	static const uint8_t all_nodes_mac[ETH_ALEN] = { 0x33, 0x33, [5] = 1 };
	static const uint8_t none[ETH_ALEN];

	if (!memcmp(dev->address, none, sizeof none))
		return mt_fail(e, EINVAL, "announce", dev->name, "the device has no MAC address");
	if (address->family == AF_INET) {
		start(f, "ARP", dev, everybody, dev->address);
		put_u16(f, ETH_P_ARP);
		put_arp(f, ARPOP_REQUEST, dev->address, address->b);
	} else {
		start(f, "NA", dev, all_nodes_mac, dev->address);
		put_u16(f, ETH_P_IPV6);
		put_advertisement(f, &all_nodes, dev->address, address->b);
	}
	return 0;
}

/* --- a port of a bridge ----------------------------------------------------------------------- */

struct tag {
	uint16_t protocol; /* in network order, as the bridge has it */
	uint16_t vlan;	   /* 0: none */
};

static uint16_t pvid_of(const struct mt_port_vlans *p)
{
	uint16_t vid = MT_VID_MAX;

	while (vid && !(p->vlan[vid] & MT_VLAN_PVID))
		vid--;
	return vid;
}

/* What is sent on a bridge comes into its VLANs as by a port: net/bridge/br_device.c br_dev_xmit(),
 * which drops it where the bridge itself is not in the VLAN. */
static int take_vlan(struct mt_host *h, const char *port, const char *bridge, struct tag *tag,
		     struct mt_err *e)
{
	struct mt_record of_port = mt_nl_on(&mt_kind_vlan, "dev", port);
	struct mt_record of_bridge = mt_nl_on(&mt_kind_vlan_member, "dev", bridge);
	struct mt_port_vlans p, self;

	if (mt_port_vlans_get(h, MT_CHANGE, &of_port, &p, e) ||
	    mt_port_vlans_get(h, MT_CHANGE, &of_bridge, &self, e))
		return -e->code;
	tag->vlan = pvid_of(&p);
	if (!tag->vlan)
		return mt_fail(e, ENOENT, "announce", port,
			       "%s looks at VLANs and %s has no PVID, so which VLAN its guest "
			       "uses is the guest's own matter",
			       bridge, port);
	if (self.vlan[tag->vlan])
		return 0;
	return mt_fail(e, EINVAL, "announce", bridge,
		       "%s is in VLAN %u and the bridge itself is not, so nothing can be sent "
		       "there: bridge vlan add dev %s vid %u self",
		       port, tag->vlan, bridge, tag->vlan);
}

static int take_tag(struct mt_host *h, const char *port, const char *bridge, struct tag *tag,
		    struct mt_err *e)
{
	struct mt_record key = mt_nl_on(&mt_kind_bridge, "name", bridge), has = { 0 };
	struct mt_pool p = { 0 };
	int err = mt_record_get(h, &key, &has, &p, e);

	mt_pool_free(&p); /* a bridge has no texts */
	if (err)
		return err == -ENOENT ? mt_fail(e, ENODEV, "announce", bridge, NULL) : err;
	if (!has.v[mt_kind_field(&mt_kind_bridge, "vlan_filtering")].u)
		return 0;
	tag->protocol = (uint16_t)has.v[mt_kind_field(&mt_kind_bridge, "vlan_protocol")].u;
	return take_vlan(h, port, bridge, tag, e);
}

int mt_frame_of_port(struct mt_host *h, const struct mt_device *port, const uint8_t mac[6],
		     struct mt_frame *f, struct mt_err *e)
{
	struct tag tag = { 0 };
	struct mt_device bridge = { .kind = "" };
	int err = *port->master ? mt_device_by_name(h, port->master, &bridge, e) : 0;

	if (!err && strcmp(bridge.kind, "bridge"))
		err = mt_fail(e, ENOENT, "announce", port->name, "%s is in no bridge", port->name);
	if (!err)
		err = take_tag(h, port->name, bridge.name, &tag, e);
	if (err)
		return err;
	start(f, "RARP", &bridge, everybody, mac);
	f->vlan = tag.vlan;
	if (tag.vlan) {
		put(f, &tag.protocol, sizeof tag.protocol);
		put_u16(f, tag.vlan);
	}
	put_u16(f, ETH_P_RARP);
	put_arp(f, ARPOP_RREQUEST, mac, NULL);
	return 0;
}

/* --- sending ---------------------------------------------------------------------------------- */

/* Of protocol 0, so that nothing is received: packet(7). */
int mt_frame_socket(int *fd, struct mt_err *e)
{
	*fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (*fd >= 0)
		return 0;
	if (errno == EPERM)
		return mt_fail(e, EACCES, "announce", NULL, "it needs root, or CAP_NET_RAW");
	return mt_fail(e, errno, "announce", NULL, NULL);
}

int mt_frame_send(int fd, const struct mt_frame *f, struct mt_err *e)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
				  .sll_ifindex = (int)f->ifindex,
				  .sll_halen = ETH_ALEN };

	memcpy(to.sll_addr, f->bytes, ETH_ALEN);
	memcpy(&to.sll_protocol, f->bytes + 2 * ETH_ALEN, sizeof to.sll_protocol);
	if (sendto(fd, f->bytes, f->n, 0, (struct sockaddr *)&to, sizeof to) < 0)
		return mt_fail(e, errno, "announce", f->dev, NULL);
	return 0;
}
