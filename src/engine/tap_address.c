/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tap_address.c - a tap's MAC, from its guest's MAC */
#include "engine/engine.h"

#include <stdio.h>

/* libvirt's rule: src/qemu/qemu_interface.c qemuInterfaceEthernetConnect(). */
bool mt_tap_address(const char *mac, uint8_t address[6])
{
	if (sscanf(mac, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx", address, address + 1, address + 2,
		   address + 3, address + 4, address + 5) != 6)
		return false;
	address[0] = address[0] == 0xfe ? 0xfa : 0xfe;
	return true;
}
