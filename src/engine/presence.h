/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* presence.h - whether a NIC's device is there, may be that NIC's, or is to be waited for */
#ifndef MT_ENGINE_PRESENCE_H
#define MT_ENGINE_PRESENCE_H

#include "engine/engine.h"
#include "plan/difference.h"

struct mt_seeking {
	struct mt_engine *g;
	const struct mt_ask *ask;
	const char *driver, *guest, *uuid;
	struct mt_view *view; /* in which a tap that libvirt will make is expected */
	struct mt_pool *pool;
	struct mt_device device; /* out: of the last one sought; its kind "": it is not there */
};

enum mt_sought { MT_SOUGHT_READY, MT_SOUGHT_LATER, MT_SOUGHT_FAILED };

/** mt_seek_device() - the device of a NIC that is to be connected
 * @note:	out: why later
 *
 * Return: MT_SOUGHT_READY: it is there, or will be made by then, and may be this NIC's;
 * MT_SOUGHT_LATER: libvirt makes it, and is not that far; MT_SOUGHT_FAILED with @e: it is not
 * there, or not this NIC's.
 */
enum mt_sought mt_seek_device(struct mt_seeking *s, const struct mt_interface *nic,
			      const char **note, struct mt_err *e);

/** mt_must_exist() - of an unmanaged NIC that no policy makes a device for. 0 or -errno. */
int mt_must_exist(struct mt_engine *g, const struct mt_interface *nic, struct mt_err *e);

#endif
