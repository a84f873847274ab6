/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bridge_conf.h - /etc/qemu/bridge.conf: what QEMU's own helper denies */
#ifndef MT_SERVICE_BRIDGE_CONF_H
#define MT_SERVICE_BRIDGE_CONF_H

#include <stdbool.h>

#define MT_BRIDGE_CONF "/etc/qemu/bridge.conf"

/**
 * mt_bridge_conf_denies() - whether a line `deny BRIDGE` or `deny all` is there
 * @path:	the file; what it includes counts, too
 *
 * The policy allows; a host that has denied a bridge to users goes on denying it. Lines `allow`
 * have no meaning here. Source: QEMU's qemu-bridge-helper.c parse_acl_file(), main().
 *
 * Return: also true where a file that is there, or a line of it, cannot be read.
 */
bool mt_bridge_conf_denies(const char *path, const char *bridge);

#endif
