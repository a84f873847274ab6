/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * value.h - a field of a kind, and the typed value of one field with its text form
 *
 * A field is a row of its kind's table: everything that the program knows about it is in that row,
 * and Lua, text, JSON, sh commands, help and manual are generated from it.
 */
#ifndef MT_BASE_VALUE_H
#define MT_BASE_VALUE_H

#include "base/err.h"
#include "base/pool.h"
#include "base/range.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MT_NAME_MAX 15	/* bytes of a device's name: IFNAMSIZ - 1 */
#define MT_TEXT_MAX 255 /* bytes of a text: IFALIASZ - 1 */

enum mt_type {
	MT_NAME,   /* a device's name */
	MT_LINK,   /* another device: a name here, an ifindex on the wire */
	MT_TEXT,   /* 1..255 bytes without NUL */
	MT_UINT,   /* an unsigned number of 1, 2, 4 or 8 bytes on the wire */
	MT_BOOL,   /* true or false */
	MT_MAC,	   /* six bytes */
	MT_IP,	   /* an IPv4 or IPv6 address */
	MT_PREFIX, /* an address with its prefix length */
	MT_ENUM,   /* one of a list of names, each with its number */
	MT_USER,   /* a uid; its text may be a user's name, looked up when it is parsed */
	MT_GROUP,  /* a gid, likewise */
	MT_RANGE,  /* a number, or a range of them: 80, 8000-8099 */
	MT_VIDS,   /* a set of VLAN IDs: 20,30-40 */
};

/* The order in which steps are applied; undo goes the other way. */
enum mt_phase {
	MT_PHASE_MAKE,	 /* the device */
	MT_PHASE_FIELDS, /* what it is like */
	MT_PHASE_MASTER, /* into its bridge */
	MT_PHASE_PORT,	 /* as a port: before it is up */
	MT_PHASE_FDB,	 /* which addresses its bridge has on it: once it is in its VLANs */
	MT_PHASE_GUARD,	 /* what it may send: before it is up in its bridge */
	MT_PHASE_CONF,	 /* its net.ipv4.conf and net.ipv6.conf: before it is up, too */
	MT_PHASE_UP,
	MT_PHASE_ADDR,
	MT_PHASE_ROUTE,
	MT_PHASE_NEIGH,
	MT_PHASE_NAT,  /* what draws other packets to it: once it has its addresses and routes */
	MT_PHASE_RATE, /* how much it may send and get */
	MT_PHASES
};

/* How undo reverts a field. */
enum mt_revert {
	MT_REVERT_PLAIN,  /* by setting it to what it was */
	MT_REVERT_FIXED,  /* not at all: set when the object is created, never changed */
	MT_REVERT_STICKY, /* not where a device computes it: once set, it is never computed again */
	MT_REVERT_WITH_MASTER, /* by itself: it is lost when the device leaves its master */
};

enum {
	MT_FIELD_NONE = 1,	   /* may be none: `none` in text, false in Lua, null in JSON */
	MT_FIELD_CUSTOM = 2,	   /* no plain attribute: the kind's own code reads and writes it */
	MT_FIELD_MARK = 4,	   /* on a device that moontap creates, holds moontap's mark */
	MT_FIELD_IDENTITY = 8,	   /* on a device that moontap creates, derived from its name */
	MT_FIELD_WRITE_ONLY = 16,  /* the kernel takes it and never shows it again */
	MT_FIELD_NO_TAKEAWAY = 32, /* on a device that we did not create, never cleared */
	MT_FIELD_USERS = 64,	   /* only who is not root needs its right */
	MT_FIELD_USUAL = 128,	   /* its default needs no right */
	MT_FIELD_CARRIES = 256,	   /* when somebody changes it, the device's guest is cut off */
	MT_FIELD_GUARDS = 512,	   /* when somebody changes it, guests are no longer kept apart */
	MT_FIELD_OPENER = 1024,	   /* each opener of the device sets it: a difference is no drift */
	MT_FIELD_OURS = 2048,	   /* changed only on the NIC's own device and those that moontap
				    * created */
	MT_FIELD_NOTED = 4096,	   /* records what another field was before the first claim */
	MT_FIELD_BIG_ENDIAN = 8192, /* a number in network order on the wire */
	MT_FIELD_PARENT = 16384,    /* the master of the device: see MT_REVERT_WITH_MASTER */
	MT_FIELD_GROUP = 32768,	    /* devices of one group are deleted by one request */
	MT_FIELD_FORGETS = 65536,   /* its change takes away what mt_kind.forgotten() says */
	MT_FIELD_AGREED = 262144,   /* the same for all NICs: no two claims disagree about it */
	MT_FIELD_OWNER =
		524288, /* whose object it is: the plan's NIC and this boot, never declared */
	MT_FIELD_NEWER = 131072, /* Debian 12's ip(8) and bridge(8) do not know ip_arg */

	/* the kernel's value may differ from what was put, and nothing is wrong */
	MT_FIELD_UNCOMPARED = MT_FIELD_WRITE_ONLY | MT_FIELD_OPENER | MT_FIELD_NOTED,
};

struct mt_enum_name {
	const char *name;
	uint32_t value;
};

struct mt_field {
	const char *name; /* in Lua, text, JSON and messages */
	enum mt_type type;
	uint8_t size;	   /* MT_UINT, MT_BOOL, MT_ENUM: bytes on the wire; MT_RANGE: of each end */
	uint8_t phase;	   /* enum mt_phase; of kinds that are added and deleted whole: unused */
	uint8_t revert;	   /* enum mt_revert */
	uint32_t flags;	   /* MT_FIELD_* */
	uint16_t attr;	   /* netlink attribute in the kind's own nest */
	uint16_t attr6;	   /* MT_IP, MT_PREFIX: the one for IPv6; 0: attr is for both families */
	uint64_t min, max; /* MT_UINT, MT_RANGE; max 0: what size holds */
	const char *unit;  /* "bytes"; NULL: none */
	const char *ip_arg;  /* ip(8)'s keyword for it; "": the bare value; NULL: it has none */
	const char *ip_none; /* ip(8)'s keyword for none, or for false; NULL: it has none */
	const struct mt_enum_name *enum_names; /* MT_ENUM: the list, ended by a NULL name */
	const struct mt_field *right; /* what plans need to use a value of it: base/right.h; NULL */
	uint8_t notes;	     /* MT_FIELD_NOTED: the index of the field whose value is noted */
	const char *devices; /* MT_LINK: the kinds of device that it may be; NULL: any */
	const char *doc;     /* one line */
};

/* Unset: not touched, or not known. None: the object has, or is to have, no such value. */
enum mt_field_state { MT_UNSET = 0, MT_NONE, MT_SET };

struct mt_value {
	uint8_t state;	/* enum mt_field_state */
	uint8_t family; /* MT_IP, MT_PREFIX: AF_INET or AF_INET6 */
	uint8_t plen;	/* MT_PREFIX */
	bool automatic; /* read from the kernel: the device computes it (MT_REVERT_STICKY) */
	union {
		uint64_t u;		    /* MT_UINT, MT_BOOL, MT_ENUM, MT_USER, MT_GROUP */
		uint8_t b[16];		    /* MT_MAC, MT_IP, MT_PREFIX: network order */
		char name[MT_NAME_MAX + 1]; /* MT_NAME, MT_LINK */
		struct mt_range range;	    /* MT_RANGE */
		const char *text; /* MT_TEXT, MT_VIDS (canonical): owned by a pool, or borrowed */
	};
};

/** mt_field_is_text() - whether its values are pointers to texts, owned by a pool or borrowed */
static inline bool mt_field_is_text(const struct mt_field *f)
{
	return f->type == MT_TEXT || f->type == MT_VIDS;
}

#define MT_VALUE_TEXT 256 /* bytes that hold the text of any value that is no text, and its NUL */

/**
 * mt_value_parse() - read a value that is set from its text
 * @f:	the field
 * @s:	what mt_value_print() writes of a set value
 * @p:	where a text is kept; NULL: it is borrowed from @s, where VLAN IDs must be canonical
 * @v:	out; unset on failure
 * @e:	out: what was wrong with it and what would be right; no op, no subject
 *
 * Return: 0, -EINVAL, or -ENOMEM.
 */
int mt_value_parse(const struct mt_field *f, const char *s, struct mt_pool *p, struct mt_value *v,
		   struct mt_err *e);

/** mt_value_none() - set @v to none. Return: 0; -EINVAL, @e filled: the field cannot be none. */
int mt_value_none(const struct mt_field *f, struct mt_value *v, struct mt_err *e);

/** mt_value_print() - the value's text, unescaped; "none"; "" when unset
 *
 * Return: @buf, or the value's own text: use this, not @buf.
 */
const char *mt_value_print(const struct mt_field *f, const struct mt_value *v,
			   char buf[static MT_VALUE_TEXT]);

/** mt_value_equal() - the same state and, when set, the same value */
bool mt_value_equal(const struct mt_field *f, const struct mt_value *a, const struct mt_value *b);

/** mt_value_is_link_local() - whether a set address or prefix is in fe80::/10 */
bool mt_value_is_link_local(const struct mt_value *v);

/** mt_prefix_has_host_bits() - whether a prefix has bits beyond its length: 10.0.0.1/24 */
bool mt_prefix_has_host_bits(const struct mt_value *prefix);

/** mt_value_expects() - what a field takes, for a message: "68..65521 bytes". Returns @buf. */
const char *mt_value_expects(const struct mt_field *f, char *buf, size_t n);

/** mt_name_valid() - a name that the kernel takes for a device: net/core/dev.c dev_valid_name() */
bool mt_name_valid(const char *s);
#define MT_NAME_RULE "it is no name for a device: 1..15 bytes without blanks, '/', ':' or '%%'"

/** mt_name_reserved() - whether it is "all" or "default", which net.ipv4.conf has for all devices
 * and for those to come, so that no device can have it: net/ipv4/devinet.c
 * devinet_sysctl_register() */
bool mt_name_reserved(const char *s);
#define MT_NAME_RESERVED "it is no name for a device: the kernel keeps all and default for itself"

/** mt_name_from() - a set value of type MT_NAME or MT_LINK; @s must be valid */
struct mt_value mt_name_from(const char *s);

static inline struct mt_value mt_uint(uint64_t u)
{
	return (struct mt_value){ .state = MT_SET, .u = u };
}

#endif
