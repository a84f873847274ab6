/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kind.h - what a kind of host object is made of, and a record of one object
 *
 * A kind is a constant table of fields and a few functions; everything else is generic: difference,
 * journal, undo, text, Lua, JSON, sh commands, help.
 */
#ifndef MT_BASE_KIND_H
#define MT_BASE_KIND_H

#include "base/ref.h"
#include "base/value.h"

#define MT_FIELDS_MAX 32 /* bits of mt_record.set */

/* How many fields a kind's table has. One that has too many does not compile. */
#define MT_NFIELDS(table)                                                         \
	(sizeof(table) / sizeof *(table) +                                        \
	 0 * sizeof(struct {                                                      \
		 _Static_assert(sizeof(table) / sizeof *(table) <= MT_FIELDS_MAX, \
				"a kind has at most MT_FIELDS_MAX fields");       \
		 int unused;                                                      \
	 }))

/* What a step does with an object. */
enum mt_op {
	MT_SAME = '=',
	MT_ADD = '+',
	MT_CHANGE = '~',
	MT_DELETE = '-',
	/* only in journals: a NIC claims a shared object, or releases its claim */
	MT_CLAIM = '&',
	MT_RELEASE = '!',
};

enum {
	MT_KIND_FACET = 1,     /* part of a device: set, never added or deleted */
	MT_KIND_DEVICE = 2,    /* each of its objects is a device; facets are parts of one */
	MT_KIND_EXCLUSIVE = 4, /* the same key with other values is refused, never replaced */
	MT_KIND_OUTLIVES = 8,  /* it survives the deletion of the device that it names, and has a
				* reference of its own */
	MT_KIND_NOEXCL = 16,   /* put() never returns EEXIST: look before an add, under the lock */
	MT_KIND_LATE = 32,     /* added when the guest starts, not when it is prepared: libvirt
				* creates the device in between, and would delete it */
	MT_KIND_OWN = 64,      /* only of the NIC's own device: what others need of it would go */
	MT_KIND_WHOLE = 128,   /* a change sets every declared field, since sh() has commands for
				* all of them only */
	MT_KIND_KEPT = 512,    /* of one NIC, and it stays when that is disconnected: no journal has
				* it, and only a rollback deletes what its run added */
	MT_KIND_BEFORE_UP = 256, /* set before the device is up in a new bridge: until then it gets
				  * frames that are not for it */
	MT_KIND_LAST = 1024,	 /* undo deletes it after all else that is the NIC's own: it guards
				  * others until then */
	MT_KIND_RESTORED = 4096, /* the service puts it back when somebody took it away: it goes
				  * with what others restart, and guests are open meanwhile */
	MT_KIND_NAMED = 8192,	/* with MT_KIND_OUTLIVES: it takes a later device of that name, too,
				  * whoever makes it; so one that moontap put there and knows no more
				  * counts as absent, and is replaced */
	MT_KIND_UNREAD = 16384, /* policies cannot read it: who may ask for it may change it */
	MT_KIND_SERVES = 32768, /* of devices: it serves one NIC; so the plans of who is not root
				 * may make those that have the NIC's name: "mi-" and that */
	MT_KIND_REPLACED = 2048, /* with MT_KIND_WHOLE: a change replaces it, and its commands are
				  * those of its deletion and addition */
};

#define MT_NO_DEVICE UINT8_MAX

struct mt_kind;

/* One object of a kind: its keys, and the fields that someone cares about. Lives in a pool, or
 * where it is declared; texts in it live in a pool, or are borrowed. */
struct mt_record {
	const struct mt_kind *kind;
	struct mt_ref ref; /* of the object, or of the device it is on; set when it was read */
	uint32_t set; /* bit i: field i has a state other than MT_UNSET; kept by mt_record_put() */
	struct mt_value v[MT_FIELDS_MAX];
};

/** mt_each - gets each record that list() finds; the record and its texts are borrowed for the call
 *
 * Return: 0 to go on, 1 to stop without an error, -errno with @e filled to fail.
 */
typedef int (*mt_each)(const struct mt_record *r, void *data, struct mt_err *e);

/** mt_will - look up @key's object as it will be once the steps computed so far are applied
 *
 * Return: 0; -ENOENT: it will not exist; or another -errno.
 */
typedef int (*mt_will)(void *data, const struct mt_record *key, struct mt_record *will,
		       struct mt_err *e);

struct mt_kind {
	const char *name;
	const char *doc; /* one line */
	const struct mt_field *fields;
	uint8_t nfields;
	uint8_t nkeys;	  /* the first fields are the key */
	uint8_t required; /* how many of the keys must be declared; set_defaults() sets the rest */
	uint8_t device;	  /* index of the field that names the device the record is on, or
			   * MT_NO_DEVICE */
	uint8_t phase;	/* enum mt_phase of add and delete, and of a change of an exclusive kind */
	unsigned flags; /* MT_KIND_* */
	const struct mt_realm *realm; /* what numbers its objects; NULL: only the key tells them
				       * apart */
	const char *add; /* "ip link add dev %s type bridge": the command, %s is the first key */
	const char *set;
	const char *del;

	/**
	 * list() - what the kernel has that fits @filter's set keys (and its set link fields where
	 * the kernel can filter by them); a device that is not there yields nothing
	 *
	 * Return: 0, or -errno with @e filled.
	 */
	int (*list)(struct mt_host *h, const struct mt_record *filter, mt_each each, void *data,
		    struct mt_err *e);
	/**
	 * put() - add (exclusively), change or delete one object
	 * @r:	its keys (complete), and for add and change the fields to set; for a change of an
	 *	exclusive object all of them, since it is replaced; for a delete what list() showed,
	 *	as far as it is known. @r->ref, when set, is the object or device meant: another one
	 *	of that name is not touched (-ENODEV)
	 *
	 * Return: 0, or -errno with @e filled: -EEXIST when an add found it there.
	 */
	int (*put)(struct mt_host *h, enum mt_op op, const struct mt_record *r, struct mt_err *e);
	/** set_defaults() - set the keys and fields that are unset to the kernel's defaults; NULL:
	 * there are none */
	void (*set_defaults)(struct mt_record *r);
	/**
	 * resolve() - set the keys whose default depends on what the host will be like; NULL: no
	 * key's does
	 * @will:	call it with @data to look up an object
	 *
	 * Called once, when all steps of earlier phases are computed, and whether or not the object
	 * is there already.
	 * Return: 0; or -errno with @e saying what the host lacks.
	 */
	int (*resolve)(struct mt_record *r, mt_will will, void *data, struct mt_err *e);
	/**
	 * within() - the shared object that @r is in, complete: it is declared with @r; NULL: none
	 *
	 * Called when @r's keys are set, also those that resolve() sets.
	 */
	struct mt_record (*within)(const struct mt_record *r);
	/** check() - a rule about several fields (two that exclude each other); NULL: none */
	int (*check)(const struct mt_record *r, struct mt_err *e);
	/**
	 * needs() - check that what @r depends on will exist, and that the host has nothing that
	 * forbids @r; NULL: it depends only on the devices that it names
	 * @will:	call it with @data to look up an object
	 *
	 * Called while steps are computed, so that `moontap plan` fails like `up`.
	 * Return: 0; or -errno with @e saying what is missing.
	 */
	int (*needs)(struct mt_host *h, const struct mt_record *r, mt_will will, void *data,
		     struct mt_err *e);
	/**
	 * clash() - whether another object has what @r must have for itself, so that the kernel
	 * would refuse to add it; NULL: its key alone must be free
	 *
	 * Called for an add while steps are computed, too.
	 * Return: 0; or -errno with @e naming the other object.
	 */
	int (*clash)(struct mt_host *h, const struct mt_record *r, struct mt_err *e);
	const char *excludes; /* a kind that cannot be on the same device; NULL: none */
	const char *excludes_why;
	/**
	 * vacate() - whether an object that is there already would take a new device of this name;
	 * NULL: never. One that moontap left before this boot counts as none.
	 * @really:	delete that one; else only look
	 *
	 * Return: 0; -EEXIST: there is one, and it is somebody else's; or another -errno; @e filled.
	 */
	int (*vacate)(struct mt_host *h, const char *name, bool really, struct mt_err *e);
	/** lower_address() - whether the device has the MAC of the one that it is on, or can be
	 * given none, so that none is derived for it; NULL: never */
	bool (*lower_address)(const struct mt_record *r);
	/** settle() - wait until what put() did has taken effect; NULL: it takes effect at once.
	 * Return: 0; or -errno with @e filled: the step has failed. */
	int (*settle)(struct mt_host *h, const struct mt_record *r, struct mt_err *e);
	/** persist() - called once all steps are applied: let the added object outlive this
	 * process; NULL: it does anyway. Return: 0, or -errno with @e filled. */
	int (*persist)(struct mt_host *h, const struct mt_record *r, struct mt_err *e);
	/**
	 * busy() - whether others depend on what undo would delete or set back; NULL: never
	 * @op:		MT_DELETE, or MT_CHANGE with the fields to be set back in @r
	 * @why:	out: "eth3 is in it"
	 *
	 * Return: 1: they do; 0: they do not; or -errno with @e filled.
	 */
	int (*busy)(struct mt_host *h, enum mt_op op, const struct mt_record *r, char *why,
		    size_t n, struct mt_err *e);
	/** forgotten() - whether the kernel forgets an object when its device gets another MAC
	 * address (MT_FIELD_FORGETS); NULL: never */
	bool (*forgotten)(const struct mt_record *r);
	/** answers_for() - the field of @r with the IP address that this host answers for, on the
	 * device that @r is on, since @r is there; -1: none. NULL: never */
	int (*answers_for)(const struct mt_record *r);
	/**
	 * counted() - what the kernel has counted of an object, for people: "1200 frames, 3 of them
	 * dropped"; NULL: it counts nothing
	 * @text:	out; "" where the object is not there
	 *
	 * Return: 0, or -errno with @e filled.
	 */
	int (*counted)(struct mt_host *h, const struct mt_record *r, char *text, size_t n,
		       struct mt_err *e);
	/** sh() - the command lines, each ended by \n; NULL: add, set and del are enough. Returns
	 * as snprintf. */
	int (*sh)(enum mt_op op, const struct mt_record *r, char *buf, size_t n);
};

/** mt_kind_find() - by name in a NULL-ended table; NULL: no such kind */
const struct mt_kind *mt_kind_find(const struct mt_kind *const *kinds, const char *name);

/** mt_kind_field() - the index of a field; -1: no such field */
int mt_kind_field(const struct mt_kind *k, const char *name);

/** mt_kind_note() - the @nth remark on a field for help and manual, from 0; NULL: no more */
const char *mt_kind_note(const struct mt_kind *k, int field, int nth);

/** mt_kind_nearest() - the field whose name is nearest to a misspelt one; NULL: none is near */
const char *mt_kind_nearest(const struct mt_kind *k, const char *name);

/** mt_kind_lacks() - fill @e: the kernel was built without a field of @r, and shows none.
 * Return: -ENOTSUP. */
int mt_kind_lacks(const struct mt_record *r, int field, struct mt_err *e);

/** mt_record_put() - give one field a value, of any state, and update @r->set */
void mt_record_put(struct mt_record *r, int field, struct mt_value v);

static inline bool mt_record_has(const struct mt_record *r, int field)
{
	return r->set >> field & 1;
}

/** mt_record_device() - the name of the device that @r is on; "" when it has none */
const char *mt_record_device(const struct mt_record *r);

/** mt_record_subject() - the key in short, for messages: "10.0.0.1/24 on br0". Returns @buf. */
const char *mt_record_subject(const struct mt_record *r, char *buf, size_t n);

/** mt_record_key() - a record that has only @r's keys and reference */
struct mt_record mt_record_key(const struct mt_record *r);

/** mt_record_same_key() - the same kind and equal keys */
bool mt_record_same_key(const struct mt_record *a, const struct mt_record *b);

/** mt_record_only_notes() - whether only MT_FIELD_NOTED fields of a facet are set: no two NICs can
 * disagree about them, and undo has nothing to do */
bool mt_record_only_notes(const struct mt_record *r);

/** mt_record_is_agreed() - whether no two NICs can disagree about what is set beside the keys */
bool mt_record_is_agreed(const struct mt_record *r);

/** mt_record_keep() - copy @r's texts into @p. Return: 0 or -ENOMEM. */
int mt_record_keep(struct mt_record *r, struct mt_pool *p);

/** mt_record_check() - required keys are there, none is none, and the kind's own check
 *
 * Return: 0 or -EINVAL with @e filled (op: the kind).
 */
int mt_record_check(const struct mt_record *r, struct mt_err *e);

/**
 * mt_record_print() - "link name=vnet0 mtu=9000": kind and the set fields from @from on
 * @from:	0: the kind's name and all fields; else only fields from that index on, each with a
 *		blank before it
 *
 * Return: as snprintf: the length, whether or not it fitted into @n.
 */
size_t mt_record_print(const struct mt_record *r, int from, char *buf, size_t n);

/**
 * mt_record_parse() - read "name=value" words into a record that has its kind
 * @words:	@n NUL-ended words, unescaped in place
 *
 * Return: 0, -EINVAL (unknown field, bad value, a field twice), -ENOMEM; @e filled.
 */
int mt_record_parse(struct mt_record *r, char **words, size_t n, struct mt_pool *p,
		    struct mt_err *e);

/**
 * mt_record_read() - a whole line of mt_record_print()
 * @kinds:	the table that has its kind
 * @line:	overwritten
 *
 * Return: as mt_record_parse(), and -EINVAL for an unknown kind.
 */
int mt_record_read(const struct mt_kind *const *kinds, char *line, struct mt_record *r,
		   struct mt_pool *p, struct mt_err *e);

/** mt_record_get() - the one object with @key's keys, kept in @p
 *
 * Return: 0; -ENOENT: it is not there (@e not filled); or list()'s error.
 */
int mt_record_get(struct mt_host *h, const struct mt_record *key, struct mt_record *has,
		  struct mt_pool *p, struct mt_err *e);

/* What mt_record_list() found, in the kernel's order. */
struct mt_found {
	struct mt_found *next;
	struct mt_record r;
};

/** mt_record_list() - every object that has @filter's set fields, kept in @p
 * @first:	out: NULL: none
 * @n:		out: how many
 *
 * Unlike list(), it calls nobody while it reads the kernel's answer.
 * Return: 0, or list()'s error; -ENOMEM: no memory, or @p is at its limit.
 */
int mt_record_list(struct mt_host *h, const struct mt_record *filter, struct mt_pool *p,
		   struct mt_found **first, size_t *n, struct mt_err *e);

#endif
