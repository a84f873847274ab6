/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rules_qemu.c - what libvirt's parser accepts and its QEMU driver refuses, at define or at start
 *
 * Sources: qemu/qemu_validate.c qemuValidateDomainDeviceDefNetwork(), at define;
 * qemu/qemu_domain.c qemuDomainValidateActualNetDef(), conf/domain_validate.c
 * virDomainActualNetDefValidate(), qemu/qemu_command.c qemuBuildInterfaceCommandLine(),
 * qemu/qemu_interface.c qemuInterfaceEthernetConnect(), at start.
 */
#include "domain/nic_types.h"

#include <string.h>

/* What an interface of this type cannot have with QEMU. */
static int not_with(struct mt_nic *nic, const char *element)
{
	return mt_nic_bad(nic, mt_nic_child(nic, element),
			  "<%s>: QEMU has none for <interface type='%s'>", element,
			  mt_nic_type(nic));
}

/* --- at define -------------------------------------------------------------------------------- */

static int no_guest_ip(struct mt_nic *nic)
{
	/* libvirt 11.1: passt gives addresses to a vhostuser interface, too */
	bool passt = nic->type == MT_NIC_VHOSTUSER && mt_nic_says(nic, "backend.type", "passt");

	return mt_fact_get(nic->facts, "ips") && !passt ? not_with(nic, "ip") : 0;
}

static int no_guest_route(struct mt_nic *nic)
{
	return mt_fact_get(nic->facts, "routes") ? not_with(nic, "route") : 0;
}

/* slirp and passt give a guest at most one address of each family. */
static int guest_ip_fits(struct mt_nic *nic)
{
	const struct mt_fact *ips = mt_fact_get(nic->facts, "ips");
	const struct mt_element *el = mt_nic_child(nic, "ip");
	unsigned v4 = 0, v6 = 0;

	if (!ips)
		return 0;
	mt_fact_each (ip, ips) {
		const struct mt_fact *prefix = mt_fact_get(ip, "prefix");
		bool six = !strcmp(mt_fact_text_at(ip, "family"), "ipv6");
		int64_t n = prefix ? prefix->integer : 0;

		if (mt_fact_get(ip, "peer"))
			return mt_nic_bad(nic, el, "<ip peer='%s'>: QEMU has no peer",
					  mt_fact_text_at(ip, "peer"));
		if (six ? v6++ : v4++)
			return mt_nic_bad(nic, el, "<ip address='%s'>: QEMU has one of a family",
					  mt_fact_text_at(ip, "address"));
		if (n && (six ? n != 64 : n < 4 || n > 27))
			return mt_nic_bad(nic, el, "<ip prefix='%d'>: must be %s for QEMU", (int)n,
					  six ? "64" : "4 to 27");
	}
	return 0;
}

static int queue_sizes(struct mt_nic *nic)
{
	static const char *const names[] = { "rx_queue_size", "tx_queue_size" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct mt_fact *size =
			mt_fact_get(mt_fact_get(nic->facts, "driver"), names[i]);

		if (size && (size->integer & (size->integer - 1)))
			return mt_nic_bad(nic, mt_nic_child(nic, "driver"),
					  "<driver %s='%d'>: must be a power of two", names[i],
					  (int)size->integer);
	}
	return 0;
}

static int mtu_known(struct mt_nic *nic)
{
	bool passt = nic->type == MT_NIC_USER && mt_nic_says(nic, "backend.type", "passt");

	return mt_fact_get(nic->facts, "mtu") && !passt ? not_with(nic, "mtu") : 0;
}

static int no_coalesce(struct mt_nic *nic)
{
	return mt_fact_get(nic->facts, "coalesce") ? not_with(nic, "coalesce") : 0;
}

static int persistent_is_virtio(struct mt_nic *nic)
{
	if (!mt_nic_says(nic, "teaming.type", "persistent") || mt_nic_virtio(nic) ||
	    !mt_fact_get(nic->facts, "model"))
		return 0;
	return mt_nic_bad(nic, mt_nic_child(nic, "teaming"),
			  "<teaming type='persistent'>: is for a virtio <model>");
}

static int transient_is_hostdev(struct mt_nic *nic)
{
	if (!mt_nic_says(nic, "teaming.type", "transient"))
		return 0;
	return mt_nic_bad(nic, mt_nic_child(nic, "teaming"),
			  "<teaming type='transient'>: is for type='hostdev', not '%s'",
			  mt_nic_type(nic));
}

/* An interface of these types without <model> gets one of virtio's. */
static int model_is_virtio(struct mt_nic *nic)
{
	const char *model = mt_fact_text_at(nic->facts, "model");

	if (!model || mt_nic_virtio(nic))
		return 0;
	return mt_nic_bad(nic, mt_nic_child(nic, "model"),
			  "<model type='%.64s'>: must be one of virtio's for type='%s'", model,
			  mt_nic_type(nic));
}

/* --- at start --------------------------------------------------------------------------------- */

static int unmanaged_is_named(struct mt_nic *nic)
{
	const struct mt_fact *managed = mt_fact_at(nic->facts, "target.managed");
	const char *dev = mt_fact_text_at(nic->facts, "target.dev");

	if (!managed || managed->boolean || (dev && *dev))
		return 0;
	return mt_nic_bad(nic, mt_nic_child(nic, "target"),
			  "<target managed='no'>: must have dev, or no guest starts with it");
}

/* A template is no name yet: libvirt generates one from it, which fits. */
static int name_fits(struct mt_nic *nic)
{
	const char *dev = mt_fact_text_at(nic->facts, "target.dev");

	if (!dev || strchr(dev, '%') ||
	    (strlen(dev) < MT_DEV_SIZE && !dev[strcspn(dev, "/: \t\n\v\f\r")] && strcmp(dev, ".") &&
	     strcmp(dev, "..")))
		return 0;
	return mt_nic_bad(nic, mt_nic_child(nic, "target"),
			  "<target dev='%.64s'>: must be 1 to 15 bytes, without / and blanks", dev);
}

static int no_vlan(struct mt_nic *nic)
{
	return mt_fact_get(nic->facts, "vlan") ? not_with(nic, "vlan") : 0;
}

static int vlan_of_passthrough(struct mt_nic *nic)
{
	return mt_nic_says(nic, "source.mode", "passthrough") ? 0 : no_vlan(nic);
}

static int vlan_of_switch(struct mt_nic *nic)
{
	return mt_nic_says(nic, "virtualport.type", "openvswitch") ? 0 : no_vlan(nic);
}

static int no_script(struct mt_nic *nic)
{
	return mt_fact_get(nic->facts, "script") ? not_with(nic, "script") : 0;
}

static int one_queue(struct mt_nic *nic)
{
	if (!mt_fact_at(nic->facts, "driver.queues"))
		return 0;
	return mt_nic_bad(nic, mt_nic_child(nic, "driver"),
			  "<driver queues=''>: QEMU has one for <interface type='%s'>",
			  mt_nic_type(nic));
}

static int no_backend_tap(struct mt_nic *nic)
{
	if (!mt_fact_at(nic->facts, "backend.tap"))
		return 0;
	return mt_nic_bad(nic, mt_nic_child(nic, "backend"),
			  "<backend tap=''>: <interface type='%s'> has no tap", mt_nic_type(nic));
}

static int no_bandwidth(struct mt_nic *nic)
{
	return mt_fact_get(nic->facts, "bandwidth") ? not_with(nic, "bandwidth") : 0;
}

static int filter_or_virtualport(struct mt_nic *nic)
{
	if (!mt_fact_get(nic->facts, "filterref") || !mt_fact_at(nic->facts, "virtualport.type"))
		return 0;
	return mt_nic_bad(nic, mt_nic_child(nic, "filterref"),
			  "<filterref>: must not be with <virtualport>");
}

const struct mt_rule mt_rules_qemu[] = {
	{ "no guest ip", ALL & ~(USER | VDPA), no_guest_ip },
	{ "guest ip fits", USER | VHOST, guest_ip_fits },
	{ "no guest route", ALL & ~VDPA, no_guest_route },
	{ "queue sizes", 0, queue_sizes },
	{ "mtu known", ALL & ~(NETWORK | BRIDGE | ETHERNET | VHOST), mtu_known },
	{ "no coalesce", ALL & ~(NETWORK | BRIDGE), no_coalesce },
	{ "persistent is virtio", 0, persistent_is_virtio },
	{ "transient is hostdev", ALL & ~(HOSTDEV | NETWORK), transient_is_hostdev },
	{ "model is virtio", VHOST, model_is_virtio, .since = MT_LIBVIRT(11, 1) },
	{ "model is virtio", VDPA, model_is_virtio },

	{ "unmanaged is named", ETHERNET, unmanaged_is_named },
	{ "name fits", ETHERNET | NETWORK | BRIDGE | DIRECT, name_fits },
	{ "no vlan", ALL & ~(NETWORK | HOSTDEV | BRIDGE | DIRECT), no_vlan },
	{ "vlan of passthrough", DIRECT, vlan_of_passthrough },
	{ "vlan of switch", BRIDGE, vlan_of_switch, .until = MT_LIBVIRT(11, 0) },
	{ "no script", ALL & ~ETHERNET, no_script },
	{ "one queue", ALL & ~(NETWORK | BRIDGE | DIRECT | ETHERNET | VHOST | VDPA), one_queue },
	{ "no backend tap", ALL & ~(NETWORK | BRIDGE | ETHERNET), no_backend_tap },
	{ "no bandwidth", HOSTDEV, no_bandwidth },
	{ "filter or virtualport", NETWORK | BRIDGE, filter_or_virtualport },
};
const size_t mt_rules_qemu_n = sizeof mt_rules_qemu / sizeof *mt_rules_qemu;
