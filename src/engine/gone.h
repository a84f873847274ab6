/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gone.h - NICs that were unplugged while the guest runs */
#ifndef MT_ENGINE_GONE_H
#define MT_ENGINE_GONE_H

#include "engine/guest_record.h"

/** mt_guest_before() - what an event of libvirt has remembered of @ask's guest
 * @before:	out: its strings are in @p
 *
 * Return: false: nothing; or a person's `up` has, with NICs that libvirt may not know yet. */
bool mt_guest_before(struct mt_engine *g, const struct mt_event_params *ask, struct mt_pool *p,
		     struct mt_guest_record *before);

/** mt_disconnect_gone() - disconnect what the guest had @before, and has not @now, by their MACs
 *
 * NICs that a person's `up` keeps stay. Failures are logged. */
void mt_disconnect_gone(struct mt_engine *g, const struct mt_event_params *ask,
			const struct mt_guest_record *before, const struct mt_outcome *now);

#endif
