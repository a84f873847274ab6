/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* complete.c - add facts that the document lacks, or that the request replaces */
#include "evaluator/complete.h"
#include "kernel/host.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* First bytes of the MACs that hypervisors generate: QEMU and libvirt, Xen, VMware, Hyper-V. */
static const uint8_t makers[][3] = {
	{ 0x52, 0x54, 0x00 }, { 0x00, 0x16, 0x3e }, { 0x00, 0x0c, 0x29 },
	{ 0x00, 0x50, 0x56 }, { 0x00, 0x15, 0x5d },
};

/*
 * Guess the guest's MAC from its tap's. libvirt gives a tap the guest's MAC with fe as its first
 * byte, or fa where the guest's is fe (qemu/qemu_interface.c qemuInterfaceEthernetConnect()). So fa
 * was fe, and fe was the first byte of the makers[] that has the same next two; without one it
 * stays. Any other MAC was not set by libvirt, and stays.
 */
static void guest_mac(const uint8_t tap[6], char *mac, size_t n)
{
	uint8_t first = tap[0] == 0xfa ? 0xfe : tap[0];

	for (size_t i = 0; tap[0] == 0xfe && i < sizeof makers / sizeof *makers; i++)
		if (!memcmp(makers[i] + 1, tap + 1, 2))
			first = makers[i][0];
	snprintf(mac, n, "%02x:%02x:%02x:%02x:%02x:%02x", first, tap[1], tap[2], tap[3], tap[4],
		 tap[5]);
}

int mt_facts_of_unknown(const struct mt_eval_request *q, struct mt_host *h, struct mt_pool *p,
			struct mt_fact **facts)
{
	struct mt_device d;
	struct mt_err ignored;
	char mac[18];

	struct mt_facts b = { .pool = p };
	struct mt_fact *domain, *nics, *nic;

	*facts = mt_fact_object(&b, NULL, "");
	domain = mt_fact_object(&b, *facts, "domain");
	mt_fact_string(&b, domain, "name", q->qemu_name ?: "");
	if (q->qemu_uuid && *q->qemu_uuid)
		mt_fact_string(&b, domain, "uuid", q->qemu_uuid);
	if (q->qemu_name && *q->qemu_name)
		mt_fact_string(&b, domain, "known", "qemu");
	nics = mt_fact_array(&b, *facts, "nics");
	nic = mt_fact_object(&b, nics, "");
	mt_fact_string(&b, nic, "type", "ethernet");
	mt_fact_integer(&b, nic, "index", 1);
	mt_fact_boolean(&b, nic, "unmanaged", false);
	if (q->qemu_mac && *q->qemu_mac) {
		mt_fact_string(&b, nic, "mac", q->qemu_mac);
	} else if (h && q->dev && !mt_device_by_name(h, q->dev, &d, &ignored)) {
		guest_mac(d.address, mac, sizeof mac);
		mt_fact_string(&b, nic, "mac", mac);
	}
	return b.failed ? -ENOMEM : 0;
}

static int set_string(struct mt_pool *p, struct mt_fact *object, const char *name, const char *s)
{
	struct mt_facts b = { .pool = p };
	struct mt_fact *have = mt_fact_get(object, name);

	if (have)
		have->string = s;
	else
		mt_fact_string(&b, object, name, s);
	return b.failed ? -ENOMEM : 0;
}

bool mt_fact_selected(const struct mt_eval_request *q, const struct mt_fact *nic)
{
	const char *dev = mt_fact_text_at(nic, "dev"), *mac = mt_fact_text_at(nic, "mac");

	return mt_request_selects(q, mt_fact_true_at(nic, "unmanaged"), dev ? dev : "",
				  mac ? mac : "", (unsigned)mt_fact_get(nic, "index")->integer);
}

/* libvirt-lxc's XML names the container's end of a veth pair, <guest dev='eth0' actual='vnet1'/>,
 * and not the host's, which is the peer of `actual`. Every NIC of LXC is managed. */
static int complete_container(struct mt_host *h, struct mt_fact *nic, struct mt_pool *p)
{
	const char *actual = mt_fact_text_at(nic, "guest.actual");
	struct mt_fact *unmanaged = mt_fact_get(nic, "unmanaged");
	struct mt_device end, host;
	struct mt_err e;
	char *name;

	if (unmanaged)
		unmanaged->boolean = false;
	if (!actual || mt_fact_get(nic, "dev") || !h || mt_device_by_name(h, actual, &end, &e) ||
	    mt_device_by_index(h, end.peer, &host, &e))
		return 0;
	name = mt_pool_copy(p, host.name, strlen(host.name));
	return name ? set_string(p, nic, "dev", name) : -ENOMEM;
}

static void add_caller(const struct mt_eval_request *q, struct mt_facts *b, struct mt_fact *nic)
{
	struct mt_fact *caller = mt_fact_object(b, nic, "caller"), *groups;

	mt_fact_string(b, caller, "user", q->caller_user);
	mt_fact_integer(b, caller, "uid", q->caller_uid);
	mt_fact_integer(b, caller, "gid", q->caller_gid);
	if (q->caller_bridge)
		mt_fact_string(b, caller, "bridge", q->caller_bridge);
	groups = mt_fact_array(b, caller, "groups");
	for (const char *const *g = q->caller_groups; g && *g; g++)
		mt_fact_string(b, groups, "", *g);
}

int mt_facts_complete(const struct mt_eval_request *q, struct mt_host *h, struct mt_fact *facts,
		      struct mt_pool *p)
{
	struct mt_facts b = { .pool = p };
	struct mt_fact *domain = mt_fact_get(facts, "domain");
	const char *hypervisor = mt_fact_text_at(domain, "type");
	bool lxc = hypervisor && !strcmp(hypervisor, "lxc");
	int unnamed = 0, err = 0;

	if (!mt_fact_get(domain, "known"))
		mt_fact_boolean(&b, domain, "known", q->known);
	if (q->incoming)
		mt_fact_boolean(&b, domain, "incoming", true);
	mt_fact_each (nic, mt_fact_get(facts, "nics")) {
		const char *type = mt_fact_text_at(nic, "type");

		if (q->caller_user)
			add_caller(q, &b, nic);
		if (lxc)
			err |= complete_container(h, nic, p);
		if (q->dev && mt_fact_selected(q, nic))
			err |= set_string(p, nic, "dev", q->dev);
		else if (q->unnamed && !mt_fact_get(nic, "dev") && type &&
			 !strcmp(type, "ethernet")) {
			char *name = mt_pool_copy(p, "                ", 16);

			if (name)
				snprintf(name, 16, unnamed ? "%s%d" : "%s", q->unnamed,
					 unnamed + 1);
			unnamed++;
			err |= name ? set_string(p, nic, "dev", name) : -ENOMEM;
		}
	}
	return b.failed || err ? -ENOMEM : 0;
}
