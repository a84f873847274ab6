/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nic_status.h - the state of each NIC, by its journal, its guest's record and its device */
#ifndef MT_ENGINE_NIC_STATUS_H
#define MT_ENGINE_NIC_STATUS_H

#include "base/tokens.h"
#include "engine/guest_record.h"

enum mt_nic_state {
	MT_NIC_CONNECTED,  /* as moontap put it */
	MT_NIC_NOTHING,	   /* the policy was asked, and declared nothing for it */
	MT_NIC_DRIFTED,	   /* someone else has changed something of it */
	MT_NIC_GONE,	   /* its device is gone, and the journal is still there */
	MT_NIC_DONE,	   /* the same, and nothing of what it did is left */
	MT_NIC_KILLED,	   /* a run was killed: what it did must be undone */
	MT_NIC_WAITING,	   /* its guest is remembered, but it is not connected (yet) */
	MT_NIC_WORKED_ON,  /* another process is connecting or disconnecting it */
	MT_NIC_OTHERS,	   /* libvirt connects it by itself */
	MT_NIC_UNREADABLE, /* its journal is damaged, or written by a newer moontap */
};

struct mt_nic_status {
	enum mt_nic_state state;
	const char *driver, *guest, *uuid, *mac, *type;
	char dev[MT_NAME_MAX + 1]; /* as connected; "": none yet */
	unsigned index;
	bool unmanaged, remembered;
	bool started;		   /* its guest's record says it runs */
	uint64_t remembered_since; /* when that was written, seconds since 1970; 0: none */
	struct mt_journal journal; /* header.kind NULL: not connected */
	bool here;		   /* its device exists, perhaps renamed */
	struct mt_device device;
	size_t left;	    /* how many of its steps are on objects that exist */
	const char **drift; /* lines; with MT_NIC_UNREADABLE: the error */
	size_t ndrift;
	bool cut_off;	/* what drifted takes its guest off the network */
	bool unguarded; /* what drifted kept its guest apart from others */
};

/**
 * mt_nics_inspect() - every NIC that is connected or remembered, sorted by guest and index
 * @guest:	only its driver, name, uuid and dev count; NULL: all guests
 * @nics:	out, in @p
 *
 * Changes nothing. Return: 0, or -errno with @e filled.
 */
int mt_nics_inspect(struct mt_engine *g, const struct mt_nic_filter *guest, struct mt_pool *p,
		    struct mt_nic_status **nics, size_t *n, struct mt_err *e);

/** mt_nics_inspect_some() - the same of connected NICs alone, sorted by their devices' names
 * @wanted:	which; called with a journal before the kernel is asked about it
 *
 * No guest's record is read: remembered, started and remembered_since are unset. */
int mt_nics_inspect_some(struct mt_engine *g,
			 bool (*wanted)(void *data, const struct mt_journal *j), void *data,
			 struct mt_pool *p, struct mt_nic_status **nics, size_t *n,
			 struct mt_err *e);

/** mt_finish_done() - delete the journals of NICs in state MT_NIC_DONE, with CAP_NET_ADMIN
 *
 * Those that another process has locked stay. Return: how many journals are left.
 */
size_t mt_finish_done(struct mt_engine *g, const struct mt_nic_status *nics, size_t n);

extern const struct mt_described mt_nic_states[]; /* indexed by enum mt_nic_state */

/** mt_nic_same_guest() - whether two NICs are of one guest; each tap of an unknown guest counts as a
 * guest of its own */
bool mt_nic_same_guest(const struct mt_nic_status *a, const struct mt_nic_status *b);

/** mt_nic_state_name() - "connected", "drifted", ... */
const char *mt_nic_state_name(enum mt_nic_state s);

/** mt_nic_link() - of its device: "down"; of a tap "in use", "idle"; else "up", "no carrier"; "":
 * it has none */
const char *mt_nic_link(const struct mt_nic_status *l);

#endif
