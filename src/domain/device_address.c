/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * device_address.c - what an <interface> has in common with other devices: addresses, boot order,
 * alias
 *
 * Sources: conf/device_conf.c, conf/domain_conf.c virDomainDeviceInfoParseXML() and
 * virDomainHostdevDefParseXMLSubsys().
 */
#include "domain/interface.h"
#include "domain/readers.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- PCI -------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	unsigned max, digits;
} pci_rows[] = {
	{ "domain", UINT32_MAX, 4 }, { "bus", 0xff, 2 }, { "slot", 0x1f, 2 }, { "function", 7, 1 }
};

/* libvirt checks the limits only of an address that is not empty: domain, bus or slot above 0. */
static int read_pci(struct mt_nic *nic, const struct mt_element *el, uint64_t n[4])
{
	static const struct mt_attr_row uid = { "", "uid", MT_ATTR_UINT, .base = MT_ANY_BASE };
	static const struct mt_attr_row fid = { "", "fid", MT_ATTR_UINT, .base = MT_ANY_BASE };
	static const struct mt_attr_row multi = { "", "multifunction", MT_ATTR_ON_OFF };
	const struct mt_element *zpci = mt_element_child(el, "zpci");
	int r;

	for (int i = 0; i < 4; i++) {
		const char *text = mt_element_get(el, pci_rows[i].name);

		n[i] = 0;
		if (text && !mt_number(text, 0, UINT32_MAX, &n[i]))
			return mt_nic_bad(nic, el, "<address %s='%.64s'>: must be a number",
					  pci_rows[i].name, text);
	}
	for (int i = 1; i < 4 && (n[0] || n[1] || n[2]); i++)
		if (n[i] > pci_rows[i].max)
			return mt_nic_bad(nic, el,
					  "<address %s='0x%" PRIx64 "'>: must be at most 0x%x",
					  pci_rows[i].name, n[i], pci_rows[i].max);
	r = mt_nic_row(nic, &multi, el, NULL);
	if (!r && zpci)
		r = mt_nic_row(nic, &uid, zpci, NULL);
	if (!r && zpci)
		r = mt_nic_row(nic, &fid, zpci, NULL);
	return r;
}

static int host_pci(struct mt_nic *nic, const struct mt_element *el, struct mt_fact *in)
{
	uint64_t n[4];
	char text[24];
	int r = el ? read_pci(nic, el, n) : 0;

	if (r)
		return r;
	if (!el) /* nic->host_address is from the <address> of a second <source> */
		memset(n, 0, sizeof n);
	mt_fact_string(nic->b, in, "type", "pci");
	for (int i = 0; i < 4; i++) {
		/* virPCIDeviceAddressFormat() writes the function in decimal after 0x */
		if (i == 3)
			snprintf(text, sizeof text, "0x%" PRIu64, n[i]);
		else
			snprintf(text, sizeof text, "0x%0*" PRIx64, (int)pci_rows[i].digits, n[i]);
		mt_fact_string(nic->b, in, pci_rows[i].name, text);
	}
	return 0;
}

/* --- USB -------------------------------------------------------------------------------------- */

static int host_usb(struct mt_nic *nic, const struct mt_element *el, struct mt_fact *in)
{
	static const char *const names[] = { "bus", "device" };
	char text[24];
	uint64_t n;

	mt_fact_string(nic->b, in, "type", "usb");
	for (int i = 0; i < 2; i++) {
		const char *said = mt_element_get(el, names[i]);

		if (!said || !mt_number(said, 0, UINT32_MAX, &n))
			return mt_nic_bad(nic, el, "<address %s='%.64s'>: must be a number",
					  names[i], said ? said : "");
		snprintf(text, sizeof text, "%" PRIu64, n);
		mt_fact_string(nic->b, in, names[i], text);
	}
	return 0;
}

int mt_part_host_address(struct mt_nic *nic, const struct mt_element *source)
{
	const struct mt_element *el = mt_element_child(source, "address");
	const char *type = nic->host_address;
	struct mt_fact *in = mt_fact_object(nic->b, NULL, "address");
	int r = 0;

	if (!strcmp(type, "pci"))
		r = host_pci(nic, el, in);
	else if (el && !strcmp(type, "usb"))
		r = host_usb(nic, el, in);
	if (!r && !nic->b->failed && in->in.n)
		mt_fact_append(mt_fact_object_at(nic->b, nic->facts, "source", 6), in);
	return r;
}

/* --- the device's address in the guest: checked, no fact -------------------------------------- */

static const struct {
	const char *type, *name;
	int base;
	uint64_t max;
	bool needed;
} numbers[] = {
	{ "drive", "controller", 10, UINT32_MAX },
	{ "drive", "bus", 10, UINT32_MAX },
	{ "drive", "target", 10, UINT32_MAX },
	{ "drive", "unit", 10, UINT32_MAX },
	{ "virtio-serial", "controller", 10, UINT32_MAX },
	{ "virtio-serial", "bus", 10, UINT32_MAX },
	{ "virtio-serial", "port", 10, UINT32_MAX },
	{ "ccid", "controller", 10, UINT32_MAX },
	{ "ccid", "slot", 10, UINT32_MAX },
	{ "usb", "bus", 10, UINT32_MAX },
	{ "isa", "iobase", 16, UINT32_MAX },
	{ "isa", "irq", 16, UINT32_MAX },
	{ "dimm", "slot", 10, UINT32_MAX, true },
	{ "dimm", "base", 16, UINT64_MAX },
	{ "spapr-vio", "reg", 16, UINT64_MAX },
	{ "ccw", "cssid", 0, 254 },
	{ "ccw", "ssid", 0, 3 },
	{ "ccw", "devno", 0, 65535 },
};

/* Up to four numbers with a point between (virDomainDeviceUSBAddressParsePort). */
static bool usb_port(const char *s)
{
	for (int i = 0; i < 4; i++) {
		unsigned long n;
		char *end;

		errno = 0;
		n = strtoul(s, &end, 10);
		if (errno || end == s || memchr(s, '-', end - s) || n > UINT32_MAX)
			return false;
		if (!*end)
			return true;
		s = end + (*end == '.');
	}
	return false;
}

static int guest_numbers(struct mt_nic *nic, const struct mt_element *el, const char *type,
			 size_t *given)
{
	uint64_t n;

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		const char *said = mt_element_get(el, numbers[i].name);

		if (strcmp(numbers[i].type, type) || (!said && !numbers[i].needed))
			continue;
		++*given;
		if (!said || !mt_number(said, numbers[i].base, numbers[i].max, &n))
			return mt_nic_bad(nic, el,
					  "<address %s='%.64s'>: must be a number up to %" PRIu64,
					  numbers[i].name, said ? said : "", numbers[i].max);
	}
	return 0;
}

int mt_part_guest_address(struct mt_nic *nic, const struct mt_element *el)
{
	const char *type = mt_element_get(el, "type"), *port = mt_element_get(el, "port");
	uint64_t pci[4];
	size_t given = 0;
	int r;

	if (!type) /* the inventory's row for address/@type reports that */
		return 0;
	if (!strcmp(type, "pci"))
		return read_pci(nic, el, pci);
	r = guest_numbers(nic, el, type, &given);
	if (r)
		return r;
	if (!strcmp(type, "ccw") && given % 3)
		return mt_nic_bad(nic, el, "<address type='ccw'>: must have cssid, ssid and devno");
	if (!strcmp(type, "usb") && port && !usb_port(port))
		return mt_nic_bad(nic, el, "<address port='%.64s'>: must be numbers with . between",
				  port);
	if (!strcmp(type, "unassigned") && nic->type != MT_NIC_HOSTDEV)
		return mt_nic_bad(nic, el, "<address type='unassigned'>: is for type='hostdev'");
	return 0;
}

int mt_part_rom(struct mt_nic *nic, const struct mt_element *el)
{
	const char *enabled = mt_element_get(el, "enabled");

	if (!enabled || strcmp(enabled, "no") ||
	    (!mt_element_get(el, "bar") && !mt_element_get(el, "file")))
		return 0;
	return mt_nic_bad(nic, el, "<rom enabled='no'>: must not have bar or file");
}

/* --- boot and alias --------------------------------------------------------------------------- */

int mt_part_boot(struct mt_nic *nic, const struct mt_element *el)
{
	static const char right[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789. ";
	const char *loadparm = mt_element_get(el, "loadparm");

	if (!loadparm || (*loadparm && strlen(loadparm) <= 8 && !loadparm[strspn(loadparm, right)]))
		return 0;
	return mt_nic_bad(nic, el, "<boot loadparm='%.64s'>: must be 1 to 8 letters and digits",
			  loadparm);
}

/* An alias without the user's prefix ua- is generated: an inactive document drops it. */
int mt_part_alias(struct mt_nic *nic, const struct mt_element *first)
{
	const struct mt_element *el = mt_nic_find(nic->el, "alias+", "name");
	const char *name = el ? mt_element_get(el, "name") : NULL;
	bool users = name && !strncmp(name, "ua-", 3) &&
		!name[strspn(name,
			     "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "0123456789_-")];

	(void)first;
	if (name && *name && (users || !nic->o->inactive))
		mt_fact_string(nic->b, nic->facts, "alias", name);
	return 0;
}
