/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nic_metadata.c - finding what moontap's metadata says of an <interface>
 *
 * `virsh metadata GUEST urn:moontap --key moontap --set XML` keeps one element, whose children have
 * no namespace: so an <interface> counts by itself, and as a child.
 */
#include "domain/interface.h"

#include <string.h>
#include <strings.h>

#define NAMESPACE "urn:moontap"

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
		if (!el->ns || strcmp(el->ns, NAMESPACE))
			continue;
		if (is_of(el, mac))
			return el;
		mt_element_each(child, el) if (is_of(child, mac)) return child;
	}
	return NULL;
}
