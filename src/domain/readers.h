/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* readers.h - the parts of an <interface> that have a file of their own; see struct mt_part */
#ifndef MT_DOMAIN_READERS_H
#define MT_DOMAIN_READERS_H

#include "domain/interface.h"

/* ip.c */
#define MT_IP_TEXT 58 /* INET6_ADDRSTRLEN, and a scope as a number */

int mt_part_host_ips(struct mt_nic *nic, const struct mt_element *el);
int mt_part_guest_ips(struct mt_nic *nic, const struct mt_element *el);

/**
 * mt_ip_attribute() - an attribute that is a numeric IP address, as libvirt writes it
 * @text:	out: the address; "" when the attribute is not there
 *
 * Return: 0; or -EINVAL for one that is no address, with @nic->e filled.
 */
int mt_ip_attribute(struct mt_nic *nic, const struct mt_element *el, const char *attribute,
		    char text[static MT_IP_TEXT]);

/* port_forward.c */
int mt_part_port_forwards(struct mt_nic *nic, const struct mt_element *el);

/* virtualport.c */
int mt_part_virtualport(struct mt_nic *nic, const struct mt_element *el);

/* device_address.c */
int mt_part_host_address(struct mt_nic *nic, const struct mt_element *el);
int mt_part_guest_address(struct mt_nic *nic, const struct mt_element *el);
int mt_part_rom(struct mt_nic *nic, const struct mt_element *el);
int mt_part_boot(struct mt_nic *nic, const struct mt_element *el);
int mt_part_alias(struct mt_nic *nic, const struct mt_element *el);

#endif
