/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* open_tap.h - a tap for a user's QEMU that asks for a bridge, as an open descriptor */
#ifndef MT_ENGINE_OPEN_TAP_H
#define MT_ENGINE_OPEN_TAP_H

#include "engine/caller.h"

struct mt_tap_wish {
	const struct mt_caller *caller; /* after mt_caller_check() */
	const char *bridge;		/* nic.caller.bridge */
	pid_t qemu; /* whose command line may have the guest's name; 0: unknown */
	bool vnet_hdr;
};

/**
 * mt_open_tap() - connect a new tap by the policy, and hand its descriptor over
 * @dev:	out: its name, which is the first free one of the grant's
 * @fd:		out: owned by the caller; -1 on failure. The tap is gone when nobody has it open.
 *
 * Return: as mt_connect().
 */
int mt_open_tap(struct mt_engine *g, const struct mt_tap_wish *wish,
		char dev[static MT_NAME_MAX + 1], int *fd, struct mt_outcome *out,
		struct mt_err *e);

#endif
