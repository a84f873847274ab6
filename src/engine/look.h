/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* look.h - where every NIC stands in its life: journals, memories and the kernel side by side */
#ifndef MT_ENGINE_LOOK_H
#define MT_ENGINE_LOOK_H

#include "base/words.h"
#include "engine/remember.h"

enum mt_standing {
	MT_STANDS_CONNECTED, /* as moontap put it */
	MT_STANDS_NOTHING,   /* the policy was asked, and declared nothing for it */
	MT_STANDS_DRIFTED,   /* someone else has changed something of it */
	MT_STANDS_GONE,	     /* its device is gone, and the journal is still there */
	MT_STANDS_DONE,	     /* so, and there is nothing left that it could be about */
	MT_STANDS_KILLED,    /* a run was killed: what it did is to be taken back */
	MT_STANDS_WAITING,   /* its guest is remembered; not connected, or not yet */
	MT_STANDS_WORKED_ON, /* another process is connecting or disconnecting it */
	MT_STANDS_OTHERS,    /* libvirt connects it by itself */
};

struct mt_nic_look {
	enum mt_standing standing;
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
	const char **drift; /* lines */
	size_t ndrift;
	bool cut_off;	/* what drifted takes its guest off the network */
	bool unguarded; /* what drifted kept its guest apart from others */
};

/**
 * mt_look() - every NIC that is connected or remembered, by guest and place
 * @guest:	driver, name, uuid and dev of it; NULL: all
 *
 * Changes nothing. Return: 0 or -errno.
 */
int mt_look(struct mt_engine *g, const struct mt_which *guest, struct mt_pool *p,
	    struct mt_nic_look **nics, size_t *n, struct mt_err *e);

/** mt_finish_done() - drop the journals of NICs of which nothing is left, where this process may
 *
 * What another command is at work on stays. Return: how many are left.
 */
size_t mt_finish_done(struct mt_engine *g, const struct mt_nic_look *nics, size_t n);

extern const struct mt_described mt_standings[]; /* by enum mt_standing */

/** mt_standing_name() - "connected", "drifted", ... */
const char *mt_standing_name(enum mt_standing s);

#endif
