/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nic_device.h - whether a NIC's device is there, may be that NIC's, or is to be waited for */
#ifndef MT_ENGINE_NIC_DEVICE_H
#define MT_ENGINE_NIC_DEVICE_H

#include "engine/engine.h"
#include "plan/difference.h"

struct mt_device_search {
	struct mt_engine *g;
	const struct mt_event_params *ask;
	const char *driver, *guest, *uuid;
	struct mt_view *view; /* in which a tap that libvirt will make is expected */
	struct mt_pool *pool;
	struct mt_device device; /* out: of the last one sought; its kind "": it is not there */
};

enum mt_device_found { MT_DEVICE_READY, MT_DEVICE_NOT_YET, MT_DEVICE_ERROR };

/** mt_nic_find_device() - the device of a NIC that is to be connected
 * @note:	out: why later
 *
 * Return: MT_DEVICE_READY: it is there, or will be made by then, and may be this NIC's;
 * MT_DEVICE_NOT_YET: libvirt makes it, and is not that far; MT_DEVICE_ERROR with @e: it is not
 * there, or not this NIC's.
 */
enum mt_device_found mt_nic_find_device(struct mt_device_search *s, const struct mt_interface *nic,
					const char **note, struct mt_err *e);

/** mt_require_device() - of an unmanaged NIC that no policy makes a device for. 0 or -errno. */
int mt_require_device(struct mt_engine *g, const struct mt_interface *nic, struct mt_err *e);

#endif
