/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * together.h - deleting the devices of several NICs, when they are disconnected, by one request
 *
 * The journals say which devices, under their locks and after all checks that each NIC alone has to
 * pass. Each device is put into a group with a random number, by a step in a run: a process that is
 * killed meanwhile leaves that step, which is undone. Then all devices in the group are compared
 * with those in the journals, and the group is deleted.
 *
 * The kernel compares nothing itself: a device that somebody puts into the group between these two
 * requests is deleted, too.
 */
#ifndef MT_PLAN_TOGETHER_H
#define MT_PLAN_TOGETHER_H

#include "plan/take_down.h"

/**
 * mt_devices_together() - delete the devices that NICs have made, if there are two or more
 * @nics:	each begun by mt_disconnect_begin(); what is deleted is appended to its apply.done
 *
 * A failure is only logged: mt_disconnect_end() deletes one by one what is still there, and fails
 * where it cannot.
 */
void mt_devices_together(struct mt_leaving *const *nics, size_t n);

#endif
