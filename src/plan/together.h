/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * together.h - the devices of several NICs that are disconnected deleted by one request
 *
 * Which devices go is what the journals say, under their locks and after every check that each one
 * alone would pass. The devices get a random number as their group; that is a run of its own, so
 * that whoever is killed meanwhile leaves a step that is taken back. Then all devices with that
 * number are compared with those that are to go, and all with that number are deleted.
 *
 * The kernel compares nothing itself: a device that somebody gives this very number between the two
 * requests goes, too.
 */
#ifndef MT_PLAN_TOGETHER_H
#define MT_PLAN_TOGETHER_H

#include "plan/take_down.h"

/**
 * mt_devices_together() - delete what NICs have made, if there is more than one device of it
 * @nics:	each begun by mt_disconnect_begin(); what is deleted is appended to its work.done
 *
 * It may do nothing: mt_disconnect_end() deletes one by one what is there still, and says why it
 * cannot.
 */
void mt_devices_together(struct mt_leaving *const *nics, size_t n);

#endif
