/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor_reflection.c - guests that do not reach themselves by what is forwarded to them */
#include "cli/doctor/doctor.h"

#include <string.h>
#include <sys/socket.h>

/* Whether moontap has put a hairpin for an address of the NIC's: of a guest that forwards lead to. */
static const struct mt_record *hairpin_of(const struct mt_nic_status *nic)
{
	for (size_t i = 0; i < nic->journal.steps.n; i++)
		if (!strcmp(nic->journal.steps.at[i].put.kind->name, "hairpin"))
			return &nic->journal.steps.at[i].put;
	return NULL;
}

static bool sends_back(struct mt_doctor *d, const char *dev)
{
	struct mt_record key = { .kind = mt_kind_find(mt_kinds, "port") }, port;
	struct mt_err e;

	mt_record_put(&key, 0, mt_name_from(dev));
	return mt_record_get(d->g.host, &key, &port, &d->p, &e) ||
		mt_doctor_field(&port, "hairpin");
}

/* Then its packet is turned round while it is still in the bridge, and would leave by the port that
 * it came in by: net/bridge/br_netfilter_hooks.c br_nf_pre_routing_finish(). */
void mt_check_reflection(struct mt_doctor *d)
{
	for (size_t i = 0; i < d->nnics; i++) {
		const struct mt_nic_status *nic = &d->nics[i];
		const struct mt_record *hairpin = hairpin_of(nic);
		const char *master = nic->here ? nic->device.master : "";
		bool v6 = hairpin && hairpin->v[0].family == AF_INET6;
		struct mt_record bridge;

		if (!hairpin || !mt_doctor_bridge(d, master, &bridge) ||
		    !mt_doctor_passes(d, &bridge, v6 ? "ip6tables" : "iptables") ||
		    sends_back(d, nic->dev))
			continue;
		mt_doctor_found(d, nic->guest,
				"%s: what is forwarded to %s does not come back to it, since %s "
				"calls the host's firewall (br_netfilter)",
				nic->guest, nic->dev, master);
	}
}
