/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* readers.h - the parts of an <interface> that have a file of their own; see struct mt_part */
#ifndef MT_DOMAIN_READERS_H
#define MT_DOMAIN_READERS_H

#include "domain/interface.h"

/* ip.c */
int mt_part_host_ips(struct mt_nic *nic, const struct mt_element *el);
int mt_part_guest_ips(struct mt_nic *nic, const struct mt_element *el);

/* Refuse an attribute that is there and is no numeric IP address. Returns 0 or -EINVAL. */
int mt_ip_check(struct mt_nic *nic, const struct mt_element *el, const char *attribute);

/* virtualport.c */
int mt_part_virtualport(struct mt_nic *nic, const struct mt_element *el);

/* device_address.c */
int mt_part_host_address(struct mt_nic *nic, const struct mt_element *el);
int mt_part_guest_address(struct mt_nic *nic, const struct mt_element *el);
int mt_part_rom(struct mt_nic *nic, const struct mt_element *el);
int mt_part_boot(struct mt_nic *nic, const struct mt_element *el);
int mt_part_alias(struct mt_nic *nic, const struct mt_element *el);

#endif
