/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nic_facts.c - helpers with which rows, parts and rules read an <interface> */
#include "domain/interface.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *const mt_nic_types[] = {
	"user",	    "ethernet", "vhostuser", "server", "client", "mcast", "network", "bridge",
	"internal", "direct",	"hostdev",   "udp",    "vdpa",	 "null",  "vds",     NULL,
};

/* --- finding ---------------------------------------------------------------------------------- */

static bool is(const struct mt_element *el, const char *name, size_t n)
{
	return *el->name == *name && !el->ns && !strncmp(el->name, name, n) && !el->name[n];
}

static bool has(const struct mt_element *el, const char *attribute)
{
	for (const struct mt_attribute *a = el->attributes; a; a = a->next)
		if (!a->ns && !strcmp(a->name, attribute))
			return true;
	return false;
}

const struct mt_element *mt_nic_find(const struct mt_element *el, const char *path,
				     const char *attribute)
{
	size_t n = strcspn(path, "+/");
	bool any = path[n] == '+';
	const char *rest = path + n + any;

	if (!*path)
		return el;
	mt_element_each(c, el)
	{
		const struct mt_element *found = c;

		if (!is(c, path, n))
			continue;
		if (*rest)
			found = mt_nic_find(c, rest + 1, attribute);
		else if (any && attribute && !has(c, attribute))
			continue;
		if (found || !any)
			return found;
	}
	return NULL;
}

bool mt_nic_virtio(const struct mt_nic *nic)
{
	const char *model = mt_fact_text_at(nic->facts, "model");

	return model &&
		(!strcmp(model, "virtio") || !strcmp(model, "virtio-transitional") ||
		 !strcmp(model, "virtio-non-transitional"));
}

const struct mt_element *mt_nic_child(const struct mt_nic *nic, const char *name)
{
	const struct mt_element *el = mt_element_child(nic->el, name);

	return el ? el : nic->el;
}

const char *mt_nic_type(const struct mt_nic *nic)
{
	return mt_fact_text_at(nic->facts, "type") ?: "";
}

bool mt_nic_says(const struct mt_nic *nic, const char *path, const char *text)
{
	const char *s = mt_fact_text_at(nic->facts, path);

	return s && !strcmp(s, text);
}

/* --- what is not understood ------------------------------------------------------------------ */

static void list_unknown(struct mt_nic *nic)
{
	if (!nic->unknown)
		nic->unknown = mt_fact_array(nic->b, NULL, "unknown");
	mt_fact_string(nic->b, nic->unknown, "", nic->e->text);
	nic->e->code = 0;
}

int mt_nic_pass(struct mt_nic *nic, int r, bool load)
{
	const struct mt_fact *index = mt_fact_get(nic->facts, "index");

	if (r != -EINVAL || nic->o->libvirt || nic->fatal)
		return r;
	if (load && nic->type == MT_NIC_ETHERNET) {
		nic->fatal = true;
		return mt_err_in_nic(nic->e, index ? (int)index->integer : 0, "");
	}
	list_unknown(nic);
	return 0;
}

/* --- one row --------------------------------------------------------------------------------- */

static const char *last_name(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot ? dot + 1 : path;
}

/* The text of an element and of all elements in it: XPath's string value. */
static const char *content(struct mt_nic *nic, const struct mt_element *el)
{
	const char *text = mt_pool_copy(nic->b->pool, el->text, el->text_n);

	nic->b->failed |= !text;
	return text;
}

static int refuse(struct mt_nic *nic, const struct mt_attr_row *row, const struct mt_element *el,
		  const char *text, const char *want)
{
	if (!text)
		return mt_nic_bad(nic, el, "<%s>: attribute %s is missing", el->name,
				  row->attribute);
	if (!row->attribute)
		return mt_nic_bad(nic, el, "<%s>%.64s</%s>: %s", el->name, text, el->name, want);
	return mt_nic_bad(nic, el, "<%s %s='%.64s'>: %s", el->name, row->attribute, text, want);
}

static void add(struct mt_nic *nic, const struct mt_attr_row *row, struct mt_fact *in,
		const struct mt_parsed *v)
{
	const char *name = last_name(row->fact);

	switch (v->is) {
	case MT_PARSED_STRING:
		if (!row->names || v->number >= row->least)
			mt_fact_string(nic->b, in, name, v->string);
		break;
	case MT_PARSED_NUMBER:
		if (v->number >= row->least)
			mt_fact_integer(nic->b, in, name, v->number);
		break;
	case MT_PARSED_TRUTH:
		mt_fact_boolean(nic->b, in, name, v->truth);
		break;
	}
}

/* Whether add() would add a fact: if not, mt_nic_row() must not create an object for it. */
static bool counts(const struct mt_attr_row *row, const struct mt_parsed *v)
{
	bool numbered = v->is == MT_PARSED_NUMBER || (v->is == MT_PARSED_STRING && row->names);

	return row->fact && (!numbered || v->number >= row->least);
}

bool mt_libvirt_is_within(unsigned version, unsigned since, unsigned until)
{
	return since <= version && (!until || version < until);
}

/* Without a version, the rows of the newest libvirt count. */
static bool row_counts(const struct mt_attr_row *row, const struct mt_nic *nic)
{
	unsigned version = nic->o->libvirt;

	return version ? mt_libvirt_is_within(version, row->since, row->until) : !row->until;
}

/* Whether an enumeration's unknown value becomes a fact: libvirt or its schema has accepted it. */
static bool keeps_word(const struct mt_nic *nic, const struct mt_attr_row *row)
{
	return (row->type == MT_ATTR_ENUM || row->type == MT_ATTR_ENUM_ANY) &&
		(!nic->o->libvirt || nic->o->vocabulary);
}

int mt_nic_row(struct mt_nic *nic, const struct mt_attr_row *row, const struct mt_element *el,
	       struct mt_fact *in)
{
	const char *text = row->attribute ? mt_element_get(el, row->attribute) : content(nic, el);
	struct mt_parsed v;
	char want[256];
	int r;

	if (!row_counts(row, nic))
		return 0;
	if (text && !*text && (row->flags & MT_NOT_EMPTY))
		text = NULL;
	if (!text && (row->flags & MT_REQUIRED))
		return refuse(nic, row, el, NULL, NULL);
	if (!text && row->otherwise)
		text = row->otherwise;
	if (!text)
		return 0;
	r = mt_scalar_parse(row, text, nic->b->pool, &v, want, sizeof want);
	if (r == -ENOMEM)
		nic->b->failed = true;
	if (r == -EINVAL && row->flags & MT_FORGIVEN)
		return 0;
	if (r == -EINVAL) {
		r = refuse(nic, row, el, text, want);
		if (!keeps_word(nic, row))
			return r;
		list_unknown(nic); /* v has the text, and a number above every row's .least */
		r = 0;
	}
	if (r || !counts(row, &v))
		return 0;
	if (!in) {
		const char *name = last_name(row->fact);
		size_t n = name == row->fact ? 0 : name - row->fact - 1;

		in = mt_fact_object_at(nic->b, nic->facts, row->fact, n);
	}
	add(nic, row, in, &v);
	return 0;
}
