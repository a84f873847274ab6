/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * interface.h - the tables of libvirt's rules for an <interface>, and what reads one by them
 *
 * Three tables hold libvirt's rules. The inventory (inventory.c) has a row for each attribute:
 * most of what libvirt learns to read is one more row there. What is no plain attribute (a list,
 * addresses that must fit each other) is a part, one function each (parts.c, readers.h). What must
 * hold between several of them is a rule, one function each (rules.c, rules_qemu.c).
 *
 * Rows and rules are those of several versions of libvirt: `since` and `until` say which. Where the
 * exact version of a change is not known, `since` and `until` have the version in which the change
 * was found.
 */
#ifndef MT_DOMAIN_INTERFACE_H
#define MT_DOMAIN_INTERFACE_H

#include "domain/domain.h"
#include "domain/element.h"
#include "domain/facts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The interface types, in the order of their names in mt_nic_types[]. */
enum mt_nic_type {
	MT_NIC_USER,
	MT_NIC_ETHERNET,
	MT_NIC_VHOSTUSER,
	MT_NIC_SERVER,
	MT_NIC_CLIENT,
	MT_NIC_MCAST,
	MT_NIC_NETWORK,
	MT_NIC_BRIDGE,
	MT_NIC_INTERNAL,
	MT_NIC_DIRECT,
	MT_NIC_HOSTDEV,
	MT_NIC_UDP,
	MT_NIC_VDPA,
	MT_NIC_NULL,
	MT_NIC_VDS,
	MT_NIC_UNKNOWN_TYPE, /* a type that only a newer libvirt has */
};
extern const char *const mt_nic_types[]; /* ends with NULL, as all lists of names here */

#define MT_BIT(type) (1u << (type))
#define MT_SOCKETS \
	(MT_BIT(MT_NIC_SERVER) | MT_BIT(MT_NIC_CLIENT) | MT_BIT(MT_NIC_MCAST) | MT_BIT(MT_NIC_UDP))

/* What an attribute's text must be, and what kind of fact it becomes. */
enum mt_attr_type {
	MT_ATTR_TEXT,	  /* anything: a string */
	MT_ATTR_ENUM,	  /* one of .names: a string */
	MT_ATTR_ENUM_ANY, /* one of .names in any case, or letters, digits, _ and -: a string */
	MT_ATTR_YES_NO,	  /* a boolean */
	MT_ATTR_ON_OFF,	  /* a boolean */
	MT_ATTR_UINT,	  /* no minus, at most .max: an integer */
	MT_ATTR_INT,	  /* a 32 bit number: a string, in decimal */
	MT_ATTR_INT64,	  /* a 64 bit number: a string, in decimal */
	MT_ATTR_UUID,	  /* a string: lower case, with dashes */
	MT_ATTR_MAC,	  /* six numbers, unicast: a string: lower case, two digits each */
	MT_ATTR_PATH,	  /* a string: slashes tidied */
};

enum mt_attr_flag {
	MT_REQUIRED = 1,  /* an attribute: refused when it is absent */
	MT_NOT_EMPTY = 2, /* an empty text is an absent one (virXPathString) */
	MT_FORGIVEN = 4,  /* a wrong value counts as absent */
	/*
	 * Load-bearing: moontap cannot connect an interface of type ethernet without understanding
	 * this attribute. Anything else that is not understood in a document that libvirt has
	 * accepted is skipped.
	 */
	MT_LOAD = 8,
};

struct mt_nic;

struct mt_attr_row {
	/*
	 * Its path below <interface>; "" is <interface> itself. Of several elements of one name
	 * libvirt reads the first. Where it uses an XPath, which a + marks here, it may read a
	 * later one: "driver+/host" is the first host in any driver, "model+" the first model that
	 * has the attribute.
	 */
	const char *element;
	const char *attribute; /* NULL: the element's text */
	enum mt_attr_type type;
	const char *fact;		     /* its path; NULL: only checked */
	unsigned types;			     /* MT_BIT()s of the types that have it; 0: all */
	bool (*when)(const struct mt_nic *); /* whether to read it; NULL: always */
	unsigned flags;			     /* enum mt_attr_flag */
	const char *const *names;	     /* of MT_ATTR_ENUM */
	uint64_t min, max;		     /* of MT_ATTR_UINT; max 0: 32 bits */
	int base;	       /* of MT_ATTR_UINT; 0: decimal; MT_ANY_BASE: as C writes it */
	uint64_t least;	       /* a smaller number, or earlier name, is no fact */
	const char *otherwise; /* the fact when absent */
	unsigned since, until; /* MT_LIBVIRT(): from this version on, before that one; 0: all */
};

#define MT_ANY_BASE (-1)

struct mt_part {
	const char *element; /* read when there is one */
	unsigned types;
	int (*read)(struct mt_nic *nic, const struct mt_element *el);
};

struct mt_rule {
	const char *name;
	unsigned types;
	int (*holds)(struct mt_nic *nic);
	unsigned since, until; /* as of a row; no rule is load-bearing */
};

extern const struct mt_attr_row mt_inventory[];
extern const size_t mt_inventory_n;
extern const struct mt_part mt_parts[];
extern const size_t mt_parts_n;
extern const struct mt_rule mt_rules[];
extern const size_t mt_rules_n;
extern const struct mt_rule mt_rules_qemu[];
extern const size_t mt_rules_qemu_n;

/* One interface while it is read. */
struct mt_nic {
	const struct mt_element *el;	   /* the <interface>; or moontap's, see own */
	const struct mt_element *own;	   /* the <interface> while el is moontap's; else NULL */
	const struct mt_element *metadata; /* the domain's; NULL: it has none */
	const struct mt_domain_options *o;
	enum mt_nic_type type;
	const char *host_address; /* type hostdev: "pci", "usb", …; else "" */
	const char *hypervisor;	  /* the domain's type; "" when it is not said */
	struct mt_fact *unknown;  /* what was skipped; NULL: nothing */
	bool fatal;		  /* a load-bearing attribute is wrong: refuse the document */
	struct mt_facts *b;
	struct mt_fact *facts;
	struct mt_err *e;
};

/* Bytes that a document's elements may take. 8 MiB of <a/> would need more; no real domain does. */
#define MT_DOMAIN_MEMORY (160ul << 20)

/**
 * mt_domain_facts() - the facts of a parsed document
 * @root:	in moontap's metadata moontap's namespace is dropped
 * @scratch:	for what is needed while reading only
 *
 * The rest is as for mt_domain_read().
 */
int mt_domain_facts(struct mt_element *root, const struct mt_domain_options *o,
		    struct mt_pool *scratch, struct mt_pool *p, struct mt_fact **facts,
		    struct mt_err *e);

/**
 * mt_nic_read() - the facts of an <interface>
 * @nic:	el, o, b and e filled; @nic->facts becomes a member of @nics
 *
 * Return: 0; or -EINVAL with @nic->e filled. Lack of memory shows only in @nic->b->failed.
 */
int mt_nic_read(struct mt_nic *nic, struct mt_fact *nics);

/**
 * mt_nic_pass() - skip what is not understood, where that is allowed
 * @r:		what reading it returned; with anything but -EINVAL there is nothing to skip
 * @load:	it is load-bearing (MT_LOAD)
 *
 * Return: 0 when it is skipped, and listed in @nic->unknown; else @r.
 */
int mt_nic_pass(struct mt_nic *nic, int r, bool load);

/* Let what is in moontap's namespace inside of moontap's metadata have none: both mean the same. */
void mt_metadata_drop_namespace(struct mt_element *root);

/* What moontap's own metadata says of the interface, in libvirt's words; NULL: nothing. It is an
 * <interface mac=''> by itself, or in another element of moontap's. @nic->facts has the MAC. */
const struct mt_element *mt_nic_metadata(const struct mt_nic *nic);

/* Whether moontap's metadata may have the element: "vlan". */
bool mt_metadata_has(const char *element);

/* Name all that @el, moontap's <interface>, has and may not have. What is in somebody else's
 * namespace does not count. Returns 0, or -EINVAL with @nic->e filled. */
int mt_metadata_check(struct mt_nic *nic, const struct mt_element *el);

/* The element at a row's path, see mt_attr_row; NULL: none. */
const struct mt_element *mt_nic_find(const struct mt_element *el, const char *path,
				     const char *attribute);

/* Whether a version is @since or later, and before @until (0: no end). */
bool mt_libvirt_is_within(unsigned version, unsigned since, unsigned until);

/* Whether the model is one of virtio's, as virDomainNetIsVirtioModel() has it. */
bool mt_nic_virtio(const struct mt_nic *nic);

/* Fill the error about an element of @nic. Returns -EINVAL. */
#define mt_nic_bad(nic, el, ...) \
	mt_element_bad((nic)->e, (nic)->o->name ? (nic)->o->name : "-", el, __VA_ARGS__)

/* The element that an error is about: the <interface>'s child, or without one the <interface>. */
const struct mt_element *mt_nic_child(const struct mt_nic *nic, const char *name);

/* The interface's type, as the document has it. */
const char *mt_nic_type(const struct mt_nic *nic);

/* Whether the facts read so far have the string @text at a path. */
bool mt_nic_says(const struct mt_nic *nic, const char *path, const char *text);

/*
 * One attribute of an element, by a row's rules: its fact, if any, becomes the member of @in that
 * the last part of row->fact names. Returns 0 or -EINVAL.
 */
int mt_nic_row(struct mt_nic *nic, const struct mt_attr_row *row, const struct mt_element *el,
	       struct mt_fact *in);

/* --- values: the text of one attribute, by its row -------------------------------------------- */

struct mt_parsed {
	enum { MT_PARSED_STRING, MT_PARSED_NUMBER, MT_PARSED_TRUTH } is;
	const char *string; /* the text itself, a name, or in room[] */
	uint64_t number;
	bool truth;
	char room[40];
};

/**
 * mt_scalar_parse() - text to value
 * @pool:	for what has no room in @v
 * @want:	room for what would be right, "must be yes or no"
 *
 * Return: 0; -EINVAL: refused, @want filled; or -ENOMEM.
 */
int mt_scalar_parse(const struct mt_attr_row *row, const char *text, struct mt_pool *pool,
		    struct mt_parsed *v, char *want, size_t want_n);

/* A number as libvirt's virStrToLong_* read it: blanks and + before it, nothing after it. */
bool mt_number(const char *s, int base, uint64_t max, uint64_t *n);

/* 32 hexadecimal digits with - and blanks between, to libvirt's spelling. */
bool mt_uuid(const char *s, char out[37]);

#endif
