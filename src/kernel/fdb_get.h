/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fdb_get.h - one entry of a bridge's forwarding database
 */
#ifndef MT_KERNEL_FDB_GET_H
#define MT_KERNEL_FDB_GET_H

#include "kernel/nl.h"

struct mt_fdb_entry {
	uint32_t ifindex; /* the port that frames go to; of a bridge's own address the bridge */
	uint16_t state;	  /* NUD_* */
	uint8_t flags;	  /* NTF_* */
};

/** mt_fdb_is_own() - whether the address is the port's own: frames go to the host, not the port */
bool mt_fdb_is_own(const struct mt_fdb_entry *entry);

/** mt_fdb_is_learned() - whether the bridge has it from a frame, and forgets it by itself */
bool mt_fdb_is_learned(const struct mt_fdb_entry *entry);

/**
 * mt_fdb_get() - the entry of a MAC address in a VLAN; a bridge has one, on one of its ports
 * @port:	ifindex of any port of the bridge
 * @vlan:	0: the entry that is in no VLAN
 *
 * Return: 0; -ENOENT: there is none; -EINVAL: @port is in no bridge; or another -errno.
 */
int mt_fdb_get(struct mt_host *h, uint32_t port, const uint8_t address[6], uint16_t vlan,
	       struct mt_fdb_entry *entry, struct mt_err *e);

#endif
