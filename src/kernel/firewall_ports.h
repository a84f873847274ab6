/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* firewall_ports.h - protocols and their ports, as the kinds have them that say what a firewall
 * allows */
#ifndef MT_KERNEL_FIREWALL_PORTS_H
#define MT_KERNEL_FIREWALL_PORTS_H

#include "kernel/nft.h"

enum { MT_FIREWALL_ANY = 256 }; /* any protocol: after the numbers that there are */

extern const struct mt_enum_name mt_firewall_protocols[];

/** mt_firewall_is_icmp() - whether a protocol has types instead of ports */
bool mt_firewall_is_icmp(uint64_t proto);

/** mt_firewall_check() - refuse ports of a protocol that has none. Return: 0 or -EINVAL with @e filled:
 * op and subject are @r's. */
int mt_firewall_check(const struct mt_record *r, uint64_t proto, struct mt_range ports,
		      struct mt_err *e);

/** mt_firewall_key() - the device, protocol and ports of an element, in its key and end */
void mt_firewall_key(struct mt_nft_element *el, uint32_t ifindex, uint64_t proto,
		     struct mt_range ports);

/** mt_firewall_read() - what mt_firewall_key() wrote
 * Return: false: an element of somebody else's, which no record can say. */
bool mt_firewall_read(const struct mt_nft_found *found, uint32_t *ifindex, struct mt_value *proto,
		      struct mt_value *ports);

/** mt_firewall_sh() - the same as words of nft(8): '"web0" . tcp . 80' */
void mt_firewall_sh(struct mt_sh *s, enum mt_op op, const struct mt_record *r, uint64_t proto,
		    struct mt_range ports);

/** mt_firewall_sh_range() - " . 80-90". nft(8) 1.0.6 deletes no element of a set with ranges that is
 * none: then a single number is one, too. */
void mt_firewall_sh_range(struct mt_sh *s, enum mt_op op, struct mt_range range);

#endif
