/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tap.c - taps; the only file that opens /dev/net/tun
 *
 * A tap that is not persistent vanishes with its descriptor. So add() creates it and leaves the
 * descriptor with the host handle, steps of other kinds configure it, and persist() makes it
 * persistent at the end. A process that is killed before that leaves nothing.
 */
#include "kernel/tap.h"
#include "kernel/nl.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { NAME, USER, GROUP, MULTI_QUEUE, VNET_HDR, NFIELDS };

#define FIXED(NAME, TYPE, SIZE, FLAGS, ATTR, DOC)                                        \
	{                                                                                \
		.name = NAME, .type = TYPE, .size = SIZE, .phase = MT_PHASE_MAKE,        \
		.revert = MT_REVERT_FIXED, .flags = FLAGS, .attr = ATTR, .ip_arg = NAME, \
		.doc = DOC                                                               \
	}

/* A tap with neither user nor group may be opened by anybody who may open /dev/net/tun:
 * drivers/net/tun.c tun_not_capable() */
static const struct mt_field fields[NFIELDS] = {
	[NAME] = { "name", MT_NAME, .flags = MT_FIELD_CUSTOM, .doc = "the device" },
	[USER] = FIXED("user", MT_USER, 4, MT_FIELD_NONE, IFLA_TUN_OWNER,
		       "who may open it, besides root; without user and group: anybody"),
	[GROUP] = FIXED("group", MT_GROUP, 4, MT_FIELD_NONE, IFLA_TUN_GROUP,
			"whose members may open it"),
	[MULTI_QUEUE] = FIXED("multi_queue", MT_BOOL, 1, 0, IFLA_TUN_MULTI_QUEUE,
			      "may be opened more than once, a queue each"),
	/* TUNSETIFF takes it from each opener: drivers/net/tun.c tun_set_iff() */
	[VNET_HDR] = FIXED("vnet_hdr", MT_BOOL, 1, MT_FIELD_OPENER, IFLA_TUN_VNET_HDR,
			   "packets carry a virtio header"),
};

static int decode(struct mt_list *l, const struct mt_nl_device *d, struct mt_record *r)
{
	if (mt_nl_uint(d->data[IFLA_TUN_TYPE]) != IFF_TAP)
		return 0;
	return mt_nl_decode_data(l, d, r);
}

static int list(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		struct mt_err *e)
{
	struct mt_list l = mt_list(h, filter, each, data, e);

	return mt_nl_list_devices(&l, "tun", decode);
}

static struct mt_host_tap *held(struct mt_host *h, const char *name)
{
	for (size_t i = 0; i < h->ntaps; i++)
		if (!strcmp(h->taps[i].name, name))
			return &h->taps[i];
	return NULL;
}

static int hold(struct mt_host *h, int fd, const char *name)
{
	struct mt_host_tap *taps = realloc(h->taps, (h->ntaps + 1) * sizeof *taps);

	if (!taps)
		return -ENOMEM;
	h->taps = taps;
	taps[h->ntaps].fd = fd;
	snprintf(taps[h->ntaps++].name, sizeof taps->name, "%s", name);
	return 0;
}

static void let_go(struct mt_host *h, struct mt_host_tap *t)
{
	close(t->fd);
	*t = h->taps[--h->ntaps];
}

/* Return: 0 or -errno. */
static int control(struct mt_host *h, int fd, unsigned long what, unsigned long arg)
{
	int fault = mt_fault(h);

	if (fault > 0)
		return -fault;
	if (ioctl(fd, what, arg))
		return -errno;
	return fault ? -ETIMEDOUT : 0;
}

static int attach(struct mt_host *h, int fd, const struct mt_record *r, bool exclusive)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int err;

	if (exclusive)
		ifr.ifr_flags |= IFF_TUN_EXCL;
	if (r->v[MULTI_QUEUE].u)
		ifr.ifr_flags |= IFF_MULTI_QUEUE;
	if (r->v[VNET_HDR].u)
		ifr.ifr_flags |= IFF_VNET_HDR;
	snprintf(ifr.ifr_name, sizeof ifr.ifr_name, "%s", r->v[NAME].name);
	err = control(h, fd, TUNSETIFF, (unsigned long)&ifr);
	/* IFF_TUN_EXCL: a device has that name already: drivers/net/tun.c tun_set_iff() */
	if (err == -EBUSY && exclusive)
		return -EEXIST;
	if (!err && r->v[USER].state == MT_SET)
		err = control(h, fd, TUNSETOWNER, r->v[USER].u);
	if (!err && r->v[GROUP].state == MT_SET)
		err = control(h, fd, TUNSETGROUP, r->v[GROUP].u);
	return err;
}

int mt_tap_open(struct mt_host *h, const struct mt_record *r, bool exclusive, int *fd,
		struct mt_err *e)
{
	const char *op = exclusive ? "tap.add" : "tap.open";
	int err;

	*fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (*fd < 0)
		return mt_fail(e, errno, op, "/dev/net/tun", NULL);
	err = attach(h, *fd, r, exclusive);
	if (!err)
		return 0;
	close(*fd);
	*fd = -1;
	return mt_fail(e, -err, op, r->v[NAME].name, NULL);
}

bool mt_tap_is(int fd, const char *name)
{
	struct ifreq r = { 0 };

	return !ioctl(fd, TUNGETIFF, &r) && !strncmp(r.ifr_name, name, sizeof r.ifr_name);
}

int mt_tap_persist(struct mt_host *h, int fd, const char *name, bool on, struct mt_err *e)
{
	int err = control(h, fd, TUNSETPERSIST, on);

	return err ? mt_fail(e, -err, "tap.persist", name, NULL) : 0;
}

static int add(struct mt_host *h, const struct mt_record *r, struct mt_err *e)
{
	int fd;

	if (mt_tap_open(h, r, true, &fd, e))
		return -e->code;
	if (!hold(h, fd, r->v[NAME].name))
		return 0;
	close(fd);
	return mt_fail(e, ENOMEM, "tap.add", r->v[NAME].name, NULL);
}

static int destroy(struct mt_host *h, const struct mt_record *r, struct mt_err *e)
{
	struct mt_host_tap *t = held(h, r->v[NAME].name);
	struct mt_device d;

	if (t) {
		let_go(h, t);
		return 0;
	}
	if (mt_nl_record_device(h, r, "tun", &d, e))
		return mt_nl_about(e, -e->code, r, "delete");
	return mt_nl_delete_device(h, r, d.ifindex, e);
}

#define LOOKS 50 /* 5 ms from one to the next */

/* The carrier is on while somebody has the tap open: drivers/net/tun.c __tun_detach(). That may be,
 * for a moment, a child that another thread has forked: its exec closes what it inherited. So look
 * more than once. */
static int busy(struct mt_host *h, enum mt_op op, const struct mt_record *r, char *why, size_t n,
		struct mt_err *e)
{
	const struct timespec pause = { .tv_nsec = 5000000 };
	struct mt_device d;

	if (op != MT_DELETE || held(h, r->v[NAME].name))
		return 0;
	for (int look = 0; look < LOOKS; look++) {
		if (look)
			nanosleep(&pause, NULL);
		if (mt_nl_record_device(h, r, "tun", &d, e))
			return mt_nl_about(e, -e->code, r, "delete");
		if (!d.carrier)
			return 0;
	}
	snprintf(why, n, "it is in use");
	return 1;
}

static int put(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e)
{
	if (op == MT_CHANGE)
		return mt_fail(e, EOPNOTSUPP, "tap.set", r->v[NAME].name,
			       "a tap's fields are set when it is created, and never later");
	return op == MT_ADD ? add(h, r, e) : destroy(h, r, e);
}

static int persist(struct mt_host *h, const struct mt_record *r, struct mt_err *e)
{
	struct mt_host_tap *t = held(h, r->v[NAME].name);

	if (!t)
		return 0;
	if (mt_tap_persist(h, t->fd, t->name, true, e)) {
		control(h, t->fd, TUNSETPERSIST, 0); /* the kernel may have done it all the same */
		return -e->code;
	}
	let_go(h, t);
	return 0;
}

const struct mt_kind mt_kind_tap = {
	MT_LINKS_KIND("tap", "a tap, the host's end of a virtual machine's NIC", 1, 1,
		      MT_PHASE_MAKE, MT_KIND_DEVICE),
	.add = "ip tuntap add dev %s mode tap",
	.del = "ip link del dev %s",
	.persist = persist,
	.busy = busy,
};

int mt_device_hand_over(struct mt_host *h, const char *name, struct mt_pool *p, int *fd,
			struct mt_err *e)
{
	struct mt_record key = { .kind = &mt_kind_tap }, tap;
	int err;

	*fd = -1;
	mt_record_put(&key, NAME, mt_name_from(name));
	err = mt_record_get(h, &key, &tap, p, e);
	if (err == -ENOENT)
		return mt_fail(e, ENODEV, "tap.open", name, NULL);
	if (err || mt_tap_open(h, &tap, false, fd, e))
		return -e->code;
	if (!mt_tap_persist(h, *fd, name, false, e))
		return 0;
	close(*fd);
	*fd = -1;
	return -e->code;
}
