/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * virtualport.c - <virtualport>: what a switch is told about the interface
 *
 * Sources: conf/netdev_vport_profile_conf.c virNetDevVPortProfileParse() and ...Format(),
 * util/virnetdevvportprofile.c virNetDevVPortProfileCheckComplete() and ...CheckNoExtras().
 */
#include "domain/interface.h"
#include "domain/readers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	NONE = 1,
	QBG = 2,
	QBH = 4,
	OVS = 8,
	MIDONET = 16,
};
static const char *const types[] = { "802.1Qbg", "802.1Qbh", "openvswitch", "midonet", NULL };

enum kind { NUMBER, UUID, NAME };

/* A parameter, and the types that need it, refuse it and keep it. Where libvirt generates a missing
 * UUID, there is no fact. */
static const struct parameter {
	const char *name;
	enum kind kind;
	unsigned long max;
	unsigned needed, refused, kept;
} parameters[] = {
	{ "managerid", NUMBER, 0xff, QBG, QBH | OVS, QBG | NONE },
	{ "typeid", NUMBER, 0xffffff, QBG, QBH | OVS, QBG | NONE },
	{ "typeidversion", NUMBER, 0xff, QBG, QBH | OVS, QBG | NONE },
	{ "instanceid", UUID, 0, 0, QBH | OVS, QBG | NONE },
	{ "interfaceid", UUID, 0, MIDONET, QBG | QBH, MIDONET | OVS | NONE },
	{ "profileid", NAME, 39, QBH, QBG, OVS | QBH | NONE },
};

/* As virStrToLong_ui() with any base: "-4294967295" is 1. */
static bool number(const char *s, unsigned long max, unsigned long *n)
{
	char *end;

	errno = 0;
	*n = strtoul(s, &end, 0);
	if (errno || end == s || *end)
		return false;
	if (memchr(s, '-', end - s)) {
		if (-*n > UINT32_MAX)
			return false;
		*n &= UINT32_MAX;
	}
	return *n <= max;
}

/* Return: "must be …"; NULL: the text is right, and @room has it as libvirt writes it. */
static const char *spell(const struct parameter *p, const char *text, char room[40])
{
	unsigned long n;

	switch (p->kind) {
	case NUMBER:
		if (!number(text, p->max, &n))
			return p->max == 0xff ? "must be 0 to 255" : "must be 0 to 16777215";
		snprintf(room, 40, "%lu", n);
		return NULL;
	case UUID:
		return mt_uuid(text, room) ? NULL : "must be a UUID";
	case NAME:
		if (strlen(text) > p->max)
			return "must be at most 39 bytes";
		strcpy(room, text);
		return NULL;
	}
	return NULL;
}

static int read_parameter(struct mt_nic *nic, const struct parameter *p, unsigned type,
			  const struct mt_element *port, const struct mt_element *el,
			  struct mt_fact *in)
{
	const char *text = el ? mt_element_get(el, p->name) : NULL, *wrong;
	char room[40];

	if (p->kind == NAME && text && !*text)
		text = NULL;
	if (!text && (p->needed & type) && nic->type != MT_NIC_NETWORK)
		return mt_nic_bad(nic, port, "<virtualport>: its type needs parameter %s", p->name);
	if (!text)
		return 0;
	wrong = spell(p, text, room);
	if (wrong)
		return mt_nic_bad(nic, el, "<%s %s='%.64s'>: %s", el->name, p->name, text, wrong);
	if (p->refused & type)
		return mt_nic_bad(nic, el, "<%s %s='%.64s'>: not for this type of <virtualport>",
				  el->name, p->name, text);
	if (p->kept & type)
		mt_fact_string(nic->b, in, p->name, room);
	return 0;
}

/* The first child <parameters>, in any namespace. */
static const struct mt_element *parameters_of(const struct mt_element *el)
{
	mt_element_each(c, el) if (!strcmp(c->name, "parameters")) return c;
	return NULL;
}

static int read_type(struct mt_nic *nic, const struct mt_element *el, struct mt_fact *in,
		     unsigned *type)
{
	static const struct mt_attr_row row = { "", "type", MT_ATTR_ENUM, "type", .names = types };
	const char *said = mt_element_get(el, "type");
	int r = mt_nic_row(nic, &row, el, in);

	*type = NONE;
	if (r)
		return r;
	if (!said && nic->type != MT_NIC_NETWORK)
		return mt_nic_bad(nic, el, "<virtualport>: attribute type is missing");
	for (int i = 0; said && types[i]; i++)
		if (!strcmp(said, types[i]))
			*type = QBG << i;
	return 0;
}

int mt_part_virtualport(struct mt_nic *nic, const struct mt_element *el)
{
	const unsigned allowed = MT_BIT(MT_NIC_NETWORK) | MT_BIT(MT_NIC_BRIDGE) |
		MT_BIT(MT_NIC_DIRECT) | MT_BIT(MT_NIC_HOSTDEV);
	const struct mt_element *from = parameters_of(el);
	struct mt_fact *in, *to;
	unsigned type;
	int r;

	if (!(allowed & MT_BIT(nic->type)))
		return mt_nic_bad(nic, el, "<virtualport>: not for <interface type='%s'>",
				  mt_nic_type(nic));
	in = mt_fact_object(nic->b, NULL, "virtualport");
	r = read_type(nic, el, in, &type);
	if (r)
		return r;
	to = mt_fact_object(nic->b, NULL, "parameters");
	for (size_t i = 0; i < sizeof parameters / sizeof *parameters && !r && to; i++)
		r = mt_nic_pass(nic, read_parameter(nic, &parameters[i], type, el, from, to),
				false);
	if (r || nic->b->failed)
		return r;
	/* Even when empty: libvirt writes <parameters>, with the UUIDs that it generated. */
	mt_fact_append(in, to);
	mt_fact_append(nic->facts, in);
	return 0;
}
