/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nl.h - requests to rtnetlink: one request, its whole answer, the kernel's text when it refuses
 *
 * Only for the files of kernel/. An answer is read to its end before a callback gets its first
 * message. So a dump that was interrupted can be repeated without showing a callback a message
 * twice, and a callback may send requests itself.
 */
#ifndef MT_KERNEL_NL_H
#define MT_KERNEL_NL_H

#include "base/right.h"
#include "kernel/host.h"

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stdalign.h>

#define MT_NL_REQUEST 10240 /* bytes of a request: enough if all fields of a record were texts */
#define MT_NL_ATTRS   64    /* attributes with higher numbers are ignored */

_Static_assert(MT_NL_REQUEST >= MT_FIELDS_MAX * (MT_VALUE_TEXT + 8) + 1024, "request too small");

#define MT_HOST_NAMES 16

struct mt_host {
	struct mnl_socket *nl;
	unsigned int portid, seq;
	struct mt_host_tap { /* created, not yet persistent: tap.c */
		int fd;
		char name[MT_NAME_MAX + 1];
	} * taps;
	size_t ntaps;
	unsigned int begun; /* mt_host_begin(): names are remembered meanwhile */
	struct mt_host_name {
		uint32_t ifindex;
		char name[MT_NAME_MAX + 1];
	} names[MT_HOST_NAMES];
	char *lasting; /* mt_host_last_in(); NULL: MT_LASTING */
	bool caching;  /* mt_host_cache() */
	void *cache;   /* tsearch(3)'s tree, of cache.c */
	size_t cached;
	struct mt_host *generic; /* NETLINK_GENERIC, and its family ethtool; NULL, 0: genl.c has not
				  * needed them yet */
	uint16_t ethtool;
	struct mt_host *netfilter;   /* NETLINK_NETFILTER; NULL: nft.c has not needed it yet */
	struct mt_host_other *other; /* mt_host_other() */
	char *ovsdb;		     /* mt_host_ovsdb_at(); NULL: MT_OVSDB_DEFAULT */
#ifdef MOONTAP_FAULTS
	struct mt_fault fault;
	unsigned int asked;
#endif
	/* A dump's datagrams grow with the reader's buffer, up to 32 KiB; a single device's can be
	 * larger: net/netlink/af_netlink.c netlink_dump(), net/core/rtnetlink.c rtnl_getlink() */
	alignas(NLMSG_ALIGNTO) char buf[65536];
};

/* The protocol number that says that moontap added a route or a rule: 'm'. The kernel gives numbers
 * above RTPROT_STATIC no meaning; neither linux/rtnetlink.h nor iproute2's rt_protos assigns this
 * one. */
#define MT_ROUTE_PROTOCOL 109

/** mt_nl_open() - as mt_host_open(), but with a socket of any netlink family (NETLINK_*) */
int mt_nl_open(int bus, struct mt_host **h, struct mt_err *e);

struct mt_nl_request {
	alignas(NLMSG_ALIGNTO) char bytes[MT_NL_REQUEST];
};

/** mt_nl_start() - begin a request
 * @head:	size of the family's header after nlmsghdr; zeroed, for the caller to fill
 */
struct nlmsghdr *mt_nl_start(struct mt_nl_request *q, uint16_t type, uint16_t flags, size_t head);

/** mt_nl_take - gets one message of an answer. Return: 0 to go on, 1 to stop, -errno to fail. */
typedef int (*mt_nl_take)(const struct nlmsghdr *n, void *data);

/**
 * mt_nl_talk() - send a request and wait for its answer, 5 s at most
 * @take:	gets each message of the answer; NULL: the request changes something, and the answer
 *		is an error number alone
 * @e:		out: the kernel's text; the caller fills in op and subject by mt_nl_about()
 *
 * The kernel does its work inside of sendto(2) (net/netlink/af_netlink.c netlink_unicast_kernel()),
 * so a wait longer than a moment means that the answer was lost.
 *
 * Return: 0; -ETIMEDOUT or -ENOBUFS: the answer was lost, and the change may have happened; or the
 *   kernel's -errno, or @take's.
 */
int mt_nl_talk(struct mt_host *h, struct nlmsghdr *n, mt_nl_take take, void *data,
	       struct mt_err *e);

/**
 * mt_nl_batch() - send several messages as one, and wait for the answer to it
 * @first:	@len bytes of messages; the only one with NLM_F_ACK is the last that can fail
 *
 * The kernel answers for each message that failed, in their order, and then for the one with
 * NLM_F_ACK: net/netfilter/nfnetlink.c nfnetlink_rcv_batch(). The first answer counts.
 * Return: as mt_nl_talk().
 */
int mt_nl_batch(struct mt_host *h, struct nlmsghdr *first, size_t len, struct mt_err *e);

/** mt_genl_ethtool() - a handle on generic netlink, and its family ethtool
 * @g:		out: borrowed from @h
 *
 * Return: 0; -EOPNOTSUPP: the kernel has no such family; -ENOSYS: the process may not open sockets;
 * another -errno; @e filled.
 */
int mt_genl_ethtool(struct mt_host *h, struct mt_host **g, uint16_t *family, struct mt_err *e);

/** mt_genl_start() - as mt_nl_start(), of a command of generic netlink */
struct nlmsghdr *mt_genl_start(struct mt_nl_request *q, uint16_t family, uint8_t command,
			       uint16_t flags);

/* --- answers that are kept: cache.c ---------------------------------------------------------- */

struct mt_nl_answer {
	char *bytes; /* its messages, one after the other */
	size_t len;
	int code; /* the errno value that the kernel returned instead; 0: none */
};

/** mt_nl_cached() - the kept answer to @question, borrowed; NULL: there is none */
const struct mt_nl_answer *mt_nl_cached(const struct mt_host *h, const struct nlmsghdr *question);

/** mt_nl_cache() - keep a copy of an answer, if mt_host_cache() wants it and there is room */
void mt_nl_cache(struct mt_host *h, const struct nlmsghdr *question,
		 const struct mt_nl_answer *answer);

/* ---------------------------------------------------------------------------------------------- */

/** mt_nl_about() - put op and subject into the error of a talk. Returns @err. */
int mt_nl_about(struct mt_err *e, int err, const struct mt_record *r, const char *verb);

/** mt_nl_change() - mt_nl_talk() for a change of @r */
int mt_nl_change(struct mt_host *h, struct nlmsghdr *n, enum mt_op op, const struct mt_record *r,
		 struct mt_err *e);

/** mt_nl_check_absent() - look for an object where an add's EEXIST may be about something else
 * Return: 0: it is not there; -EEXIST: it is; or list()'s error; @e filled. */
int mt_nl_check_absent(struct mt_host *h, const struct mt_record *r, struct mt_err *e);

/** mt_nl_verb() - "add", "set" or "delete" */
const char *mt_nl_verb(enum mt_op op);

/** mt_nl_new_flags() - an add is exclusive; a change replaces; a delete has none */
static inline uint16_t mt_nl_new_flags(enum mt_op op)
{
	return op == MT_ADD ? NLM_F_CREATE | NLM_F_EXCL : op == MT_CHANGE ? NLM_F_REPLACE : 0;
}

/* --- attributes: attr.c, field_attrs.c ---------------------------------------------------- */

typedef const struct nlattr *mt_nl_attrs[MT_NL_ATTRS];

/** mt_nl_parse() - a message's attributes after a header of @head bytes, by number
 * Return: the header; NULL: the message is too short to have one.
 */
const void *mt_nl_parse(const struct nlmsghdr *n, size_t head, mt_nl_attrs tb);

/** mt_nl_parse_nest() - the attributes in @a; none when @a is NULL */
void mt_nl_parse_nest(const struct nlattr *a, mt_nl_attrs tb);

/** mt_nl_str() - a string attribute; "" when it is absent or has no NUL. Borrowed. */
const char *mt_nl_str(const struct nlattr *a);

/** mt_nl_uint() - a number of 1, 2, 4 or 8 bytes, by the attribute's length; 0 when it is none */
uint64_t mt_nl_uint(const struct nlattr *a);

/** mt_nl_uint_be() - the same of a number in network order, of 2, 4 or 8 bytes */
uint64_t mt_nl_uint_be(const struct nlattr *a);

/** mt_nl_get_struct() - copy an attribute of at least @n bytes; a shorter one, or none: nothing */
void mt_nl_get_struct(const struct nlattr *a, void *to, size_t n);

/** mt_nl_ip() - an IP address or, with @plen, a prefix; unset when @a does not fit @family */
struct mt_value mt_nl_ip(const struct nlattr *a, uint8_t family, uint8_t plen);

/** mt_nl_put_ip() - a set address or prefix, without its length */
void mt_nl_put_ip(struct nlmsghdr *n, uint16_t attr, const struct mt_value *v);

/* The names of the IP versions, for a field whose value is AF_INET or AF_INET6. */
extern const struct mt_enum_name mt_nl_families[];

/** mt_nl_get_fields() - set the fields of @r that are plain attributes, from @tb
 *
 * An attribute that is absent is none, where its field may be none, and else unset.
 * Return: 0, or -errno with @e filled (a device's name could not be asked for).
 */
int mt_nl_get_fields(struct mt_host *h, const struct nlattr *const *tb, struct mt_record *r,
		     struct mt_err *e);

/** mt_nl_put_link() - append the index of the device that @v names, 0 for none, as @f->attr
 * Return: as mt_nl_put_fields(). */
int mt_nl_put_link(struct mt_host *h, struct nlmsghdr *n, const struct mt_field *f,
		   const struct mt_value *v, struct mt_err *e);

/** mt_nl_put_fields() - append the fields of @r that are plain attributes, if not unset
 * Return: 0; -ENODEV: there is no such device; another -errno; @e filled.
 */
int mt_nl_put_fields(struct mt_host *h, struct nlmsghdr *n, const struct mt_record *r,
		     struct mt_err *e);

/* --- lists ------------------------------------------------------------------------------------ */

/* What a kind's list() carries through its answer. */
struct mt_list {
	struct mt_host *h;
	const struct mt_record *filter;
	mt_each each;
	void *data;
	struct mt_err *e;
	uint32_t ifindex; /* of the filter's device; 0: of any */
	uint32_t master;  /* devices in this one only; 0: any */
	uint8_t family;	  /* conf.c: what is looked for in each device */
};

static inline struct mt_list mt_list(struct mt_host *h, const struct mt_record *filter,
				     mt_each each, void *data, struct mt_err *e)
{
	return (struct mt_list){ .h = h, .filter = filter, .each = each, .data = data, .e = e };
}

/** mt_list_device() - look up the device that the filter names, if it names one
 * Return: 0; 1: it is not there, so nothing fits; -errno.
 */
int mt_list_device(struct mt_list *l);

/** mt_list_found() - hand on a record, if it fits the filter. Returns as mt_each. */
int mt_list_found(struct mt_list *l, const struct mt_record *r);

/** mt_list_done() - the result of a list() whose mt_nl_talk() returned @err. -ENODEV becomes 0: a
 * device that is gone has nothing to list. Else @e gets op and subject. */
int mt_list_done(struct mt_list *l, int err);

/** mt_list_link() - the name of the device @ifindex, for a record being read; none for 0
 * Return: 0 or -errno; a device that is gone by now is unset.
 */
int mt_list_link(struct mt_list *l, uint32_t ifindex, struct mt_value *v);

/* --- devices: device.c ------------------------------------------------------------------------ */

/* A parsed RTM_NEWLINK message. Everything is borrowed from the message. */
struct mt_nl_device {
	const struct ifinfomsg *head;
	const char *name, *kind, *slave; /* IFLA_INFO_KIND and _SLAVE_KIND; "": none */
	mt_nl_attrs tb, data, slave_data;
};

/** mt_nl_device_question() - a question about one device, by index or, when that is 0, by name */
struct nlmsghdr *mt_nl_device_question(struct mt_nl_request *q, uint16_t flags, uint32_t ifindex,
				       const char *name);

/** mt_nl_parse_device() - parse a message. Return: whether it describes a device. */
bool mt_nl_parse_device(const struct nlmsghdr *n, struct mt_nl_device *d);

/** mt_nl_device_is() - the bits MT_DEVICE_* of an IFLA_INFO_KIND */
unsigned mt_nl_device_is(const char *kind);

/** mt_nl_check_name() - refuse a device that the kernel found by an altname. Return: 0 or -EINVAL
 * with @e filled. */
int mt_nl_check_name(const char *asked, const struct mt_nl_device *d, struct mt_err *e);

/** mt_nl_remember_name() - keep a name for mt_nl_ifname(), until mt_host_end() */
void mt_nl_remember_name(struct mt_host *h, const struct mt_nl_device *d);

/** mt_nl_ifindex() - a device's index. Return: 0, -ENODEV, another -errno; @e filled. */
int mt_nl_ifindex(struct mt_host *h, const char *name, uint32_t *ifindex, struct mt_err *e);

/** mt_nl_ifname() - a device's name. Return: 0, -ENODEV, another -errno; @e filled. */
int mt_nl_ifname(struct mt_host *h, uint32_t ifindex, char name[static MT_NAME_MAX + 1],
		 struct mt_err *e);

/** mt_nl_record_ifindex() - the ifindex in @r->ref; where it has none, that of the device that @r
 * names. Return: as mt_nl_ifindex(). */
int mt_nl_record_ifindex(struct mt_host *h, const struct mt_record *r, uint32_t *ifindex,
			 struct mt_err *e);

/** mt_nl_decode - fill @r from a device. Return: 1; 0: it is not of this kind; -errno, @l->e
 * filled. */
typedef int (*mt_nl_decode)(struct mt_list *l, const struct mt_nl_device *d, struct mt_record *r);

/**
 * mt_nl_list_devices() - list() of a kind whose first key is a device's name
 * @kind:	IFLA_INFO_KIND of its devices; NULL: any
 *
 * Return: 0; -EEXIST: the device that the filter names is of another kind; another -errno.
 */
int mt_nl_list_devices(struct mt_list *l, const char *kind, mt_nl_decode decode);

/** mt_nl_record_device() - look up the device that @r is, by index or name
 * Return: 0; -ENODEV; -EEXIST: it is not of @kind; another -errno; @e has no op yet.
 */
int mt_nl_record_device(struct mt_host *h, const struct mt_record *r, const char *kind,
			struct mt_device *d, struct mt_err *e);

/** mt_nl_start_device() - begin an RTM_NEWLINK: exclusively by name for an add, else by index */
int mt_nl_start_device(struct mt_host *h, struct mt_nl_request *q, enum mt_op op,
		       const struct mt_record *r, struct nlmsghdr **n, struct mt_err *e);

/** mt_nl_delete_device() - delete it by its index */
int mt_nl_delete_device(struct mt_host *h, const struct mt_record *r, uint32_t ifindex,
			struct mt_err *e);

/** mt_nl_extra - append attributes that a kind's table does not describe, in IFLA_INFO_DATA */
typedef void (*mt_nl_extra)(struct nlmsghdr *n, enum mt_op op, const struct mt_record *r);

/**
 * mt_nl_put_device() - put() of a MT_KIND_DEVICE whose fields are attributes of @kind
 * @extra:	writes the attributes that are not plain; NULL: all are
 */
int mt_nl_put_device(struct mt_host *h, enum mt_op op, const struct mt_record *r, const char *kind,
		     mt_nl_extra extra, struct mt_err *e);

/** mt_nl_put_upper() - the same for a device that is on another one
 * @lower:	the field of that one, whose attr is IFLA_LINK; 0: none
 */
int mt_nl_put_upper(struct mt_host *h, enum mt_op op, const struct mt_record *r, const char *kind,
		    int lower, mt_nl_extra extra, struct mt_err *e);

/** mt_nl_decode_data() - a mt_nl_decode: all fields are attributes in IFLA_INFO_DATA */
int mt_nl_decode_data(struct mt_list *l, const struct mt_nl_device *d, struct mt_record *r);

/** mt_nl_decode_lower() - set a field to the device that @d is on, or whose other end it is:
 * IFLA_LINK; one of another network namespace is unset. Return: 1, or -errno with @l->e filled. */
int mt_nl_decode_lower(struct mt_list *l, const struct mt_nl_device *d, struct mt_record *r,
		       int field);

/**
 * mt_nl_clash() - clash() that looks at all devices of a kind
 * @take:	gets each of them, and @r; fails for the one that is in the way
 */
int mt_nl_clash(struct mt_host *h, const struct mt_kind *k, mt_each take, const struct mt_record *r,
		struct mt_err *e);

/* --- kinds ----------------------------------------------------------------------------------- */

/* What all kinds of objects on links have, with fields[], list() and put() of the kind's own file.
 * KEYS: how many of the first fields are the key; REQUIRED: how many of these must be declared. */
#define MT_LINKS_KIND(NAME, DOC, KEYS, REQUIRED, PHASE, FLAGS)                       \
	.name = NAME, .doc = DOC, .fields = fields, .nfields = MT_NFIELDS(fields),   \
	.nkeys = (KEYS), .required = (REQUIRED), .phase = (PHASE), .flags = (FLAGS), \
	.realm = &mt_realm_links, .list = list, .put = put

/* --- the kinds, where they need each other ---------------------------------------------------- */

extern const struct mt_kind mt_kind_link, mt_kind_bridge, mt_kind_addr, mt_kind_conf, mt_kind_vlan,
	mt_kind_vlan_member, mt_kind_vlan_dev, mt_kind_macvlan, mt_kind_macvtap, mt_kind_route,
	mt_kind_vrf, mt_kind_fdb, mt_kind_altname, mt_kind_tap, mt_kind_tap_node, mt_kind_nft,
	mt_kind_guard, mt_kind_guard_ip, mt_kind_forward, mt_kind_masquerade, mt_kind_hairpin,
	mt_kind_clsact, mt_kind_tbf, mt_kind_firewall, mt_kind_firewall_group,
	mt_kind_firewall_member, mt_kind_allow_in, mt_kind_allow_out, mt_kind_allow_in_group,
	mt_kind_allow_out_group;

/** mt_addr_question() - a dump of addresses; 0: of any family, on any device */
struct nlmsghdr *mt_addr_question(struct mt_nl_request *q, uint8_t family, uint32_t ifindex);

/* What busy() asks of a list(): is there any object, and which. */
struct mt_nl_any {
	char *why;
	size_t n;
	bool found;
};

/** mt_nl_on() - a filter: records of @k whose field @field is the device @dev */
static inline struct mt_record mt_nl_on(const struct mt_kind *k, const char *field, const char *dev)
{
	struct mt_record r = { .kind = k };

	mt_record_put(&r, mt_kind_field(k, field), mt_name_from(dev));
	return r;
}

/** mt_nl_carries() - whether a device has addresses. Return: as busy(). */
int mt_nl_carries(struct mt_host *h, const char *dev, char *why, size_t n, struct mt_err *e);

/** mt_link_needs() - needs() of kind link: that undo can restore what the device loses by a move */
int mt_link_needs(struct mt_host *h, const struct mt_record *r, mt_will will, void *data,
		  struct mt_err *e);

/* busy() of these kinds: link_busy.c, addr_busy.c, bridge_busy.c, upper.c; mt_upper_busy(): of any
 * kind of devices that others can be in or on */
int mt_link_busy(struct mt_host *h, enum mt_op op, const struct mt_record *r, char *why, size_t n,
		 struct mt_err *e);
int mt_upper_busy(struct mt_host *h, enum mt_op op, const struct mt_record *r, char *why, size_t n,
		  struct mt_err *e);
int mt_bridge_busy(struct mt_host *h, enum mt_op op, const struct mt_record *r, char *why, size_t n,
		   struct mt_err *e);
int mt_addr_busy(struct mt_host *h, enum mt_op op, const struct mt_record *r, char *why, size_t n,
		 struct mt_err *e);

/** mt_check_lower_mtu() - needs() of a record of kind link: a device on another one has no larger
 * MTU: net/8021q/vlan_dev.c vlan_dev_change_mtu(), drivers/net/macvlan.c macvlan_change_mtu()
 * @mtu:	the field */
int mt_check_lower_mtu(const struct mt_record *r, int mtu, mt_will will, void *data,
		       struct mt_err *e);

/** mt_upper_sh() - sh() of a kind whose devices are on another one
 * @kind:	as ip(8) calls it
 * @lower:	the field of that one
 */
int mt_upper_sh(enum mt_op op, const struct mt_record *r, const char *kind, int lower, char *buf,
		size_t n);

/**
 * mt_fdb_vlan() - the VLAN of an fdb record on a port, at plan time: fdb_vlan.c
 * @r:		for messages; its device is the port
 * @vlan:	as declared; 0: none
 *
 * Return: 0: none; the VLAN, of a bridge that looks at them the port's PVID if none is declared; or
 *   -errno: the port will be in no bridge, or not in the VLAN.
 */
int mt_fdb_vlan(const struct mt_record *r, uint32_t vlan, mt_will will, void *data,
		struct mt_err *e);

/* --- faults ----------------------------------------------------------------------------------- */

/** mt_fault() - asked before each request, ioctl and write that goes to the kernel
 * Return: 0: go on; > 0: fail with this errno and do not ask; < 0: ask, and lose the answer.
 */
#ifdef MOONTAP_FAULTS
int mt_fault(struct mt_host *h);
#else
static inline int mt_fault(struct mt_host *h)
{
	(void)h;
	return 0;
}
#endif

#endif
