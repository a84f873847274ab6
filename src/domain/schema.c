/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* schema.c - libvirt's schema: asking it, and what it is known to refuse */
#include "domain/domain.h"
#include "domain/element.h"

int mt_domain_validate(const struct mt_xml *xml, const char *rng, const char *bytes, size_t n,
		       const struct mt_domain_options *o, struct mt_err *e)
{
	return xml->validate(rng, bytes, n, o->name ? o->name : "-", e);
}

const char *mt_domain_schema_note(const struct mt_fact *nic)
{
	/* domaincommon.rng: the attribute dev is not optional where <target> is */
	if (mt_fact_get(nic, "target") && !mt_fact_at(nic, "target.dev"))
		return "<target> without dev: libvirt accepts it, libvirt's schema does not";
	return NULL;
}
