/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* schema.c - validate by libvirt's schema, and name what that schema is known to refuse */
#include "domain/domain.h"
#include "domain/element.h"

#include <string.h>

void *mt_domain_schema_open(const struct mt_xml *xml, const char *rng, struct mt_err *e)
{
	return xml->schema_open(rng, e);
}

void mt_domain_schema_close(const struct mt_xml *xml, void *schema)
{
	xml->schema_close(schema);
}

int mt_domain_validate(const struct mt_xml *xml, void *schema, const char *bytes, size_t n,
		       const struct mt_domain_options *o, struct mt_err *e)
{
	return xml->validate(schema, bytes, n, o->name ? o->name : "-", e);
}

/* basictypes.rng: deviceName */
static bool is_device_name(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_.-\\:/";

	return *s && !s[strspn(s, letters)];
}

const char *mt_domain_schema_note(const struct mt_fact *nic)
{
	const char *dev = mt_fact_text_at(nic, "target.dev");

	/* domaincommon.rng: the attribute dev is not optional where <target> is */
	if (mt_fact_get(nic, "target") && !dev)
		return "<target> without dev: libvirt accepts it, libvirt's schema does not";
	if (dev && !is_device_name(dev))
		return "<target dev='...'>: libvirt accepts the name, libvirt's schema does not: "
		       "it wants letters, digits and _.-\\:/";
	return NULL;
}
