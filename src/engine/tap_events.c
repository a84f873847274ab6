/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tap_events.c - events with only a tap's name: libvirt's <script> and <downscript>, QEMU's script=
 *
 * Before libvirt runs the script, it names the tap and sets its MAC by its rule. So a guest that
 * prepare has remembered is found by that MAC, or by the name of an unmanaged tap. Plain QEMU's tap
 * is an unknown guest's: the policy decides whether to trust what QEMU's command line says of it.
 */
#include "engine/leftovers.h"
#include "engine/guest_record.h"
#include "engine/look.h"
#include "engine/qemu.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct found {
	const struct mt_guest_record *memory;
	const struct mt_interface *nic;
	int n;
};

static bool is_connected(struct mt_engine *g, const struct mt_guest_record *m,
			 const struct mt_interface *nic, const char *tap, struct mt_pool *p)
{
	struct mt_nic_filter which = { .driver = m->driver, .name = m->name };
	struct mt_record *headers;
	struct mt_device d;
	struct mt_err e;
	size_t n;

	if (mt_connected(g, &which, p, &headers, &n, &e))
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct mt_record *h = &headers[i];

		if (h->v[MT_HEADER_INDEX].u == (unsigned)nic->index &&
		    !strcasecmp(mt_header_text(h, MT_HEADER_MAC), nic->mac) &&
		    strcmp(h->v[MT_HEADER_DEV].name, tap) &&
		    !mt_device_by_index(g->host, (uint32_t)h->v[MT_HEADER_IFINDEX].u, &d, &e))
			return true;
	}
	return false;
}

static bool tap_matches_nic(const struct mt_interface *nic, const struct mt_device *tap)
{
	uint8_t address[6];

	if (strcmp(nic->type, "ethernet"))
		return false;
	if (nic->unmanaged)
		return !strcmp(nic->dev, tap->name);
	return mt_tap_address(nic->mac, address) && !memcmp(address, tap->address, 6);
}

static int find(struct mt_engine *g, const struct mt_device *tap, struct mt_pool *p,
		struct found *f, struct mt_err *e)
{
	struct mt_guest_record *guest_records;
	size_t n;

	*f = (struct found){ 0 };
	if (mt_recall_of_tap(g, tap, p, &guest_records, &n, e))
		return -e->code;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; !guest_records[i].by_up && k < guest_records[i].answer.n; k++) {
			const struct mt_interface *nic = &guest_records[i].answer.nics[k];

			if (!tap_matches_nic(nic, tap) ||
			    is_connected(g, &guest_records[i], nic, tap->name, p))
				continue;
			f->memory = &guest_records[i];
			f->nic = nic;
			f->n++;
		}
	return 0;
}

/* Whether a person's `up` has connected this tap already, say to plug it in later. */
static bool is_ready(struct mt_engine *g, const struct mt_device *tap, struct mt_pool *p)
{
	struct mt_nic_filter which = { .dev = tap->name };
	struct mt_record *headers;
	struct mt_err e;
	size_t n;

	if (mt_connected(g, &which, p, &headers, &n, &e) || !n || !headers->v[MT_HEADER_KNOWN].u ||
	    headers->v[MT_HEADER_IFINDEX].u != tap->ifindex)
		return false;
	mt_log(&g->o.log, LOG_INFO, "%s: it is already connected for %s", tap->name,
	       mt_header_text(headers, MT_HEADER_DOMAIN));
	return true;
}

int mt_script_up(struct mt_engine *g, const char *tap, pid_t caller, struct mt_outcome *out,
		 struct mt_err *e)
{
	struct mt_event_params ask = { .request.source.fd = -1,
				       .request.want = MT_WANT_PLANS,
				       .driver = "qemu",
				       .guest = "",
				       .by = "script",
				       .request.managed = true,
				       .request.unmanaged = true,
				       .request.dev = tap,
				       .after_start = true };
	const char *only[2] = { NULL };
	struct mt_device d;
	struct mt_qemu qemu;
	struct found f;
	char index[16];
	int err;

	if (!mt_can_change_network())
		return mt_look_at_tap(g, tap, e);
	if (mt_device_by_name(g->host, tap, &d, e) || mt_leftovers_state(g, e) ||
	    find(g, &d, &out->pool, &f, e))
		return -e->code;
	if (f.n != 1 && is_ready(g, &d, &out->pool))
		return 0;
	if (f.n != 1) {
		if (mt_qemu_of(caller, tap, &qemu)) {
			ask.request.qemu_name = qemu.name;
			ask.request.qemu_uuid = qemu.uuid;
			ask.request.qemu_mac = qemu.mac;
			ask.request.want |= MT_WANT_FACTS; /* for the run's record */
		}
		mt_log(&g->o.log, LOG_DEBUG, "%s: a tap of %s%s%s", tap,
		       f.n ? "one of several remembered guests" : "no remembered guest",
		       *qemu.name ? "; its QEMU names the guest " : "", qemu.name);
		err = mt_connect(g, &ask, out, e);
		return err == -EALREADY && is_ready(g, &d, &out->pool) ? 0 : err;
	}
	mt_leftovers_of(g, f.memory->driver, f.memory->name);
	snprintf(index, sizeof index, "%d", f.nic->index);
	only[0] = index;
	ask.request.only = only;
	mt_params_from_record(&ask, f.memory);
	err = mt_connect(g, &ask, out, e);
	out->facts = ask.request.source.bytes;
	out->facts_n = ask.request.source.n;
	return err;
}

/* Whether the guest of an unmanaged tap is between prepare and start: nobody has the tap open then.
 * A downscript must not disconnect it; release will. */
static bool is_starting(struct mt_engine *g, const struct mt_record *h, struct mt_pool *p)
{
	struct mt_guest_record m;
	struct mt_err e;

	return h->v[MT_HEADER_UNMANAGED].u &&
		!mt_recall(g, mt_header_text(h, MT_HEADER_DRIVER),
			   mt_header_text(h, MT_HEADER_DOMAIN), p, &m, &e) &&
		!m.started && !m.by_up;
}

static int disconnect(struct mt_engine *g, const char *tap, bool handed_over,
		      struct mt_outcome *out, struct mt_err *e)
{
	struct mt_nic_filter which = { .dev = tap, .events_only = true, .evict = true };
	struct mt_device d;
	struct mt_record *headers;
	size_t n;
	int err;

	if (mt_connected(g, &which, &out->pool, &headers, &n, e))
		return -e->code;
	if (!n)
		return 0;
	err = mt_device_by_name(g->host, tap, &d, e);
	if (err && err != -ENODEV)
		return err;
	if (!err && !handed_over && d.ifindex == (uint32_t)headers[0].v[MT_HEADER_IFINDEX].u &&
	    (d.carrier || is_starting(g, &headers[0], &out->pool))) {
		mt_log(&g->o.log, LOG_NOTICE, "%s: it is in use by %s, and stays connected", tap,
		       mt_header_text(&headers[0], MT_HEADER_DOMAIN));
		return 0;
	}
	return mt_disconnect_all(g, &which, out, e);
}

int mt_script_down(struct mt_engine *g, const char *tap, bool handed_over, struct mt_outcome *out,
		   struct mt_err *e)
{
	if (!mt_can_change_network() || !mt_name_valid(tap))
		return 0; /* libvirt passes "(null)" for a tap that it has not created */
	return disconnect(g, tap, handed_over, out, e);
}
