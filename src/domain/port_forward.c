/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * port_forward.c - <portForward>: of an interface it is only checked, of moontap's metadata read
 *
 * libvirt has it for passt, which moontap leaves to libvirt. In the metadata it has the same
 * words, and becomes facts that fit the verb forward.
 *
 * Sources: conf/domain_conf.c virDomainNetPortForwardRangesParseXML(), virDomainNetPortForward*.
 */
#include "domain/interface.h"
#include "domain/readers.h"

#include <stdio.h>
#include <string.h>

#define PORT_MAX 65535

/* Libvirt has looked at an interface's protocol, and at none in the metadata. */
static int check_proto(struct mt_nic *nic, const struct mt_element *el)
{
	static const char *const names[] = { "tcp", "udp", NULL };
	static const struct mt_attr_row row = { "", "proto", MT_ATTR_ENUM, .flags = MT_REQUIRED,
						.names = names };
	const char *s = mt_element_get(el, "proto");

	if (nic->own && s && strcmp(s, "tcp") && strcmp(s, "udp"))
		return mt_nic_bad(nic, el, "<portForward proto='%.64s'>: must be tcp or udp", s);
	return mt_nic_row(nic, &row, el, NULL);
}

static int check_range(struct mt_nic *nic, const struct mt_element *el)
{
	static const struct mt_attr_row rows[] = {
		{ "", "start", MT_ATTR_UINT, .min = 1 },
		{ "", "end", MT_ATTR_UINT, .min = 1 },
		{ "", "to", MT_ATTR_UINT, .min = 1 },
		{ "", "exclude", MT_ATTR_YES_NO },
	};
	int r = 0;

	for (size_t i = 0; i < sizeof rows / sizeof *rows && !r; i++)
		r = mt_nic_row(nic, &rows[i], el, NULL);
	return r;
}

/* An attribute that is a port, if it is there; otherwise @port stays. */
static int read_port(struct mt_nic *nic, const struct mt_element *el, const char *name,
		     uint64_t *port)
{
	const char *s = mt_element_get(el, name);

	if (!s || (mt_number(s, 10, PORT_MAX, port) && *port))
		return 0;
	return mt_nic_bad(nic, el, "<range %s='%.64s'>: must be a port, 1 to %d", name, s,
			  PORT_MAX);
}

/* What the metadata's <range> asks for: "first" or "first-last", and where a single port goes. */
static int read_range(struct mt_nic *nic, const struct mt_element *el, char ports[static 16],
		      uint64_t *to)
{
	uint64_t first = 0, last;
	int r = read_port(nic, el, "start", &first);

	last = first;
	*to = first;
	if (!r)
		r = read_port(nic, el, "end", &last);
	if (!r)
		r = read_port(nic, el, "to", to);
	if (r)
		return r;
	if (!first || last < first)
		return mt_nic_bad(nic, el, "<range>: must have start, and no end before it");
	if (mt_element_get(el, "exclude"))
		return mt_nic_bad(nic, el, "<range exclude=''>: is not for the metadata");
	if (last > first && *to != first)
		return mt_nic_bad(nic, el, "<range to=''>: several ports must keep their numbers");
	snprintf(ports, 16, last > first ? "%u-%u" : "%u", (unsigned)first, (unsigned)last);
	return 0;
}

static int add_range(struct mt_nic *nic, const struct mt_element *el, const char *address,
		     struct mt_fact *list)
{
	struct mt_fact *f;
	char ports[16];
	uint64_t to;
	int r = read_range(nic, el, ports, &to);

	if (r)
		return r;
	f = mt_fact_object(nic->b, list, "");
	mt_fact_string(nic->b, f, "proto", mt_element_get(el->parent, "proto"));
	mt_fact_string(nic->b, f, "port", ports);
	if (*address)
		mt_fact_string(nic->b, f, "address", address);
	if (mt_element_get(el, "to"))
		mt_fact_integer(nic->b, f, "to_port", to);
	return 0;
}

/* @list: NULL: only check it */
static int read_forward(struct mt_nic *nic, const struct mt_element *el, struct mt_fact *list)
{
	const struct mt_element *range = mt_element_child(el, "range");
	char address[MT_IP_TEXT];
	int r = check_proto(nic, el);

	if (!r)
		r = mt_ip_attribute(nic, el, "address", address);
	if (!r && list && (!range || mt_element_get(el, "dev")))
		return mt_nic_bad(nic, el,
				  "<portForward>: in the metadata it must have <range>, and no "
				  "dev");
	for (; range && !r; range = mt_element_again(range))
		r = list ? mt_nic_pass(nic, add_range(nic, range, address, list), false)
			 : check_range(nic, range);
	return r;
}

int mt_part_port_forwards(struct mt_nic *nic, const struct mt_element *el)
{
	struct mt_fact *list = nic->own ? mt_fact_array(nic->b, NULL, "forwards") : NULL;
	int r = 0;

	for (; el && !r; el = mt_element_again(el))
		r = mt_nic_pass(nic, read_forward(nic, el, list), false);
	if (!r && list && !nic->b->failed && list->in.n)
		mt_fact_append(nic->facts, list);
	return r;
}
