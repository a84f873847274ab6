/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * doctor_stranger.c - a running guest's tap that nobody has connected
 *
 * moontap knows nothing of a NIC that was plugged in without a script, or of a guest that was
 * started before install-hook. libvirt's files of running guests, which the evaluator parses, have
 * the guest's name; else QEMU's command line has it; else the tap's MAC shows at least the NIC's,
 * if it follows libvirt's rule.
 */
#include "cli/doctor/doctor.h"

#include <string.h>

/* --- whether somebody has connected it -------------------------------------------------------- */

static int take_any(const struct mt_record *r, void *data, struct mt_err *e)
{
	const int address = mt_kind_field(r->kind, "address");
	const struct mt_value *a = address < 0 ? NULL : &r->v[address];

	(void)e;
	if (a && mt_value_is_link_local(a))
		return 0; /* the kernel's own */
	*(bool *)data = true;
	return 1;
}

static bool has_any(struct mt_doctor *d, const char *kind, const char *dev)
{
	struct mt_record filter = { .kind = mt_kind_find(mt_kinds, kind) };
	bool any = false;
	struct mt_err e;

	mt_record_put(&filter, mt_kind_field(filter.kind, "dev"), mt_name_from(dev));
	return !filter.kind->list(d->g.host, &filter, take_any, &any, &e) && any;
}

/* It is a port of a bridge or a switch, or has an address or a route. */
static bool is_connected(struct mt_doctor *d, const struct mt_device *dev)
{
	return *dev->master || has_any(d, "addr", dev->name) || has_any(d, "route", dev->name);
}

static bool has_address(const char *mac, const struct mt_device *dev)
{
	uint8_t address[6];

	return mt_tap_address(mac, address) && !memcmp(address, dev->address, 6);
}

/* Whether it is a remembered guest's NIC: moontap will connect it in a moment, or the check "not
 * connected" finds it. */
static bool is_awaited(const struct mt_doctor *d, const struct mt_device *dev)
{
	for (size_t i = 0; i < d->nnics; i++) {
		const struct mt_nic_status *l = &d->nics[i];

		if (l->state == MT_NIC_WAITING &&
		    (!strcmp(l->dev, dev->name) || (!*l->dev && has_address(l->mac, dev))))
			return true;
	}
	return false;
}

/* --- libvirt's files of running guests: src/conf/domain_conf.c virDomainObjFormat() ----------- */

/* Find the guest's XML, which is whole inside of a <domstatus>. */
static bool find_document(const char *text, const char **begin, size_t *n)
{
	static const char end[] = "</domain>";
	const char *at = strstr(text, "<domain "), *last = NULL;

	for (const char *c = at; c && (c = strstr(c, end)); c++)
		last = c;
	*begin = at;
	*n = last ? (size_t)(last - at) + sizeof end - 1 : 0;
	return last;
}

static const struct mt_outcome_nic *nic_of(const struct mt_outcome *guest,
					   const struct mt_device *dev)
{
	for (size_t i = 0; i < guest->n; i++) {
		const struct mt_outcome_nic *nic = &guest->nics[i];

		if (*nic->dev ? !strcmp(nic->dev, dev->name) : has_address(nic->mac, dev))
			return nic;
	}
	return NULL;
}

/* Return: whether the device is that guest's. No finding if it is not type='ethernet': libvirt
 * connects all others. */
static bool check_guest(struct mt_doctor *d, const struct mt_device *dev, const char *file)
{
	const char *text = mt_doctor_read(d, file), *document;
	struct mt_event_params ask = { .request.want = MT_WANT_FACTS, .dry = true };
	struct mt_outcome guest = { 0 };
	const struct mt_outcome_nic *nic = NULL;
	struct mt_err e;
	size_t n;

	if (!text || !strstr(text, dev->name) || !find_document(text, &document, &n))
		return false;
	ask.request.source =
		(struct mt_source){ .fd = -1, .bytes = document, .n = n, .name = file };
	if (!mt_connect(&d->g, &ask, &guest, &e))
		nic = nic_of(&guest, dev);
	if (nic && !strcmp(nic->type, "ethernet"))
		mt_doctor_found(d, guest.name,
				"%s NIC %d (%s, %s): its tap is in use, and nobody has "
				"connected it",
				guest.name, nic->index, dev->name, *nic->mac ? nic->mac : "no MAC");
	mt_outcome_free(&guest);
	return nic;
}

static bool check_libvirt(struct mt_doctor *d, const struct mt_device *dev)
{
	static const char *const folders[] = { "/run/libvirt/qemu", "/run/libvirt/lxc", NULL };
	const char *const *f = mt_doctor_files(d, folders, "*.xml");

	for (; *f; f++)
		if (check_guest(d, dev, *f))
			return true;
	return false;
}

/* --- guests that libvirt does not know -------------------------------------------------------- */

static void check_others(struct mt_doctor *d, const struct mt_device *dev)
{
	char pid[17];
	const char *guest = mt_doctor_holder(d, dev->name, pid);
	const uint8_t *mac = dev->address;

	if (guest && *guest)
		mt_doctor_found(d, guest,
				"%s (%s): its tap is in use by QEMU, process %s, and nobody "
				"has connected it",
				guest, dev->name, pid);
	else if (guest)
		mt_doctor_found(d, dev->name,
				"%s is in use by QEMU, process %s, and nobody has "
				"connected it",
				dev->name, pid);
	else if (mac[0] == 0xfe && mac[1] == 0x54 && !mac[2])
		mt_doctor_found(d, dev->name,
				"%s is in use by a guest with the MAC "
				"52:54:00:%02x:%02x:%02x, and nobody has connected it",
				dev->name, mac[3], mac[4], mac[5]);
}

void mt_check_stranger(struct mt_doctor *d)
{
	for (size_t i = 0; i < d->ndevices; i++) {
		const struct mt_device *dev = &d->devices[i];

		if (!dev->carrier || !mt_doctor_unknown(d, dev) || is_connected(d, dev) ||
		    is_awaited(d, dev))
			continue;
		if (!check_libvirt(d, dev) && !strcmp(dev->kind, "tun"))
			check_others(d, dev);
	}
}
