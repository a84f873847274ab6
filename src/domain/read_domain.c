/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * read_domain.c - a document: the domain's own facts, its metadata, and its interfaces one by one
 *
 * Sources: conf/domain_conf.c virDomainDefParseIDs() and virDomainDefParseXML(),
 * conf/domain_validate.c virDomainDefValidateAliases().
 */
#include "domain/domain.h"
#include "domain/element.h"
#include "domain/interface.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\r\n"

struct doc {
	struct mt_element *root;
	const struct mt_domain_options *o;
	struct mt_facts b;
	struct mt_fact *facts;
	struct mt_pool *scratch;
	struct mt_err *e;
};

static const char *file(const struct doc *d)
{
	return d->o->name ? d->o->name : "-";
}

/* --- the domain's own facts ------------------------------------------------------------------- */

static const char *text_of(struct doc *d, const char *path)
{
	const struct mt_element *el = mt_nic_find(d->root, path, NULL);
	const char *text = el ? mt_pool_copy(d->scratch, el->text, el->text_n) : NULL;

	d->b.failed |= el && !text;
	return text && *text ? text : NULL;
}

static int read_name(struct doc *d, struct mt_fact *domain)
{
	const struct mt_element *el = mt_element_child(d->root, "name");
	const char *name = text_of(d, "name");

	if (d->b.failed)
		return 0;
	if (!name)
		return mt_element_bad(d->e, file(d), el ? el : d->root,
				      "<domain>: must have a <name>");
	if (strchr(name, '/') || strchr(name, '\n'))
		return mt_element_bad(d->e, file(d), el,
				      "<name>%.64s</name>: must not have / or a line's end", name);
	mt_fact_string(&d->b, domain, "name", name);
	return 0;
}

static int read_uuid(struct doc *d, struct mt_fact *domain)
{
	const char *text = text_of(d, "uuid");
	char uuid[37];

	if (!text)
		return 0;
	if (!mt_uuid(text, uuid))
		return mt_element_bad(d->e, file(d), mt_element_child(d->root, "uuid"),
				      "<uuid>%.64s</uuid>: must be a UUID", text);
	mt_fact_string(&d->b, domain, "uuid", uuid);
	return 0;
}

/* Only a running domain has an id: an inactive document's is ignored (virDomainDefParseIDs()). */
static int read_id(struct doc *d, struct mt_fact *domain)
{
	const char *text = mt_element_get(d->root, "id");
	uint64_t id;

	if (d->o->inactive || !text)
		return 0;
	if (!mt_number(text, 10, INT32_MAX, &id) && !d->o->libvirt)
		return 0;
	if (!mt_number(text, 10, INT32_MAX, &id))
		return mt_element_bad(d->e, file(d), d->root,
				      "<domain id='%.64s'>: must be a number", text);
	mt_fact_integer(&d->b, domain, "id", id);
	return 0;
}

static void read_text(struct doc *d, struct mt_fact *domain, const char *name, const char *path)
{
	const char *text = text_of(d, path);

	if (text)
		mt_fact_string(&d->b, domain, name, text);
}

/* --- metadata --------------------------------------------------------------------------------- */

/* An element's own character data: without its children's, and without blanks at either end. */
static void read_own_text(struct doc *d, const struct mt_element *el, struct mt_fact *in)
{
	char *own = mt_pool_alloc(d->scratch, el->text_n + 1), *to = own;
	const char *at = el->text, *end = el->text + el->text_n;

	d->b.failed |= !own;
	if (!own)
		return;
	mt_element_each(c, el)
	{
		to = mempcpy(to, at, c->text - at);
		at = c->text + c->text_n;
	}
	to = mempcpy(to, at, end - at);
	while (to > own && strchr(BLANKS, to[-1]))
		to--;
	*to = '\0';
	own += strspn(own, BLANKS);
	if (*own)
		mt_fact_string(&d->b, in, "text", own);
}

static const char *keep(struct doc *d, const char *s)
{
	const char *c = mt_pool_copy(d->b.pool, s, strlen(s));

	d->b.failed |= !c;
	return c;
}

/* Recursion is at most MT_XML_DEPTH_MAX deep, as elements are. */
static void read_metadata(struct doc *d, const struct mt_element *of, struct mt_fact *list)
{
	mt_element_each(el, of)
	{
		struct mt_fact *f = mt_fact_object(&d->b, list, ""), *in;

		if (el->ns)
			mt_fact_string(&d->b, f, "ns", el->ns);
		mt_fact_string(&d->b, f, "name", el->name);
		in = mt_fact_object(&d->b, f, "attributes");
		for (const struct mt_attribute *a = el->attributes; a; a = a->next)
			if (!mt_fact_get(in, a->name))
				mt_fact_string(&d->b, in, keep(d, a->name), a->value);
		read_own_text(d, el, f);
		in = mt_fact_array(&d->b, f, "children");
		if (d->b.failed)
			return;
		read_metadata(d, el, in);
	}
}

static int read_domain(struct doc *d)
{
	const struct mt_element *metadata = mt_element_child(d->root, "metadata");
	struct mt_fact *domain = mt_fact_object(&d->b, d->facts, "domain"), *list;
	const char *type = mt_element_get(d->root, "type");
	int r = read_name(d, domain);

	if (!r)
		r = read_uuid(d, domain);
	if (!r)
		r = read_id(d, domain);
	if (r)
		return r;
	if (type)
		mt_fact_string(&d->b, domain, "type", type);
	read_text(d, domain, "title", "title");
	read_text(d, domain, "description", "description");
	read_text(d, domain, "os_type", "os/type");
	list = mt_fact_array(&d->b, domain, "metadata");
	if (metadata && list)
		read_metadata(d, metadata, list);
	return 0;
}

/* --- interfaces ------------------------------------------------------------------------------- */

static int read_nics(struct doc *d)
{
	struct mt_fact *nics = mt_fact_array(&d->b, d->facts, "nics");
	const struct mt_element *devices = mt_element_child(d->root, "devices"), *el;
	const struct mt_element *metadata = mt_element_child(d->root, "metadata");
	const char *hypervisor = mt_element_get(d->root, "type");

	for (; devices; devices = mt_element_again(devices))
		for (el = mt_element_child(devices, "interface"); el; el = mt_element_again(el)) {
			struct mt_nic nic = { .el = el,
					      .metadata = metadata,
					      .o = d->o,
					      .hypervisor = hypervisor ? hypervisor : "",
					      .b = &d->b,
					      .e = d->e };
			int r = mt_nic_read(&nic, nics);

			if (r || d->b.failed)
				return r;
		}
	return 0;
}

static bool of_interface(const struct mt_element *el)
{
	return !strcmp(el->parent->name, "interface");
}

static int by_alias(const void *a, const void *b)
{
	const struct mt_element *x = *(struct mt_element *const *)a;
	const struct mt_element *y = *(struct mt_element *const *)b;
	int r = strcmp(mt_element_get(x, "name"), mt_element_get(y, "name"));

	/* Of equal aliases an interface's is first: check_aliases() compares neighbours only. */
	return r ? r : of_interface(y) - of_interface(x);
}

/* The aliases that a user gave to devices, into @all; NULL: count them only. Return: how many. */
static size_t collect_aliases(const struct doc *d, const struct mt_element **all)
{
	const struct mt_element *devices = mt_element_child(d->root, "devices");
	size_t n = 0;

	for (; devices; devices = mt_element_again(devices))
		mt_element_each(device, devices)
		{
			const struct mt_element *el = mt_nic_find(device, "alias+", "name");

			if (!el || strncmp(mt_element_get(el, "name"), "ua-", 3))
				continue;
			if (all)
				all[n] = el;
			n++;
		}
	return n;
}

/* Refuse an alias that an interface shares. Among other devices libvirt may check it. */
static int check_aliases(struct doc *d)
{
	size_t n = collect_aliases(d, NULL);
	const struct mt_element **all = mt_pool_alloc(d->scratch, n * sizeof *all);

	d->b.failed |= !all;
	if (!all)
		return 0;
	collect_aliases(d, all);
	qsort(all, n, sizeof *all, by_alias);
	for (size_t i = 1; i < n; i++) {
		const char *name = mt_element_get(all[i], "name");

		if (!strcmp(name, mt_element_get(all[i - 1], "name")) && of_interface(all[i - 1]))
			return mt_element_bad(d->e, file(d), all[i],
					      "<alias name='%.64s'>: must be of one device", name);
	}
	return 0;
}

/* --- the whole -------------------------------------------------------------------------------- */

static int read_doc(struct doc *d)
{
	int r;

	if (strcmp(d->root->name, "domain"))
		return mt_element_bad(d->e, file(d), d->root, "<%.64s>: must be <domain>",
				      d->root->name);
	d->facts = mt_fact_object(&d->b, NULL, "");
	r = read_domain(d);
	mt_metadata_drop_namespace(d->root); /* policies see the metadata as it is */
	if (!r)
		r = read_nics(d);
	if (!r && d->o->libvirt)
		r = check_aliases(d);
	return r;
}

/* Add the version to the message: another libvirt may accept the document. */
static void name_version(const struct mt_domain_options *o, struct mt_err *e)
{
	size_t n = strlen(e->text);

	snprintf(e->text + n, sizeof e->text - n, " (by the rules of libvirt %u.%u)",
		 o->libvirt / 1000, o->libvirt % 1000);
}

int mt_domain_facts(struct mt_element *root, const struct mt_domain_options *o,
		    struct mt_pool *scratch, struct mt_pool *p, struct mt_fact **facts,
		    struct mt_err *e)
{
	struct doc d = { .root = root, .o = o, .b.pool = p, .scratch = scratch, .e = e };
	int r = read_doc(&d);

	if (r == -EINVAL && o->libvirt && !d.b.no_rule)
		name_version(o, e);
	if (!r && d.b.failed)
		r = mt_fail(e, ENOMEM, "xml", file(&d), NULL);
	*facts = r ? NULL : d.facts;
	return r;
}

int mt_domain_read(const struct mt_xml *xml, const char *bytes, size_t n,
		   const struct mt_domain_options *o, struct mt_pool *p, struct mt_fact **facts,
		   struct mt_err *e)
{
	struct mt_pool scratch = { .limit = MT_DOMAIN_MEMORY };
	struct mt_element *root;
	int r = xml->parse(bytes, n, o->name ? o->name : "-", &scratch, &root, e);

	*facts = NULL;
	if (!r)
		r = mt_domain_facts(root, o, &scratch, p, facts, e);
	mt_pool_free(&scratch);
	return r;
}
