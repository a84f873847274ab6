/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* announce.h - tell the network that a guest's addresses are at this host now */
#ifndef MT_ENGINE_ANNOUNCE_H
#define MT_ENGINE_ANNOUNCE_H

#include "engine/engine.h"
#include "kernel/frame.h"

/* A frame of a NIC; or why there is none. */
struct mt_announced {
	const struct mt_record *nic;  /* the header of its journal */
	const struct mt_frame *frame; /* NULL: none could be built */
	const char *address;	      /* that it announces: a MAC or an IP address; "": none */
	const char *nothing;	      /* why there is nothing to announce; NULL: there is */
	const struct mt_err *error;   /* why it was not sent; NULL: it was */
};

/**
 * mt_announce() - send a frame for each address that a guest's connected NICs have here
 *
 * The guest's MAC address is announced where its device is in a bridge, and each IP address that
 * this host answers for, by the NIC's journal. Nothing on this host changes.
 *
 * @which:	as for mt_connected()
 * @each:	called for each frame, also for one that was not sent, and once for each NIC
 *		that has nothing to announce
 *
 * Return: 0, also when there is no such NIC, or not every frame was sent; -EINVAL: a word in
 * which->only is none of the guest's connected NICs; -EACCES: the first frame needs CAP_NET_RAW; or
 * another -errno; @e filled.
 */
int mt_announce(struct mt_engine *g, const struct mt_nic_filter *which,
		void (*each)(void *data, const struct mt_announced *a), void *data,
		struct mt_err *e);

#endif
