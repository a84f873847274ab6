/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * host.h - a handle on this network namespace's kernel, and what a device is
 *
 * The handle holds one rtnetlink socket, and the descriptors of taps that were created and are not
 * persistent yet. Each thread needs its own handle.
 */
#ifndef MT_KERNEL_HOST_H
#define MT_KERNEL_HOST_H

#include "base/kind.h"

/** mt_kinds - all kinds, ended by NULL: kernel/kinds.c */
extern const struct mt_kind *const mt_kinds[];

/**
 * mt_host_open() - open a handle on the current network namespace
 * @h:	out: owned by the caller; NULL on failure
 *
 * Needs no privilege; changing anything through it needs CAP_NET_ADMIN.
 * Return: 0 or -errno with @e filled.
 */
int mt_host_open(struct mt_host **h, struct mt_err *e);

/** mt_host_close() - close it; taps that are not persistent yet vanish. NULL is fine. */
void mt_host_close(struct mt_host *h);

/** mt_host_fd() - the netlink socket, borrowed: confinement must leave it open */
int mt_host_fd(const struct mt_host *h);

#define MT_LASTING "/var/lib/moontap/lease" /* of kind lease: what outlives a reboot */

/** mt_host_last_in() - the folder of what outlives a reboot, instead of MT_LASTING; copied. Return: 0
 * or -ENOMEM. */
int mt_host_last_in(struct mt_host *h, const char *folder);
const char *mt_host_lasting(const struct mt_host *h);

#define MT_OVSDB_DEFAULT "/run/openvswitch/db.sock"

/** mt_host_ovsdb_at() - the socket of Open vSwitch's database, instead of MT_OVSDB_DEFAULT; copied.
 * Return: 0 or -ENOMEM. */
int mt_host_ovsdb_at(struct mt_host *h, const char *path);
const char *mt_host_ovsdb(const struct mt_host *h);

/* A connection to something that is not the kernel, as the folder that uses it has it. */
struct mt_host_other {
	void (*close)(struct mt_host_other *other);
};

/** mt_host_other() - where a connection is kept with the handle, which closes it; NULL in it: none
 * yet */
struct mt_host_other **mt_host_other(struct mt_host *h);

/** mt_host_cookie() - the network namespace's cookie, SO_NETNS_COOKIE (Linux 5.14); 0: unknown */
uint64_t mt_host_cookie(const struct mt_host *h);

/** mt_host_namespace() - the network namespace's file, /proc/PID/ns/net: its device and inode; 0,
 * 0: unknown */
void mt_host_namespace(const struct mt_host *h, uint64_t *dev, uint64_t *inode);

/** mt_sysctl_read_only() - whether /proc/sys is mounted read-only, as in containers */
bool mt_sysctl_read_only(void);

/** mt_bridge_netfilter() - what all bridges pass to the host's firewall, whatever each says of itself:
 * sysctl net.bridge.bridge-nf-call-iptables, and -ip6tables. Return: bits. */
enum { MT_NETFILTER_IPV4 = 1, MT_NETFILTER_IPV6 = 2 };
unsigned mt_bridge_netfilter(void);

#ifdef MOONTAP_FAULTS
/* Faults for specs and fuzzers, in a build of this folder for them alone. */
struct mt_fault {
	/* before the @nth request, ioctl or write that goes to the kernel, counted from 1
	 * Return: 0: go on; > 0: do not ask, fail with this errno; < 0: ask, and lose the answer */
	int (*before)(void *data, unsigned int nth);
	/* instead of reading the answer to @request (struct nlmsghdr): one datagram of at most @n
	 * bytes into @buf; its length, or -errno; NULL: the kernel answers */
	long (*answer)(void *data, const void *request, void *buf, size_t n);
	void *data;
};

/** mt_host_fault() - inject these faults from now on; @f is copied; zeroed: none */
void mt_host_fault(struct mt_host *h, const struct mt_fault *f);
#endif

/* The devices of a network namespace: their references are ifindexes. */
extern const struct mt_realm mt_realm_links;

static inline struct mt_ref mt_ref_link(uint32_t ifindex)
{
	return (struct mt_ref){ .realm = ifindex ? &mt_realm_links : NULL, .id = { ifindex } };
}

/** mt_ref_ifindex() - the ifindex that is referred to; 0: it is no device's */
static inline uint32_t mt_ref_ifindex(const struct mt_ref *ref)
{
	return ref->realm == &mt_realm_links ? (uint32_t)ref->id[0] : 0;
}

/* What a device can be for a guest, whichever kind of device it is. */
enum {
	MT_DEVICE_TAP = 1,  /* its carrier is on while its guest has it open */
	MT_DEVICE_NIC = 2,  /* only guests use such a device */
	MT_DEVICE_PAIR = 4, /* one of two ends: a container's NIC, or the host's own */
};

/* What a device is, apart from what its kinds' records say. */
struct mt_device {
	uint32_t ifindex;
	char name[MT_NAME_MAX + 1];
	char kind[16];		      /* IFLA_INFO_KIND: "tun", "bridge", "veth"; "": none */
	char master[MT_NAME_MAX + 1]; /* ""; or its master's name */
	unsigned is;		      /* MT_DEVICE_* */
	uint32_t peer;		      /* IFLA_LINK: the other end of a veth; 0: none */
	uint8_t address[6];
	bool up, carrier; /* IFF_UP; IFLA_CARRIER: of a tap, whether somebody has it open */
	uint32_t mtu;
	uint16_t vlan; /* of a device of kind "vlan": its tag */
	char alias[MT_TEXT_MAX + 1];
};

/** mt_device_by_name() - look a device up by its name
 * Return: 0; -ENODEV: there is none (@e filled, too); another -errno.
 */
int mt_device_by_name(struct mt_host *h, const char *name, struct mt_device *d, struct mt_err *e);

/** mt_devices_group() - a random group for mt_devices_delete(), above those that people name; 0:
 * there are no random numbers yet */
uint32_t mt_devices_group(void);

/**
 * mt_devices_delete() - delete devices by one request, so that the kernel waits only once: group.c
 * @group:	all of them must be in it, and no other device, or nothing is deleted
 * @ifindexes:	sorted here
 * @force:	also taps that somebody has open
 *
 * The kernel deletes whatever is in the group by then: also what somebody adds after the check.
 * Return: 0; -EEXIST: another device is in it; -ENODEV: one of them is not; -EBUSY: somebody has a
 * tap open; another -errno; @e filled.
 */
int mt_devices_delete(struct mt_host *h, uint32_t group, uint32_t *ifindexes, size_t n, bool force,
		      struct mt_err *e);

/**
 * mt_device_hand_over() - open a tap as it is, for another process, and let it end with who has it
 * open
 * @p:		for what the kernel says of it
 * @fd:		out: owned by the caller, close-on-exec; -1 on failure
 *
 * Return: 0; -ENODEV: it is gone, or no tap; or another -errno; @e filled.
 */
int mt_device_hand_over(struct mt_host *h, const char *name, struct mt_pool *p, int *fd,
			struct mt_err *e);

/**
 * mt_host_begin() - until mt_host_end(), ask for the name of a device, given its index, only once
 *
 * For the time of one event: a bridge that is renamed meanwhile keeps its old name here. Everything
 * but names is asked for each time. Calls nest.
 */
void mt_host_begin(struct mt_host *h);
void mt_host_end(struct mt_host *h);

/**
 * mt_host_cache() - until mt_host_uncache(), ask the kernel each question only once
 *
 * The same question gets the same answer, also that there is no such device. Nothing may be changed
 * through @h meanwhile. Unlike mt_host_begin() it is not for names only.
 */
void mt_host_cache(struct mt_host *h);
void mt_host_uncache(struct mt_host *h);

/** mt_device_by_index() - look a device up by its ifindex, whatever its name is by now. Return: as
 * mt_device_by_name(). */
int mt_device_by_index(struct mt_host *h, uint32_t ifindex, struct mt_device *d, struct mt_err *e);

/** mt_device_addresses() - call @each with the IP addresses on a device, as records of kind addr,
 * except for those that the kernel adds itself. Return: as a kind's list(). */
int mt_device_addresses(struct mt_host *h, const char *dev, mt_each each, void *data,
			struct mt_err *e);

/** mt_device_is_policed() - whether a filter looks at what a device receives, in its qdisc ingress
 * Return: 1, 0 or -errno with @e filled. */
int mt_device_is_policed(struct mt_host *h, uint32_t ifindex, struct mt_err *e);

/** mt_bridge_port_of() - which port of @port's bridge has this MAC address as its own
 * @port:	ifindex of any port of the bridge
 * @first:	out: ifindex of the port; of several ports the first that was added
 *
 * Return: 0; -ENOENT: none has it; or another -errno: @port is in no bridge.
 */
int mt_bridge_port_of(struct mt_host *h, uint32_t port, const uint8_t address[6], uint32_t *first,
		      struct mt_err *e);

/** mt_device_alone() - a record of kind link, without asking: of a device that is up, no master
 * @address:	its MAC; NULL: unknown */
struct mt_record mt_device_alone(const char *name, const uint8_t *address);

/** mt_device_list() - all devices of this network namespace, in the kernel's order, in @p. Return:
 * 0 or -errno with @e filled. */
int mt_device_list(struct mt_host *h, struct mt_pool *p, struct mt_device **devices, size_t *n,
		   struct mt_err *e);

/**
 * mt_tap_openable() - whether this process, which has no CAP_NET_ADMIN, may open a tap that is
 * there
 * @d:		its device
 * @queues:	that will be opened: more than one needs multi_queue, and one forbids it
 *
 * drivers/net/tun.c tun_set_iff(), tun_not_capable(); of a macvtap, its /dev/tapN. Nothing is
 * opened: that would be seen on the host.
 * Return: 0; -EINVAL: it is no tap, or has other flags; -EPERM: it belongs to another user or group;
 * -EACCES: its file in /dev may not be opened; or another -errno. @e says why.
 */
int mt_tap_openable(struct mt_host *h, const struct mt_device *d, unsigned queues,
		    struct mt_err *e);

#endif
