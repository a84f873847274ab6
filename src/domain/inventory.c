/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inventory.c - every attribute of an <interface> that libvirt reads, a row each
 *
 * To teach moontap another attribute, add a row: the facts, the checks, the messages follow.
 * Rows are in the order in which the facts are printed. Rows of one element are adjacent, so that
 * read_rows() searches the element once. Where versions of libvirt differ, each has a row. The
 * columns are explained at struct mt_attr_row.
 *
 * Source: conf/domain_conf.c virDomainNetDefParseXML() and what it calls; for what is dropped,
 * defaulted or spelled anew, virDomainNetDefFormat().
 */
#include "domain/nic_types.h"

#include <string.h>

#define NAMES(...)                \
	(const char *const[])     \
	{                         \
		__VA_ARGS__, NULL \
	}
#define ROWS(rows) (sizeof(rows) / sizeof *(rows))

/* virDomainNetModelTypeList; the first, "unknown", is no fact: the row's .least is 1 */
static const char *const models[] = {
	"unknown",
	"netfront",
	"rtl8139",
	"virtio",
	"e1000",
	"e1000e",
	"virtio-transitional",
	"virtio-non-transitional",
	"usb-net",
	"spapr-vlan",
	"lan9118",
	"scm91c111",
	"vlance",
	"vmxnet",
	"vmxnet2",
	"vmxnet3",
	"Am79C970A",
	"Am79C973",
	"82540EM",
	"82545EM",
	"82543GC",
	"igb", /* 9.3 */
	NULL,
};

/* virDomainDeviceAddress except "none" and "virtio-s390", which virDomainDeviceAddressParseXML()
 * refuses */
static const char *const addresses[] = {
	"pci", "drive",	      "virtio-serial", "ccid", "usb",	     "spapr-vio",
	"ccw", "virtio-mmio", "isa",	       "dimm", "unassigned", NULL,
};

/* --- when a row is read ----------------------------------------------------------------------- */

static bool live(const struct mt_nic *nic)
{
	return !nic->o->inactive;
}

static bool virtio(const struct mt_nic *nic)
{
	return nic->type != MT_NIC_HOSTDEV && mt_nic_virtio(nic);
}

static bool pci(const struct mt_nic *nic)
{
	return !strcmp(nic->host_address, "pci");
}

static bool usb(const struct mt_nic *nic)
{
	return !strcmp(nic->host_address, "usb");
}

/* libvirt keeps source/@dev of types user and vhostuser for passt only (virDomainNetDefFormat) */
static bool passt(const struct mt_nic *nic)
{
	const struct mt_element *backend = mt_nic_find(nic->el, "backend", NULL);
	const char *type = backend ? mt_element_get(backend, "type") : NULL;

	return type && !strcmp(type, "passt");
}

/* --- the table -------------------------------------------------------------------------------- */

/* clang-format off */
const struct mt_attr_row mt_inventory[] = {
	/* element, attribute, value, fact, types, when, … */
	{ "", "trustGuestRxFilters", MT_ATTR_YES_NO, "trust_guest_rx_filters" },
	{ "", "managed", MT_ATTR_YES_NO, "managed", HOSTDEV, .flags = MT_FORGIVEN },
	{ "mac", "address", MT_ATTR_MAC, "mac", .flags = MT_LOAD },
	/* the MAC that the guest has set */
	{ "mac", "currentAddress", MT_ATTR_MAC, "mac_current_address", 0, live,
	  .since = MT_LIBVIRT(11, 2) },
	{ "mac", "type", MT_ATTR_ENUM, NULL, .names = NAMES("generated", "static") },
	{ "mac", "check", MT_ATTR_YES_NO, NULL },

	{ "source", "type", MT_ATTR_ENUM, "source.type", VHOST, .flags = MT_REQUIRED,
	  .names = NAMES("unix"), .until = MT_LIBVIRT(11, 1) },
	{ "source", "type", MT_ATTR_ENUM, "source.type", VHOST, .names = NAMES("unix"),
	  .since = MT_LIBVIRT(11, 1) },
	{ "source", "path", MT_ATTR_TEXT, "source.path", VHOST, .flags = MT_REQUIRED,
	  .until = MT_LIBVIRT(11, 1) },
	{ "source", "path", MT_ATTR_TEXT, "source.path", VHOST, .since = MT_LIBVIRT(11, 1) },
	{ "source", "mode", MT_ATTR_ENUM, "source.mode", VHOST, .flags = MT_REQUIRED,
	  .names = NAMES("client", "server"), .until = MT_LIBVIRT(11, 1) },
	{ "source", "mode", MT_ATTR_ENUM, "source.mode", VHOST, .names = NAMES("client", "server"),
	  .since = MT_LIBVIRT(11, 1) },
	/* libvirt adds the network to the bridge or direct interface that it became at start */
	{ "source", "network", MT_ATTR_TEXT, "source.network", BRIDGE | DIRECT, live },
	{ "source", "network", MT_ATTR_TEXT, "source.network", NETWORK, .flags = MT_REQUIRED },
	{ "source", "portgroup", MT_ATTR_TEXT, "source.portgroup", BRIDGE | DIRECT, live },
	{ "source", "portgroup", MT_ATTR_TEXT, "source.portgroup", NETWORK },
	{ "source", "portid", MT_ATTR_UUID, "source.portid", NETWORK, live },
	{ "source", "portid", MT_ATTR_TEXT, "source.portid", BRIDGE | DIRECT, live },
	{ "source", "bridge", MT_ATTR_TEXT, "source.bridge", NETWORK, live },
	{ "source", "bridge", MT_ATTR_TEXT, "source.bridge", BRIDGE, .flags = MT_REQUIRED },
	{ "source", "macTableManager", MT_ATTR_TEXT, "source.macTableManager",
	  NETWORK | BRIDGE, live },
	{ "source", "name", MT_ATTR_TEXT, "source.name", INTERNAL, .flags = MT_REQUIRED },
	{ "source", "dev", MT_ATTR_TEXT, "source.dev", DIRECT | VDPA, .flags = MT_REQUIRED },
	{ "source", "dev", MT_ATTR_TEXT, "source.dev", USER, passt },
	{ "source", "dev", MT_ATTR_TEXT, "source.dev", VHOST, passt, .since = MT_LIBVIRT(11, 1) },
	{ "source", "mode", MT_ATTR_ENUM, "source.mode", DIRECT, .otherwise = "vepa",
	  .names = NAMES("vepa", "private", "bridge", "passthrough") },
	{ "source", "address", MT_ATTR_TEXT, "source.address", MT_BIT(MT_NIC_SERVER) },
	{ "source", "address", MT_ATTR_TEXT, "source.address", MT_SOCKETS & ~MT_BIT(MT_NIC_SERVER),
	  .flags = MT_REQUIRED },
	{ "source", "port", MT_ATTR_INT, "source.port", MT_SOCKETS, .flags = MT_REQUIRED },
	{ "source", "switchid", MT_ATTR_UUID, "source.switchid", VDS, .flags = MT_REQUIRED },
	{ "source", "portid", MT_ATTR_INT64, "source.portid", VDS, .flags = MT_REQUIRED,
	  .until = MT_LIBVIRT(11, 3) },
	{ "source", "portid", MT_ATTR_INT64, "source.portid", VDS, .since = MT_LIBVIRT(11, 3) },
	{ "source", "portgroupid", MT_ATTR_TEXT, "source.portgroupid", VDS, .flags = MT_REQUIRED,
	  .until = MT_LIBVIRT(11, 3) },
	{ "source", "portgroupid", MT_ATTR_TEXT, "source.portgroupid", VDS,
	  .since = MT_LIBVIRT(11, 3) },
	{ "source", "connectionid", MT_ATTR_INT64, "source.connectionid", VDS, .flags = MT_REQUIRED,
	  .until = MT_LIBVIRT(11, 3) },
	{ "source", "connectionid", MT_ATTR_INT64, "source.connectionid", VDS,
	  .since = MT_LIBVIRT(11, 3) },
	{ "source", "writeFiltering", MT_ATTR_YES_NO, NULL, HOSTDEV, pci },
	{ "source", "startupPolicy", MT_ATTR_ENUM, "source.startupPolicy", HOSTDEV, usb,
	  .names = NAMES("mandatory", "requisite", "optional") },
	{ "source", "autoAddress", MT_ATTR_YES_NO, NULL, HOSTDEV, usb },
	{ "source", "guestReset", MT_ATTR_ENUM, "source.guestReset", HOSTDEV, usb,
	  .names = NAMES("off", "uninitialized", "on") },
	{ "source/vendor", "id", MT_ATTR_UINT, NULL, HOSTDEV, usb, MT_REQUIRED, .base = MT_ANY_BASE,
	  .min = 1 },
	{ "source/product", "id", MT_ATTR_UINT, NULL, HOSTDEV, usb, MT_REQUIRED,
	  .base = MT_ANY_BASE },
	{ "source/local", "address", MT_ATTR_TEXT, "source.local.address", UDP,
	  .flags = MT_REQUIRED },
	{ "source/local", "port", MT_ATTR_INT, "source.local.port", UDP, .flags = MT_REQUIRED },

	/* <target> is in parts.c: a generated device name counts as absent */
	{ "guest+", "dev", MT_ATTR_TEXT, "guest.dev", .flags = MT_NOT_EMPTY | MT_LOAD },
	{ "guest+", "actual", MT_ATTR_TEXT, "guest.actual", .flags = MT_NOT_EMPTY | MT_LOAD },
	{ "script+", "path", MT_ATTR_TEXT, "script", .flags = MT_NOT_EMPTY },
	{ "downscript+", "path", MT_ATTR_TEXT, "downscript", .flags = MT_NOT_EMPTY },
	{ "backenddomain+", "name", MT_ATTR_TEXT, "backenddomain", .flags = MT_NOT_EMPTY },
	{ "model+", "type", MT_ATTR_ENUM_ANY, "model",
	  .flags = MT_NOT_EMPTY, .names = models, .least = 1 },

	{ "driver", "name", MT_ATTR_ENUM, "driver.name", HOSTDEV, pci,
	  .names = NAMES("kvm", "vfio", "xen") },
	{ "driver", "model", MT_ATTR_TEXT, "driver.model", HOSTDEV, pci,
	  .since = MT_LIBVIRT(10, 0) },
	{ "driver", "iommufd", MT_ATTR_YES_NO, "driver.iommufd", HOSTDEV, pci,
	  .since = MT_LIBVIRT(12, 1) },
	{ "driver", "name", MT_ATTR_ENUM, "driver.name", 0, virtio,
	  .names = NAMES("qemu", "vhost") },
	{ "driver", "txmode", MT_ATTR_ENUM, "driver.txmode", 0, virtio,
	  .names = NAMES("iothread", "timer") },
	{ "driver", "ioeventfd", MT_ATTR_ON_OFF, "driver.ioeventfd", 0, virtio },
	{ "driver", "event_idx", MT_ATTR_ON_OFF, "driver.event_idx", 0, virtio },
	{ "driver", "queues", MT_ATTR_UINT, "driver.queues", 0, virtio, MT_LOAD, .least = 2 },
	{ "driver", "rx_queue_size", MT_ATTR_UINT, "driver.rx_queue_size", 0, virtio, .least = 1 },
	{ "driver", "tx_queue_size", MT_ATTR_UINT, "driver.tx_queue_size", 0, virtio, .least = 1 },
	{ "driver", "rss", MT_ATTR_ON_OFF, "driver.rss", 0, virtio },
	{ "driver", "rss_hash_report", MT_ATTR_ON_OFF, "driver.rss_hash_report", 0, virtio },
	/* read for every model; a rule refuses them where the model is not virtio */
	{ "driver", "iommu", MT_ATTR_ON_OFF, "driver.iommu" },
	{ "driver", "ats", MT_ATTR_ON_OFF, "driver.ats" },
	{ "driver", "packed", MT_ATTR_ON_OFF, "driver.packed" },
	{ "driver", "page_per_vq", MT_ATTR_ON_OFF, "driver.page_per_vq" },
	{ "driver+/host", "csum", MT_ATTR_ON_OFF, "driver.host.csum", 0, virtio },
	{ "driver+/host", "gso", MT_ATTR_ON_OFF, "driver.host.gso", 0, virtio },
	{ "driver+/host", "tso4", MT_ATTR_ON_OFF, "driver.host.tso4", 0, virtio },
	{ "driver+/host", "tso6", MT_ATTR_ON_OFF, "driver.host.tso6", 0, virtio },
	{ "driver+/host", "ecn", MT_ATTR_ON_OFF, "driver.host.ecn", 0, virtio },
	{ "driver+/host", "ufo", MT_ATTR_ON_OFF, "driver.host.ufo", 0, virtio },
	{ "driver+/host", "mrg_rxbuf", MT_ATTR_ON_OFF, "driver.host.mrg_rxbuf", 0, virtio },
	{ "driver+/guest", "csum", MT_ATTR_ON_OFF, "driver.guest.csum", 0, virtio },
	{ "driver+/guest", "tso4", MT_ATTR_ON_OFF, "driver.guest.tso4", 0, virtio },
	{ "driver+/guest", "tso6", MT_ATTR_ON_OFF, "driver.guest.tso6", 0, virtio },
	{ "driver+/guest", "ecn", MT_ATTR_ON_OFF, "driver.guest.ecn", 0, virtio },
	{ "driver+/guest", "ufo", MT_ATTR_ON_OFF, "driver.guest.ufo", 0, virtio },

	{ "backend", "type", MT_ATTR_ENUM, "backend.type", .names = NAMES("passt"),
	  .until = MT_LIBVIRT(11, 3) },
	{ "backend", "type", MT_ATTR_ENUM, "backend.type", .names = NAMES("default", "passt"),
	  .least = 1, .since = MT_LIBVIRT(11, 3) },
	{ "backend", "tap", MT_ATTR_PATH, "backend.tap" },
	{ "backend", "vhost", MT_ATTR_PATH, "backend.vhost", 0, virtio },
	{ "backend", "logFile", MT_ATTR_TEXT, "backend.logFile" },
	{ "backend", "hostname", MT_ATTR_TEXT, "backend.hostname", .since = MT_LIBVIRT(11, 8) },
	{ "backend", "fqdn", MT_ATTR_TEXT, "backend.fqdn", .since = MT_LIBVIRT(11, 8) },
	{ "filterref", "filter", MT_ATTR_TEXT, "filterref.filter", ETHERNET | NETWORK | BRIDGE },
	{ "tune+/sndbuf", NULL, MT_ATTR_UINT, "sndbuf", .flags = MT_NOT_EMPTY, .max = INT64_MAX },
	{ "teaming+", "type", MT_ATTR_ENUM, "teaming.type", .flags = MT_NOT_EMPTY,
	  .names = NAMES("persistent", "transient") },
	{ "teaming+", "persistent", MT_ATTR_TEXT, "teaming.persistent", .flags = MT_NOT_EMPTY },
	{ "link+", "state", MT_ATTR_ENUM, "link",
	  .flags = MT_NOT_EMPTY, .names = NAMES("up", "down") },
	{ "mtu+", "size", MT_ATTR_UINT, "mtu", .flags = MT_NOT_EMPTY | MT_LOAD, .least = 1 },
	{ "coalesce/rx+/frames+", "max", MT_ATTR_UINT, "coalesce.rx_frames_max",
	  .flags = MT_NOT_EMPTY,
	  .least = 1 },
	{ "port", "isolated", MT_ATTR_YES_NO, "isolated" },
	{ "boot", "order", MT_ATTR_UINT, "boot", .flags = MT_REQUIRED, .min = 1 },

	/* the device as the guest sees it: checked, no facts */
	{ "master", "startport", MT_ATTR_UINT },
	{ "rom", "enabled", MT_ATTR_YES_NO },
	{ "rom", "bar", MT_ATTR_ON_OFF },
	{ "acpi", "index", MT_ATTR_UINT, .min = 1 },
	{ "address", "type", MT_ATTR_ENUM, .flags = MT_REQUIRED, .names = addresses },
};
/* clang-format on */
const size_t mt_inventory_n = ROWS(mt_inventory);
