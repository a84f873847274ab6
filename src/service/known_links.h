/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * known_links.h - the devices that the watcher has seen, and what has become of them
 *
 * A journal names devices. Whether the device of that name is still the one that it was is known
 * only to somebody who has seen both. A guest's own device is forgotten when it is deleted: the
 * next one of its name is another guest's, or that of the guest's next run.
 */
#ifndef MT_SERVICE_KNOWN_LINKS_H
#define MT_SERVICE_KNOWN_LINKS_H

#include "kernel/changes.h"

struct mt_known_link {
	uint32_t ifindex;
	char name[MT_NAME_MAX + 1];
	unsigned device; /* MT_DEVICE_* */
	bool up, was_up;
	bool gone;	 /* there is no such device now */
	bool again;	 /* another device of its name, in its place */
	bool up_again;	 /* it was set down, and up: the kernel flushed its routes */
	bool suspect;	 /* look at the NICs that it matters to */
	bool waited_for; /* a NIC that it matters to could not be repaired yet */
	bool reported;	 /* that it is gone, or down */
	int64_t away_at; /* since when it is gone, or down */
	/* while NICs are looked at: how many wait for it to be there and up; the first's device */
	unsigned waiting;
	const char *first;
};

struct mt_known_links {
	struct mt_known_link *at;
	size_t n, cap;
};

/** mt_known_change() - take a notification. Return: whether a NIC may have lost something by it. */
bool mt_known_change(struct mt_known_links *k, const struct mt_change *c);

/** mt_known_all() - compare with all devices that there are now
 * @first:	they are the first that are seen: nothing is suspect
 *
 * Return: 0 or -errno. */
int mt_known_all(struct mt_known_links *k, struct mt_host *h, bool first, struct mt_err *e);

/** mt_known_find() - by name; NULL: there never was such a device */
struct mt_known_link *mt_known_find(const struct mt_known_links *k, const char *name);

/** mt_known_expect() - a device that a journal names and nobody has seen: when it comes, it is back
 * Return: NULL: no memory. */
struct mt_known_link *mt_known_expect(struct mt_known_links *k, const char *name);

/** mt_known_settle() - forget what has been looked at; of a device that is waited for remember that
 * it is back
 * @again:	and suspect it still, since the NICs that wait are looked at again after a time */
void mt_known_settle(struct mt_known_links *k, bool again);

#endif
