/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * parts.c - what an <interface> says that is no plain attribute, a function each
 *
 * Sources: conf/netdev_vlan_conf.c, conf/netdev_bandwidth_conf.c, conf/nwfilter_params.c,
 * conf/domain_conf.c (virDomainChrSourceReconnectDefParseXML).
 */
#include "domain/interface.h"
#include "domain/readers.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Read rows of one element into @in; with NULL, into the objects that their facts' paths name. */
static int read_rows(struct mt_nic *nic, const struct mt_attr_row *rows, size_t n,
		     const struct mt_element *el, struct mt_fact *in)
{
	for (size_t i = 0; i < n; i++) {
		int r = mt_nic_row(nic, &rows[i], el, in);

		if (r)
			return r;
	}
	return 0;
}

#define READ(nic, rows, el, in) read_rows(nic, rows, sizeof(rows) / sizeof *(rows), el, in)

/* --- source/reconnect ------------------------------------------------------------------------- */

static int reconnect(struct mt_nic *nic, const struct mt_element *el)
{
	static const struct mt_attr_row enabled = { "", "enabled", MT_ATTR_YES_NO,
						    "source.reconnect.enabled" };
	static const struct mt_attr_row timeout = { "", "timeout", MT_ATTR_UINT,
						    "source.reconnect.timeout",
						    .flags = MT_REQUIRED };
	int r = mt_nic_row(nic, &enabled, el, NULL);

	if (r || !mt_fact_true_at(nic->facts, enabled.fact))
		return r;
	return mt_nic_row(nic, &timeout, el, NULL);
}

/* --- target ----------------------------------------------------------------------------------- */

static int target(struct mt_nic *nic, const struct mt_element *el)
{
	static const struct mt_attr_row managed = { "", "managed", MT_ATTR_YES_NO, "target.managed",
						    .flags = MT_LOAD };
	static const struct mt_attr_row dev = { "", "dev", MT_ATTR_TEXT, "target.dev",
						.flags = MT_LOAD };
	const char *said = mt_element_get(el, "managed"), *name = mt_element_get(el, "dev");

	/* Drop a generated name; but with managed='no' somebody chose it. */
	if (name &&
	    !(nic->o->inactive && mt_domain_generated(name, nic->o->prefix) &&
	      !(said && !strcmp(said, "no"))))
		mt_nic_row(nic, &dev, el, NULL);
	return mt_nic_pass(nic, mt_nic_row(nic, &managed, el, NULL), managed.flags & MT_LOAD);
}

/* --- vlan ------------------------------------------------------------------------------------- */

static int trunk(struct mt_nic *nic, const struct mt_element *el, size_t tags,
		 const struct mt_fact *native, struct mt_fact *in)
{
	const char *said = mt_element_get(el, "trunk");
	bool given = said && *said, yes = given ? !strcasecmp(said, "yes") : tags > 1;

	if (yes)
		mt_fact_boolean(nic->b, in, "trunk", true);
	if (yes || !given)
		return 0;
	if (tags > 1)
		return mt_nic_bad(nic, el, "<vlan trunk='%.64s'>: must be yes for several tags",
				  said);
	if (native)
		return mt_nic_bad(nic, el, "<vlan trunk='%.64s'>: must be yes for a native tag",
				  said);
	if (strcasecmp(said, "no"))
		return mt_nic_bad(nic, el, "<vlan trunk='%.64s'>: must be yes or no", said);
	return 0;
}

static int read_tag(struct mt_nic *nic, const struct mt_element *el, struct mt_fact *tags,
		    const struct mt_fact **native)
{
	static const char *const modes[] = { "tagged", "untagged", NULL };
	static const struct mt_attr_row rows[] = {
		{ "", "id", MT_ATTR_UINT, "id", .flags = MT_REQUIRED, .max = 4095 },
		{ "", "nativeMode", MT_ATTR_ENUM, "native", .names = modes },
	};
	struct mt_fact *tag = mt_fact_object(nic->b, NULL, "");
	int r = READ(nic, rows, el, tag);

	if (r || nic->b->failed)
		return r;
	if (mt_fact_get(tag, "native") && *native)
		return mt_nic_bad(nic, el, "<tag nativeMode='%.64s'>: a second native tag",
				  mt_element_get(el, "nativeMode"));
	if (mt_fact_get(tag, "native"))
		*native = tag;
	mt_fact_append(tags, tag);
	return 0;
}

/* Every tag with the native one's number is written as native (virNetDevVlanFormat). */
static void spread_native(struct mt_nic *nic, const struct mt_fact *tags,
			  const struct mt_fact *native)
{
	mt_fact_each (tag, tags) {
		const struct mt_fact *id = mt_fact_get(tag, "id"), *of = mt_fact_get(native, "id");

		if (tag != native && id && of && id->integer == of->integer)
			mt_fact_string(nic->b, tag, "native", mt_fact_text_at(native, "native"));
	}
}

static int vlan(struct mt_nic *nic, const struct mt_element *el)
{
	struct mt_fact *in = mt_fact_object(nic->b, NULL, "vlan");
	struct mt_fact *tags = mt_fact_array(nic->b, in, "tags");
	const struct mt_fact *native = NULL;
	const struct mt_element *tag = mt_element_child(el, "tag");
	int r;

	if (!tag)
		return mt_nic_bad(nic, el, "<vlan>: must have at least one <tag id=''/>");
	for (; tag && tags; tag = mt_element_again(tag)) {
		r = mt_nic_pass(nic, read_tag(nic, tag, tags, &native), false);
		if (r)
			return r;
	}
	if (!tags || nic->b->failed)
		return 0;
	if (!tags->in.n) /* all of them were skipped */
		return 0;
	spread_native(nic, tags, native);
	r = mt_nic_pass(nic, trunk(nic, el, tags->in.n, native, in), false);
	if (!r && !nic->b->failed)
		mt_fact_append(nic->facts, in);
	return r;
}

/* --- bandwidth -------------------------------------------------------------------------------- */

static int read_rate(struct mt_nic *nic, const struct mt_element *el, const char *name,
		     struct mt_fact *bandwidth)
{
	static const struct mt_attr_row rows[] = {
		{ "", "average", MT_ATTR_UINT, "average", .max = INT64_MAX, .least = 1 },
		{ "", "peak", MT_ATTR_UINT, "peak", .max = INT64_MAX, .least = 1 },
		{ "", "burst", MT_ATTR_UINT, "burst", .max = INT64_MAX, .least = 1 },
		{ "", "floor", MT_ATTR_UINT, "floor", .max = INT64_MAX, .least = 1 },
	};
	bool average = mt_element_get(el, "average");
	struct mt_fact *rate = mt_fact_object(nic->b, NULL, name);
	int r;

	if (!average && (mt_element_get(el, "peak") || mt_element_get(el, "burst")))
		return mt_nic_bad(nic, el, "<%s>: peak and burst need average", el->name);
	if (!average && !mt_element_get(el, "floor"))
		return mt_nic_bad(nic, el, "<%s>: must have average or floor", el->name);
	r = READ(nic, rows, el, rate);
	if (r || nic->b->failed)
		return r;
	if (mt_fact_get(rate, "floor") && (nic->type != MT_NIC_NETWORK || *el->name == 'o'))
		return mt_nic_bad(nic, el,
				  "<%s floor='%.64s'>: floor is for <inbound> of type='network'",
				  el->name, mt_element_get(el, "floor"));
	/* Without either, or with 0, nothing is limited, and libvirt writes no element. */
	if (mt_fact_get(rate, "average") || mt_fact_get(rate, "floor"))
		mt_fact_append(bandwidth, rate);
	return 0;
}

/* Children in any namespace, each at most once (virNetDevBandwidthParse). */
static int bandwidth(struct mt_nic *nic, const struct mt_element *el)
{
	static const char *const names[] = { "inbound", "outbound" };
	struct mt_fact *in = mt_fact_object(nic->b, NULL, "bandwidth");
	size_t all = 0;
	int r = 0;

	if (mt_element_get(el, "classID"))
		r = mt_nic_pass(nic,
				mt_nic_bad(nic, el,
					   "<bandwidth classID='%.64s'>: not for a guest's "
					   "interface",
					   mt_element_get(el, "classID")),
				false);
	if (r)
		return r;
	for (int i = 0; i < 2; i++) {
		size_t n = 0;

		mt_element_each(c, el)
		{
			if (strcmp(c->name, names[i]))
				continue;
			r = n++ ? mt_nic_bad(nic, c, "<%s>: must be there once", c->name)
				: read_rate(nic, c, names[i], in);
			r = mt_nic_pass(nic, r, false);
			if (r)
				return r;
		}
		all += n;
	}
	if (all && !nic->b->failed)
		mt_fact_append(nic->facts, in);
	return 0;
}

/* --- filterref's parameters ------------------------------------------------------------------- */

#define VARIABLE "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

static int by_name_then_value(const void *a, const void *b)
{
	const struct mt_fact *x = *(struct mt_fact *const *)a, *y = *(struct mt_fact *const *)b;
	int r = strcmp(mt_fact_text_at(x, "name"), mt_fact_text_at(y, "name"));

	return r ? r : strcmp(mt_fact_text_at(x, "value"), mt_fact_text_at(y, "value"));
}

static void add_sorted(struct mt_nic *nic, struct mt_fact *list)
{
	struct mt_fact *in = mt_fact_object_at(nic->b, nic->facts, "filterref", 9), *to, **all;
	size_t n = 0;

	all = mt_pool_alloc(nic->b->pool, list->in.n * sizeof *all);
	nic->b->failed |= !all;
	to = mt_fact_array(nic->b, in, "parameters");
	if (!all || !to)
		return;
	mt_fact_each (f, list)
		all[n++] = f;
	qsort(all, n, sizeof *all, by_name_then_value);
	for (size_t i = 0; i < n; i++)
		mt_fact_append(to, all[i]);
}

/* libvirt skips a parameter with other characters (virNWFilterParseParamAttributes). */
static int parameters(struct mt_nic *nic, const struct mt_element *el)
{
	struct mt_fact *list = mt_fact_array(nic->b, NULL, "parameters");

	if (!mt_element_get(el, "filter"))
		return 0;
	mt_element_each(c, el)
	{
		const char *name = mt_element_get(c, "name"), *value = mt_element_get(c, "value");
		struct mt_fact *f;

		if (strcmp(c->name, "parameter") || !name || name[strspn(name, VARIABLE)] ||
		    !value || !*value || value[strspn(value, VARIABLE ".:")])
			continue;
		f = mt_fact_object(nic->b, list, "");
		mt_fact_string(nic->b, f, "name", name);
		mt_fact_string(nic->b, f, "value", value);
	}
	if (!nic->b->failed && list->in.n)
		add_sorted(nic, list);
	return 0;
}

/* --- the table -------------------------------------------------------------------------------- */

const struct mt_part mt_parts[] = {
	{ "target", 0, target },
	{ "source/reconnect", MT_BIT(MT_NIC_VHOSTUSER), reconnect },
	{ "source", MT_BIT(MT_NIC_HOSTDEV), mt_part_host_address },
	{ "source", 0, mt_part_host_ips },
	{ "", 0, mt_part_guest_ips },
	{ "vlan", 0, vlan },
	{ "bandwidth", 0, bandwidth },
	{ "virtualport", 0, mt_part_virtualport },
	{ "filterref", MT_BIT(MT_NIC_NETWORK) | MT_BIT(MT_NIC_BRIDGE) | MT_BIT(MT_NIC_ETHERNET),
	  parameters },
	{ "portForward", 0, mt_part_port_forwards },
	{ "boot", 0, mt_part_boot },
	{ "alias", 0, mt_part_alias },
	{ "rom", 0, mt_part_rom },
	{ "address", 0, mt_part_guest_address },
};
const size_t mt_parts_n = sizeof mt_parts / sizeof *mt_parts;
