/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nic_device.h - find a NIC's device: it exists, or libvirt creates it later */
#ifndef MT_ENGINE_NIC_DEVICE_H
#define MT_ENGINE_NIC_DEVICE_H

#include "engine/engine.h"
#include "plan/difference.h"

struct mt_device_search {
	struct mt_engine *g;
	const struct mt_event_params *ask;
	const char *driver, *guest, *uuid;
	struct mt_view *view; /* gets a tap that libvirt will create */
	struct mt_pool *pool;
	struct mt_device device; /* out: the NIC's; its kind "": it does not exist */
};

enum mt_device_found { MT_DEVICE_READY, MT_DEVICE_NOT_YET, MT_DEVICE_ERROR };

/** mt_nic_find_device() - find the device of a NIC that is to be connected
 * @note:	out, with MT_DEVICE_NOT_YET: why
 *
 * Return: MT_DEVICE_READY: it exists and can be this NIC's, or the plan or libvirt will have
 * created it; MT_DEVICE_NOT_YET: libvirt has yet to create or name it; MT_DEVICE_ERROR with @e: it
 * does not exist, or is not this NIC's.
 */
enum mt_device_found mt_nic_find_device(struct mt_device_search *s, const struct mt_interface *nic,
					const char **note, struct mt_err *e);

/** mt_require_device() - require the device of an unmanaged NIC that no policy creates one for
 *
 * Return: 0; -ENODEV: it does not exist; or another -errno. */
int mt_require_device(struct mt_engine *g, const struct mt_interface *nic, struct mt_err *e);

#endif
