/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * domain.h - a libvirt domain's XML: read it, change it, check it
 *
 * libxml2 is in a module of its own, which mt_xml_open() loads: the rest of moontap sees XML
 * through the functions below and never links libxml2. Only mt_xml_open() and
 * mt_domain_schema_open() open files.
 */
#ifndef MT_DOMAIN_DOMAIN_H
#define MT_DOMAIN_DOMAIN_H

#include "base/err.h"
#include "base/pool.h"
#include "domain/facts.h"

#include <stdbool.h>
#include <stddef.h>

#define MT_DOMAIN_BYTES_MAX (8ul << 20) /* a document that is larger is refused */
#define MT_DEV_SIZE	    16		/* a device's name and its NUL: IFNAMSIZ of net/if.h */

/* A version of libvirt, as the rows of inventory.c compare it. */
#define MT_LIBVIRT(major, minor) ((major)*1000u + (minor))
#define MT_LIBVIRT_OLDEST	 MT_LIBVIRT(9, 0)
#define MT_LIBVIRT_NEWEST	 MT_LIBVIRT(12, 8) /* its rules hold for later versions, too */

struct mt_xml; /* the loaded module; its inside is domain/element.h */

/**
 * mt_xml_open() - load the XML module
 * @path:	of moontap-xml.so
 * @xml:	out: good until the process ends; NULL on failure
 * @e:		out: filled on failure
 *
 * Call it before a seccomp filter forbids opening files; reading and rewriting open none
 * afterwards.
 *
 * Return: 0, or -ENOENT when the module, or a library that it needs, cannot be loaded.
 */
int mt_xml_open(const char *path, const struct mt_xml **xml, struct mt_err *e);

/* How a document is to be understood. Zeroed is a live document from standard input. */
struct mt_domain_options {
	const char *name; /* for messages: "web.xml"; NULL: "-" */
	bool inactive;	  /* as libvirt defines a domain: generated names and aliases are dropped */
	const char *prefix; /* names with this prefix are generated, too (libxl: "vif"); or NULL */
	/*
	 * The document must fit the rules of this version, MT_LIBVIRT(). 0: libvirt has accepted
	 * the document already; what moontap does not understand is newer than moontap, and is
	 * skipped.
	 */
	unsigned libvirt;
	bool vocabulary; /* with .libvirt: a schema has accepted values that are unknown here */
};

/**
 * mt_domain_load() - read all bytes of an open descriptor
 * @fd:		read to its end; not closed
 * @o:		for messages
 * @bytes, @n:	out: the caller frees them; NULL and 0 on failure
 * @e:		out: filled on failure
 *
 * Return: 0; -EINVAL for more than MT_DOMAIN_BYTES_MAX; or -errno of read(2).
 */
int mt_domain_load(int fd, const struct mt_domain_options *o, char **bytes, size_t *n,
		   struct mt_err *e);

/**
 * mt_domain_read() - read the facts of a domain's XML
 * @xml:	the module
 * @bytes, @n:	the document
 * @o:		how to understand it
 * @p:		where the facts go
 * @facts:	out: { domain = { … }, nics = [ … ] }; NULL on failure
 * @e:		out: filled on failure; the subject is "web.xml:12"
 *
 * With @o->libvirt a document is accepted where that version accepts it, as far as its interfaces
 * go. Without, an interface is refused only for what moontap itself needs (MT_LOAD of interface.h),
 * and only when it is of type ethernet; what else is not understood is listed in its `unknown`.
 * @p's limit, where it has one, bounds the facts; MT_DOMAIN_MEMORY bounds what reading needs beside
 * them.
 *
 * Return: 0; -EINVAL for a document that is refused (not well-formed, has a DTD, is too large or
 * too deep, or says what libvirt would refuse); or -ENOMEM.
 */
int mt_domain_read(const struct mt_xml *xml, const char *bytes, size_t n,
		   const struct mt_domain_options *o, struct mt_pool *p, struct mt_fact **facts,
		   struct mt_err *e);

/* What happens to the attribute managed of one NIC's <target>. */
enum mt_edit_managed {
	MT_EDIT_KEEP, /* it stays as it is */
	MT_EDIT_UNSET,
	MT_EDIT_YES,
	MT_EDIT_NO,
};

struct mt_edit {
	size_t index; /* the NIC's, from 1 */
	enum mt_edit_managed managed;
	bool set_dev;	 /* false: the device's name stays */
	const char *dev; /* the new name; NULL: remove the attribute dev */
};

/**
 * mt_libvirt_parse() - "11.3" or "11.3.0" to MT_LIBVIRT(11, 3)
 *
 * Return: the version; 0: not a version, or older than MT_LIBVIRT_OLDEST.
 */
unsigned mt_libvirt_parse(const char *text);

/**
 * mt_domain_dropped() - list what an <interface type='ethernet'> asks for and nobody does
 * @facts:	of the whole document
 * @nic:	a NIC's facts
 * @i:		in, out: 0 for the first call; where the next call goes on
 *
 * Return: the next sentence, static; NULL: no more.
 */
const char *mt_domain_dropped(const struct mt_fact *facts, const struct mt_fact *nic, size_t *i);

/**
 * mt_domain_rewrite() - change the <target> elements of a document, and no other byte
 * @xml:	the module
 * @bytes, @n:	the document, in UTF-8
 * @o:		with inactive, device names by libvirt's rule for generated ones are removed, too
 * @edits:	any number, at most one a NIC, in any order
 * @out, @out_n: out: the caller frees it; NULL when nothing changes, and on failure
 * @e:		out: filled on failure
 *
 * The document is read first, and refused as mt_domain_read() refuses. All bytes outside of the
 * changed attributes (and of a <target> that gets or loses its last one) stay what they are.
 *
 * Return: 0; -EINVAL for a document or an edit that is refused; or -ENOMEM.
 */
int mt_domain_rewrite(const struct mt_xml *xml, const char *bytes, size_t n,
		      const struct mt_domain_options *o, const struct mt_edit *edits, size_t nedits,
		      char **out, size_t *out_n, struct mt_err *e);

/* The device names of one document, so that a new name differs from all of them. */
struct mt_names;

/**
 * mt_names_new() - collect the device names of a document's NICs
 * @facts:	of the whole document; kept as long as the names
 * @p:		where the names live
 *
 * Return: the names; NULL: no memory.
 */
struct mt_names *mt_names_new(const struct mt_fact *facts, struct mt_pool *p);

/**
 * mt_names_derive() - a device name for a NIC that has none
 *
 * The same each time for the same domain and MAC (for a NIC without one: index), 12 bytes long,
 * used by no NIC of the document, and with none of libvirt's prefixes for generated names.
 */
void mt_names_derive(const struct mt_names *names, const struct mt_fact *nic,
		     char name[MT_DEV_SIZE]);

/**
 * mt_domain_decide() - the edit that makes a NIC managed or unmanaged
 * @names:	of the NIC's document
 * @nic:	one of its NICs
 * @unmanaged:	true: make @nic unmanaged; false: managed
 * @dev:	the name that the policy wants for an unmanaged NIC, or NULL
 * @name:	room for a derived name; @edit may point to it
 * @edit:	out: changes nothing when the NIC is as wanted already
 * @e:		out: filled on failure
 *
 * An unmanaged NIC gets @dev, or keeps its name, or gets mt_names_derive()'s.
 *
 * Return: 0; or -EINVAL: not of type ethernet, or @dev is no name for a device.
 */
int mt_domain_decide(const struct mt_names *names, const struct mt_fact *nic, bool unmanaged,
		     const char *dev, char name[MT_DEV_SIZE], struct mt_edit *edit,
		     struct mt_err *e);

/** mt_domain_valid_dev() - whether a new device may have this name: 1 to 15 printable bytes, … */
bool mt_domain_valid_dev(const char *dev);

/**
 * mt_domain_generated() - whether libvirt takes a device name for one that it generated
 * @prefix:	of generated names beside libvirt's own; or NULL
 */
bool mt_domain_generated(const char *dev, const char *prefix);

/**
 * mt_domain_schema_open() - read a RELAX NG schema, such as libvirt's domain.rng
 * @xml:	the module
 * @rng:	the schema's path; it and what it includes are read
 * @e:		out: filled on failure
 *
 * Return: what mt_domain_validate() takes, to be closed; or NULL.
 */
void *mt_domain_schema_open(const struct mt_xml *xml, const char *rng, struct mt_err *e);
void mt_domain_schema_close(const struct mt_xml *xml, void *schema);

/**
 * mt_domain_validate() - check a document with a schema; opens no file
 * @schema:	of mt_domain_schema_open()
 * @bytes, @n:	the document
 * @o:		for messages
 * @e:		out: filled on failure
 *
 * Return: 0; -EINVAL when the schema refuses the document.
 */
int mt_domain_validate(const struct mt_xml *xml, void *schema, const char *bytes, size_t n,
		       const struct mt_domain_options *o, struct mt_err *e);

/**
 * mt_domain_schema_note() - name what libvirt's own schema would refuse in an accepted NIC
 * @nic:	a NIC's facts
 *
 * libvirt's parser accepts, and its formatter writes, what `virsh define --validate` refuses.
 *
 * Return: a sentence, static; or NULL.
 */
const char *mt_domain_schema_note(const struct mt_fact *nic);

#endif
