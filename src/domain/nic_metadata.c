/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nic_metadata.c - finding what moontap's metadata says of an <interface>
 *
 * `virsh metadata GUEST urn:moontap --key moontap --set XML` keeps one element, whose children have
 * no namespace: so an <interface> counts by itself, and as a child. In a document that was written
 * by hand the children may have moontap's namespace, too: libvirt keeps their prefixes.
 */
#include "domain/interface.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool is_ours(const struct mt_element *el)
{
	return el->ns && !strcmp(el->ns, "urn:moontap");
}

/* --- in moontap's namespace, or in none ------------------------------------------------------- */

static void drop_namespace(struct mt_element *of)
{
	mt_element_each(el, of)
	{
		if (is_ours(el))
			el->ns = NULL;
		drop_namespace(el);
	}
}

void mt_metadata_drop_namespace(struct mt_element *root)
{
	struct mt_element *metadata = mt_element_child(root, "metadata");

	if (!metadata)
		return;
	mt_element_each(el, metadata) if (is_ours(el)) drop_namespace(el);
}

/* --- finding it ------------------------------------------------------------------------------- */

/* Without a MAC address it is of all interfaces. */
static bool is_of(const struct mt_element *el, const char *mac)
{
	const char *of = mt_element_get(el, "mac");

	return !strcmp(el->name, "interface") && (!of || (mac && !strcasecmp(of, mac)));
}

const struct mt_element *mt_nic_metadata(const struct mt_nic *nic)
{
	const char *mac = mt_fact_text_at(nic->facts, "mac");

	if (!nic->metadata)
		return NULL;
	mt_element_each(el, nic->metadata)
	{
		if (!is_ours(el))
			continue;
		if (is_of(el, mac))
			return el;
		mt_element_each(child, el) if (!child->ns && is_of(child, mac)) return child;
	}
	return NULL;
}

/* --- what it may say -------------------------------------------------------------------------- */

/* libvirt refuses these in an interface of type='ethernet', or starts no guest with them. */
static const char *const elements[] = { "vlan", "port", "portForward", NULL };
static const char *const attributes[] = { "mac", "bridge", NULL };

static bool is_among(const char *const *names, const char *name)
{
	while (*names && strcmp(*names, name))
		names++;
	return *names;
}

bool mt_metadata_has(const char *element)
{
	return is_among(elements, element);
}

int mt_metadata_check(struct mt_nic *nic, const struct mt_element *el)
{
	char text[64] = "";
	size_t n = 0;

	for (const struct mt_attribute *a = el->attributes; a; a = a->next)
		if (!a->ns && !is_among(attributes, a->name) && n < sizeof text)
			n += (size_t)snprintf(text + n, sizeof text - n, "%.24s= ", a->name);
	mt_element_each(c, el)
	{
		if (!c->ns && !is_among(elements, c->name) && n < sizeof text)
			n += (size_t)snprintf(text + n, sizeof text - n, "<%.24s> ", c->name);
	}
	if (!n)
		return 0;
	return mt_nic_bad(nic, el,
			  "%sin moontap's metadata: must be mac=, bridge=, <vlan>, <port> or "
			  "<portForward>",
			  text);
}
