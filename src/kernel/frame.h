/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* frame.h - frames that tell switches and neighbours where an address is, and how they are sent */
#ifndef MT_KERNEL_FRAME_H
#define MT_KERNEL_FRAME_H

#include "kernel/host.h"

#define MT_FRAME_MAX 96 /* bytes: a neighbour advertisement has 86, and a tag 4 */

struct mt_frame {
	const char *what;	   /* "RARP", "ARP" or "NA" */
	uint32_t ifindex;	   /* of the device that it is sent on */
	char dev[MT_NAME_MAX + 1]; /* its name, for messages */
	uint16_t vlan;		   /* of its tag; 0: it has none */
	uint8_t bytes[MT_FRAME_MAX];
	size_t n;
};

/**
 * mt_frame_of_port() - a RARP request from a MAC address that is behind a port of a bridge
 * @mac:	the guest's
 * @f:		out: for the bridge's own device, which sends it out of all ports; on the port's
 *		device the guest alone would get it
 *
 * Where the bridge looks at VLANs, the frame has the tag of the port's PVID.
 * Return: 0; -ENOENT: there is nothing to announce, and @e says why; -EINVAL: the bridge itself is
 * not in that VLAN; or another -errno.
 */
int mt_frame_of_port(struct mt_host *h, const struct mt_device *port, const uint8_t mac[6],
		     struct mt_frame *f, struct mt_err *e);

/**
 * mt_frame_of_address() - a gratuitous ARP request, or an unsolicited neighbour advertisement: who
 * wants to reach an IP address sends to a device's MAC address
 * @dev:	the device, on which it is to be sent
 * @address:	set; IPv4 or IPv6
 *
 * Return: 0; -EINVAL: the device has no MAC address, @e filled.
 */
int mt_frame_of_address(const struct mt_device *dev, const struct mt_value *address,
			struct mt_frame *f, struct mt_err *e);

/** mt_frame_socket() - a socket that sends frames, and gets none
 * @fd:		out: owned by the caller; -1 on failure
 *
 * Return: 0; -EACCES: it needs CAP_NET_RAW; another -errno; @e filled. */
int mt_frame_socket(int *fd, struct mt_err *e);

/** mt_frame_send() - send it once. Return: 0 or -errno with @e filled. */
int mt_frame_send(int fd, const struct mt_frame *f, struct mt_err *e);

#endif
