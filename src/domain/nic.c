/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nic.c - one <interface>, by the tables: its rows, then its parts, then the rules */
#include "domain/interface.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool applies(unsigned types, const struct mt_nic *nic)
{
	return !types || (types & MT_BIT(nic->type));
}

/* Of an interface everything; of moontap's metadata what it may have. Where the interface has it,
 * that counts. */
static bool is_wanted(const struct mt_nic *nic, const char *element)
{
	return !nic->own || (mt_metadata_has(element) && !mt_element_child(nic->own, element));
}

/* Without a version only rules of every version count: what others refuse, some libvirt accepts. */
static bool rule_counts(const struct mt_rule *rule, const struct mt_nic *nic)
{
	unsigned version = nic->o->libvirt;

	return applies(rule->types, nic) &&
		(version ? mt_libvirt_is_within(version, rule->since, rule->until)
			 : !rule->since && !rule->until);
}

/* Whether two rows' paths lead to the same element, so that it need not be searched again. */
static bool same_place(const char *a, const char *b)
{
	return (a == b || !strcmp(a, b)) && (!*a || a[strlen(a) - 1] != '+');
}

static int read_rows(struct mt_nic *nic)
{
	const struct mt_attr_row *last = NULL; /* the row whose element el is */
	const struct mt_element *el = NULL;

	for (size_t i = 0; i < mt_inventory_n; i++) {
		const struct mt_attr_row *row = &mt_inventory[i];
		int r = 0;

		if (!applies(row->types, nic) || !is_wanted(nic, row->element))
			continue;
		if (!last || !same_place(last->element, row->element))
			el = mt_nic_find(nic->el, row->element, row->attribute);
		last = row;
		if (el && (!row->when || row->when(nic)))
			r = mt_nic_pass(nic, mt_nic_row(nic, row, el, NULL), row->flags & MT_LOAD);
		if (r)
			return r;
	}
	return 0;
}

static int read_parts(struct mt_nic *nic)
{
	for (size_t i = 0; i < mt_parts_n; i++) {
		const struct mt_part *part = &mt_parts[i];
		const struct mt_element *el = NULL;
		int r = 0;

		if (applies(part->types, nic) && is_wanted(nic, part->element))
			el = mt_nic_find(nic->el, part->element, NULL);
		if (el)
			r = mt_nic_pass(nic, part->read(nic, el), false);
		if (r)
			return r;
	}
	return 0;
}

static int check_rules(struct mt_nic *nic, const struct mt_rule *rules, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int r = rule_counts(&rules[i], nic) ? rules[i].holds(nic) : 0;

		r = mt_nic_pass(nic, r, false);
		if (r)
			return r;
	}
	return 0;
}

/* conf/domain_conf.h virDomainVirtType: what libvirt's QEMU driver runs */
static bool of_qemu(const struct mt_nic *nic)
{
	static const char *const types[] = { "qemu", "kvm", "hvf" };

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (!strcmp(nic->hypervisor, types[i]))
			return true;
	return false;
}

static int check_all_rules(struct mt_nic *nic)
{
	int r = check_rules(nic, mt_rules, mt_rules_n);

	/* Without a version libvirt has accepted the document, and so its driver has checked it. */
	if (!r && nic->o->libvirt && of_qemu(nic))
		r = check_rules(nic, mt_rules_qemu, mt_rules_qemu_n);
	return r;
}

static int read_type(struct mt_nic *nic)
{
	static const struct mt_attr_row row = { "",
						"type",
						MT_ATTR_ENUM,
						"type",
						.flags = MT_LOAD,
						.names = mt_nic_types,
						.otherwise = "user" };
	int r = mt_nic_row(nic, &row, nic->el, nic->facts);
	const char *type = mt_fact_text_at(nic->facts, "type");

	while (!r && type && mt_nic_types[nic->type] && strcmp(mt_nic_types[nic->type], type))
		nic->type++;
	return r;
}

/* conf/domain_conf.c virDomainNetDefParseXML(): a <vendor>, and no <address type>, means usb */
static void read_host_address(struct mt_nic *nic)
{
	const struct mt_element *address = mt_nic_find(nic->el, "source+/address+", "type");
	const char *type = address ? mt_element_get(address, "type") : NULL;

	nic->host_address = "";
	if (nic->type != MT_NIC_HOSTDEV)
		return;
	if (type && *type)
		nic->host_address = type;
	else if (mt_nic_find(nic->el, "source+/vendor", NULL))
		nic->host_address = "usb";
}

/* util/virnetdev.c virNetDevGenerateName(): one %, and it is a %d, which libvirt fills in */
static bool is_template(const char *dev)
{
	const char *percent = strchr(dev, '%');

	return percent && percent[1] == 'd' && !strchr(percent + 1, '%');
}

/*
 * Whether the type has a device on the host while the guest runs: a tap, a macvtap, or the host's
 * end of LXC's veth pair. LXC moves a macvlan into the container. An unknown type counts as having
 * none. Sources: qemu/qemu_command.c qemuBuildInterfaceConnect(), lxc/lxc_process.c
 * virLXCProcessSetupInterfaces().
 */
static bool has_device(const struct mt_nic *nic)
{
	unsigned types = MT_BIT(MT_NIC_ETHERNET) | MT_BIT(MT_NIC_NETWORK) | MT_BIT(MT_NIC_BRIDGE);

	if (strcmp(nic->hypervisor, "lxc"))
		types |= MT_BIT(MT_NIC_DIRECT);
	return types & MT_BIT(nic->type);
}

/* After the rules, which are libvirt's: it does not look into the metadata. */
static int read_metadata(struct mt_nic *nic)
{
	static const struct mt_attr_row bridge = { "", "bridge", MT_ATTR_TEXT, "bridge",
						   .flags = MT_NOT_EMPTY };
	const struct mt_element *el = nic->type == MT_NIC_ETHERNET ? mt_nic_metadata(nic) : NULL;
	int r;

	if (!el)
		return 0;
	mt_fact_boolean(nic->b, nic->facts, "metadata", true);
	nic->own = nic->el;
	nic->el = el;
	r = mt_nic_pass(nic, mt_metadata_check(nic, el), false);
	if (!r)
		r = mt_nic_row(nic, &bridge, el, NULL);
	if (!r)
		r = read_rows(nic);
	if (!r)
		r = read_parts(nic);
	nic->el = nic->own;
	nic->own = NULL;
	nic->b->no_rule = r == -EINVAL;
	return r;
}

/* Facts that no attribute has: the device's name on the host, whether libvirt leaves the device to
 * others, and what was skipped. */
static void add_own(struct mt_nic *nic)
{
	const struct mt_fact *managed = mt_fact_at(nic->facts, "target.managed");
	const char *dev = mt_fact_text_at(nic->facts, "target.dev");
	bool unmanaged = nic->type == MT_NIC_ETHERNET && managed && !managed->boolean;

	if (dev && *dev && has_device(nic) && (unmanaged || !is_template(dev)))
		mt_fact_string(nic->b, nic->facts, "dev", dev);
	mt_fact_boolean(nic->b, nic->facts, "unmanaged", unmanaged);
	if (nic->unknown && !nic->b->failed)
		mt_fact_append(nic->facts, nic->unknown);
}

int mt_nic_read(struct mt_nic *nic, struct mt_fact *nics)
{
	int r;

	nic->facts = mt_fact_object(nic->b, nics, "");
	if (!nic->facts)
		return 0;
	mt_fact_integer(nic->b, nic->facts, "index", nics->in.n);
	r = read_type(nic);
	if (r)
		return r;
	read_host_address(nic);
	r = read_rows(nic);
	if (!r)
		r = read_parts(nic);
	if (!r)
		r = check_all_rules(nic);
	if (!r)
		r = read_metadata(nic);
	if (!r)
		add_own(nic);
	return r;
}
