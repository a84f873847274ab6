/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* driver.h - libvirt's drivers that call its hook script */
#ifndef MT_ENGINE_DRIVER_H
#define MT_ENGINE_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

extern const char *const mt_drivers[]; /* NULL-ended; the first is QEMU's */

/** mt_driver_known() - whether libvirt calls its hook script for guests of this driver */
bool mt_driver_known(const char *driver);

/** mt_driver_suggest() - as mt_suggest(), for a driver that is not known */
const char *mt_driver_suggest(const char *word, char *buf, size_t n);

/** mt_driver_of() - the driver of a domain's type: of "kvm" it is "qemu", of "xen" "libxl" */
const char *mt_driver_of(const char *type);

#define MT_DRIVER_TEXT 48

/**
 * mt_driver_of_user() - the driver of a user's own libvirt, "qemu@1000"; of root's it is @driver
 *
 * A guest is known by its driver and its name. So what a user connects is never found by a name
 * that root, or another user, gives. Returns @buf.
 */
const char *mt_driver_of_user(const char *driver, uid_t uid, char buf[static MT_DRIVER_TEXT]);

/** mt_driver_user() - whose libvirt's it is; 0: root's */
uid_t mt_driver_user(const char *driver);

/** mt_driver_of_hook() - which driver's hook script a path is: hooks/lxc, hooks/qemu.d/moontap
 *
 * Return: also "network" and "daemon", which are no drivers; of any other name "qemu".
 */
const char *mt_driver_of_hook(const char *path);

#endif
