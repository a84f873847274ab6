/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mac_twice.c - warn of two guests with one MAC in one bridge, when the second is connected */
#include "engine/mac_twice.h"

/* The device of the NIC, if this run has put it into a bridge; 0: it has not. */
static uint32_t new_port(const struct mt_run_nic *n)
{
	for (size_t i = 0; i < n->made.n; i++) {
		const struct mt_step *s = &n->made.at[i];

		if (mt_step_moves(s) && mt_record_is_own(n->plan, &s->put))
			return mt_ref_ifindex(&s->put.ref);
	}
	return 0;
}

/* By libvirt's rule, mt_tap_address(), two taps have one MAC if their guests have. */
void mt_warn_of_mac(struct mt_engine *g, const struct mt_run_nic *n)
{
	const char *mac = mt_header_text(&n->header, MT_HEADER_MAC);
	uint32_t device = new_port(n), port;
	uint8_t address[6];
	struct mt_device other;
	struct mt_err ignored;

	if (!device || !mt_tap_address(mac, address) ||
	    mt_bridge_port_of(g->host, device, address, &port, &ignored) || port == device ||
	    mt_device_by_index(g->host, port, &other, &ignored))
		return;
	mt_log(&g->o.log, LOG_WARNING,
	       "%s: its MAC, %s, is also that of %s in %s, which sends the frames for both guests "
	       "to the one that sent last",
	       n->plan->dev, mac, other.name, other.master);
}
