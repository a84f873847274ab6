/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirtd.h - what a libvirtd says of its guests while they run, which no hook script hears
 *
 * libvirt calls its hook script when a guest starts and ends, and not when a NIC is plugged in or
 * out, or when a migration has ended: docs/hooks.rst, and libvirt 9.0's qemu_hotplug.c.
 */
#ifndef MT_LIBVIRTD_LIBVIRTD_H
#define MT_LIBVIRTD_LIBVIRTD_H

#include <stdbool.h>
#include <stddef.h>

/* Who follows; each function is called by follow(), and may take its time. */
struct mt_libvirtd_follower {
	void *data;
	/* the connection stands, and events will be heard; changed() follows for each guest */
	void (*connected)(void *data);
	/* a guest's NICs may have changed; @driver as in libvirt's hooks: "qemu" */
	void (*changed)(void *data, const char *driver, const char *guest, const char *xml);
	/* a guest has come by a migration, and runs here now */
	void (*arrived)(void *data, const char *driver, const char *guest);
	bool (*is_ending)(void *data); /* asked at least twice a second */
};

/* The module, which links libvirt; it exports this struct as mt_libvirtd. */
struct mt_libvirtd {
	/**
	 * follow() - connect, read-only, and follow the events until is_ending() or the
	 * connection's end
	 * @uri:	"qemu:///system"
	 * @why:	out: of a failure, libvirt's words; "" otherwise
	 *
	 * Return: whether it was connected.
	 */
	bool (*follow)(const char *uri, const struct mt_libvirtd_follower *who, char *why,
		       size_t n);
};

#endif
