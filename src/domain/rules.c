/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rules.c - what must hold between several things that an <interface> says
 *
 * A function each, named in the table at the end. A rule sees the facts read so far.
 *
 * Sources: conf/domain_conf.c virDomainNetDefParseXML() and virDomainHostdevDefParseXMLSubsys(),
 * conf/domain_validate.c virDomainNetDefValidate() and virDomainHostdevDefValidate().
 */
#include "domain/interface.h"

#include <string.h>

static int source_required(struct mt_nic *nic)
{
	if (mt_element_child(nic->el, "source"))
		return 0;
	return mt_nic_bad(nic, nic->el, "<interface type='%s'>: must have a <source>",
			  mt_nic_type(nic));
}

static int local_required(struct mt_nic *nic)
{
	if (mt_nic_find(nic->el, "source/local", NULL))
		return 0;
	return mt_nic_bad(nic, mt_nic_child(nic, "source"),
			  "<source> of <interface type='udp'>: must have a <local>");
}

static int host_address_known(struct mt_nic *nic)
{
	const struct mt_element *source = mt_nic_child(nic, "source");

	if (!*nic->host_address)
		return mt_nic_bad(nic, source,
				  "<source> of <interface type='hostdev'>: must have "
				  "<address type=''>, pci or usb");
	if (strcmp(nic->host_address, "pci") && strcmp(nic->host_address, "usb"))
		return mt_nic_bad(nic, source, "<address type='%.64s'>: must be pci or usb",
				  nic->host_address);
	return 0;
}

static int vendor_with_product(struct mt_nic *nic)
{
	bool vendor = mt_nic_find(nic->el, "source/vendor", NULL);
	bool product = mt_nic_find(nic->el, "source/product", NULL);

	if (vendor == product || strcmp(nic->host_address, "usb"))
		return 0;
	return mt_nic_bad(nic, mt_nic_child(nic, "source"),
			  "<source>: must have <vendor> and <product>");
}

/* Attributes that libvirt has for host devices of other kinds. */
static int foreign_attributes(struct mt_nic *nic)
{
	static const char *const names[] = { "model", "sgio", "rawio" };
	const struct mt_element *source = mt_nic_find(nic->el, "source+", "startupPolicy");

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (mt_element_get(nic->el, names[i]))
			return mt_nic_bad(nic, nic->el,
					  "<interface %s='%.64s'>: not for pci or usb", names[i],
					  mt_element_get(nic->el, names[i]));
	if (source && strcmp(nic->host_address, "usb"))
		return mt_nic_bad(nic, source, "<source startupPolicy='%.64s'>: is for usb",
				  mt_element_get(source, "startupPolicy"));
	return 0;
}

static int guest_address_fits(struct mt_nic *nic)
{
	const struct mt_element *el = mt_element_child(nic->el, "address");
	const char *type = el ? mt_element_get(el, "type") : NULL;

	if (!type || !strcmp(type, nic->host_address) ||
	    (!strcmp(type, "unassigned") && !strcmp(nic->host_address, "pci")))
		return 0;
	return mt_nic_bad(nic, el, "<address type='%.64s'>: must be %s, as the source's", type,
			  nic->host_address);
}

static int unmanaged_is_ethernet(struct mt_nic *nic)
{
	const struct mt_fact *managed = mt_fact_at(nic->facts, "target.managed");

	if (!managed || managed->boolean || nic->type == MT_NIC_ETHERNET)
		return 0;
	return mt_nic_bad(nic, mt_nic_child(nic, "target"),
			  "<target managed='no'>: is for type='ethernet', not '%s'",
			  mt_nic_type(nic));
}

static int teaming_complete(struct mt_nic *nic)
{
	bool persistent = mt_fact_at(nic->facts, "teaming.persistent");
	const struct mt_element *el = mt_nic_child(nic, "teaming");

	if (!mt_fact_get(nic->facts, "teaming"))
		return 0;
	if (!mt_fact_at(nic->facts, "teaming.type"))
		return mt_nic_bad(nic, el, "<teaming>: attribute type is missing");
	if (mt_nic_says(nic, "teaming.type", "transient") && !persistent)
		return mt_nic_bad(nic, el, "<teaming type='transient'>: needs persistent");
	if (mt_nic_says(nic, "teaming.type", "persistent") && persistent)
		return mt_nic_bad(nic, el, "<teaming type='persistent'>: must not have persistent");
	return 0;
}

static int teaming_of_pci(struct mt_nic *nic)
{
	if (!mt_fact_get(nic->facts, "teaming") ||
	    (mt_nic_says(nic, "teaming.type", "transient") && !strcmp(nic->host_address, "pci")))
		return 0;
	return mt_nic_bad(nic, mt_nic_child(nic, "teaming"),
			  "<teaming> of type='hostdev': must be transient, and of a pci device");
}

static int isolated_on_bridge(struct mt_nic *nic)
{
	const char *port = mt_fact_text_at(nic->facts, "virtualport.type");

	if (!mt_fact_true_at(nic->facts, "isolated"))
		return 0;
	if (nic->type != MT_NIC_NETWORK && nic->type != MT_NIC_BRIDGE)
		return mt_nic_bad(
			nic, mt_nic_child(nic, "port"),
			"<port isolated='yes'>: is for type='network' and 'bridge', not '%s'",
			mt_nic_type(nic));
	if (port)
		return mt_nic_bad(nic, mt_nic_child(nic, "port"),
				  "<port isolated='yes'>: not with <virtualport type='%s'>", port);
	return 0;
}

static int virtio_options(struct mt_nic *nic)
{
	static const char *const names[] = { "iommu", "ats", "packed", "page_per_vq" };
	const struct mt_fact *driver = mt_fact_get(nic->facts, "driver");

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (mt_fact_get(driver, names[i]) && !mt_nic_virtio(nic))
			return mt_nic_bad(nic, mt_nic_child(nic, "driver"),
					  "<driver %s=''>: is for a virtio <model>", names[i]);
	return 0;
}

static int passt_for_user(struct mt_nic *nic)
{
	if (nic->type == MT_NIC_USER || !mt_nic_says(nic, "backend.type", "passt"))
		return 0;
	return mt_nic_bad(nic, mt_nic_child(nic, "backend"),
			  "<backend type='passt'>: is for type='user'");
}

static int passt_for_user_or_vhost(struct mt_nic *nic)
{
	if (nic->type == MT_NIC_USER || nic->type == MT_NIC_VHOSTUSER ||
	    !mt_nic_says(nic, "backend.type", "passt"))
		return 0;
	return mt_nic_bad(nic, mt_nic_child(nic, "backend"),
			  "<backend type='passt'>: is for type='user' and 'vhostuser'");
}

static int forward_by_passt(struct mt_nic *nic)
{
	const struct mt_element *forward = mt_element_child(nic->el, "portForward");

	if (!forward || mt_nic_says(nic, "backend.type", "passt"))
		return 0;
	return mt_nic_bad(nic, forward, "<portForward>: is for <backend type='passt'>");
}

static int no_vlan(struct mt_nic *nic)
{
	if (!mt_fact_get(nic->facts, "vlan"))
		return 0;
	return mt_nic_bad(nic, mt_nic_child(nic, "vlan"), "<vlan>: is not for type='%s'",
			  mt_nic_type(nic));
}

static int range_has_start(struct mt_nic *nic)
{
	const struct mt_element *f = mt_element_child(nic->el, "portForward"), *r;

	if (!mt_nic_says(nic, "backend.type", "passt"))
		return 0;
	for (; f; f = mt_element_again(f))
		for (r = mt_element_child(f, "range"); r; r = mt_element_again(r))
			if (!mt_element_get(r, "start") &&
			    (mt_element_get(r, "end") || mt_element_get(r, "to") ||
			     mt_element_get(r, "exclude")))
				return mt_nic_bad(nic, r,
						  "<range>: end, to and exclude need start");
	return 0;
}

static int vhostuser_is_virtio(struct mt_nic *nic)
{
	if (mt_nic_virtio(nic))
		return 0;
	return mt_nic_bad(nic, mt_nic_child(nic, "model"),
			  "<model> of type='vhostuser': must be one of virtio's");
}

static int client_reconnects(struct mt_nic *nic)
{
	if (!mt_nic_says(nic, "source.mode", "server") ||
	    !mt_fact_true_at(nic->facts, "source.reconnect.enabled"))
		return 0;
	return mt_nic_bad(nic, mt_nic_child(nic, "source"),
			  "<reconnect enabled='yes'>: is for mode='client'");
}

#define NEED_SOURCE                                                                           \
	(MT_SOCKETS | MT_BIT(MT_NIC_NETWORK) | MT_BIT(MT_NIC_VDS) | MT_BIT(MT_NIC_INTERNAL) | \
	 MT_BIT(MT_NIC_BRIDGE) | MT_BIT(MT_NIC_DIRECT) | MT_BIT(MT_NIC_VDPA))
#define VHOST MT_BIT(MT_NIC_VHOSTUSER)

const struct mt_rule mt_rules[] = {
	{ "source required", NEED_SOURCE, source_required },
	{ "source required", VHOST, source_required, .until = MT_LIBVIRT(11, 1) },
	{ "local required", MT_BIT(MT_NIC_UDP), local_required },
	{ "host address known", MT_BIT(MT_NIC_HOSTDEV), host_address_known },
	{ "vendor with product", MT_BIT(MT_NIC_HOSTDEV), vendor_with_product },
	{ "foreign attributes", MT_BIT(MT_NIC_HOSTDEV), foreign_attributes },
	{ "guest address fits", MT_BIT(MT_NIC_HOSTDEV), guest_address_fits },
	{ "unmanaged is ethernet", 0, unmanaged_is_ethernet },
	{ "teaming complete", 0, teaming_complete },
	{ "teaming of pci", MT_BIT(MT_NIC_HOSTDEV), teaming_of_pci },
	{ "isolated on bridge", 0, isolated_on_bridge },
	{ "virtio options", 0, virtio_options },
	{ "passt for user", 0, passt_for_user, .until = MT_LIBVIRT(11, 1) },
	{ "passt for user or vhost", 0, passt_for_user_or_vhost, .since = MT_LIBVIRT(11, 1) },
	{ "forward by passt", 0, forward_by_passt, .since = MT_LIBVIRT(11, 3) },
	{ "range has start", MT_BIT(MT_NIC_USER) | VHOST, range_has_start },
	{ "vhostuser is virtio", VHOST, vhostuser_is_virtio, .until = MT_LIBVIRT(11, 1) },
	{ "client reconnects", VHOST, client_reconnects },
	{ "no vlan", MT_BIT(MT_NIC_ETHERNET), no_vlan, .since = MT_LIBVIRT(12, 8) },
};
const size_t mt_rules_n = sizeof mt_rules / sizeof *mt_rules;
