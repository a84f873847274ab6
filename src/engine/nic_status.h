/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nic_status.h - where every NIC stands in its life: journals, guest records and the kernel side by
 * side
 */
#ifndef MT_ENGINE_NIC_STATUS_H
#define MT_ENGINE_NIC_STATUS_H

#include "base/tokens.h"
#include "engine/guest_record.h"

enum mt_nic_state {
	MT_NIC_CONNECTED,  /* as moontap put it */
	MT_NIC_NOTHING,	   /* the policy was asked, and declared nothing for it */
	MT_NIC_DRIFTED,	   /* someone else has changed something of it */
	MT_NIC_GONE,	   /* its device is gone, and the journal is still there */
	MT_NIC_DONE,	   /* so, and there is nothing left that it could be about */
	MT_NIC_KILLED,	   /* a run was killed: what it did is to be taken back */
	MT_NIC_WAITING,	   /* its guest is remembered; not connected, or not yet */
	MT_NIC_WORKED_ON,  /* another process is connecting or disconnecting it */
	MT_NIC_OTHERS,	   /* libvirt connects it by itself */
	MT_NIC_UNREADABLE, /* its journal is damaged, or a newer moontap's */
};

struct mt_nic_status {
	enum mt_nic_state state;
	const char *driver, *guest, *uuid, *mac, *type;
	char dev[MT_NAME_MAX + 1]; /* as connected; "": none yet */
	unsigned index;
	bool unmanaged, remembered;
	bool started;		   /* its guest is remembered as running */
	uint64_t remembered_since; /* when its guest was remembered at last; 0: it is not */
	struct mt_journal journal; /* header.kind NULL: not connected */
	bool here;		   /* its device; under another name, too */
	struct mt_device device;
	size_t left;	    /* so many of its steps are on what is there */
	const char **drift; /* lines; of MT_NIC_UNREADABLE: why */
	size_t ndrift;
	bool cut_off;	/* what drifted takes its guest off the network */
	bool unguarded; /* what drifted kept its guest apart from others */
};

/**
 * mt_nics_inspect() - every NIC that is connected or remembered, by guest and place
 * @guest:	driver, name, uuid and dev of it; NULL: all
 *
 * Changes nothing. Return: 0 or -errno.
 */
int mt_nics_inspect(struct mt_engine *g, const struct mt_nic_filter *guest, struct mt_pool *p,
		    struct mt_nic_status **nics, size_t *n, struct mt_err *e);

/** mt_finish_done() - drop the journals of NICs of which nothing is left, where this process may
 *
 * What another command is at work on stays. Return: how many are left.
 */
size_t mt_finish_done(struct mt_engine *g, const struct mt_nic_status *nics, size_t n);

extern const struct mt_described mt_nic_states[]; /* by enum mt_nic_state */

/** mt_nic_state_name() - "connected", "drifted", ... */
const char *mt_nic_state_name(enum mt_nic_state s);

#endif
