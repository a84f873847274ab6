/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* abandoned.c - since when a tap has neither a libvirtd nor a QEMU */
#include "service/abandoned.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "engine/connect.h"
#include "engine/driver.h"
#include "service/starter.h"

#include <errno.h>
#include <stdlib.h>

#define LOOK_MS 60000

struct mt_idle_tap {
	uint32_t ifindex;
	int64_t since;
	bool seen; /* by this look */
};

static struct mt_idle_tap *remembered(struct mt_abandoned *a, uint32_t ifindex)
{
	struct mt_idle_tap *more;

	for (size_t i = 0; i < a->n; i++)
		if (a->taps[i].ifindex == ifindex)
			return &a->taps[i];
	more = mt_array_room(a->taps, a->n, &a->cap, sizeof *more);
	if (!more)
		return NULL;
	a->taps = more;
	more[a->n] = (struct mt_idle_tap){ .ifindex = ifindex, .since = mt_now_ms() };
	return &more[a->n++];
}

/* A tap has a carrier while somebody has it open: drivers/net/tun.c. */
static bool is_idle(struct mt_engine *g, const struct mt_record *h)
{
	const char *starter = mt_header_text(h, MT_HEADER_STARTER);
	struct mt_device d;
	struct mt_err ignored;

	return *starter && h->v[MT_HEADER_UNMANAGED].u && !mt_starter_lives(starter) &&
		!mt_device_by_index(g->host, (uint32_t)h->v[MT_HEADER_IFINDEX].u, &d, &ignored) &&
		!d.carrier;
}

static void disconnect(struct mt_abandoned *a, const struct mt_record *h)
{
	const char *dev = h->v[MT_HEADER_DEV].name;
	struct mt_nic_filter which = { .driver = mt_header_text(h, MT_HEADER_DRIVER),
				       .name = mt_header_text(h, MT_HEADER_DOMAIN),
				       .dev = dev };
	struct mt_outcome out = { .name = "", .uuid = "" };
	struct mt_err e;

	mt_log(&a->g->o.log, LOG_NOTICE,
	       "%s: its libvirtd is gone, and nobody has opened it for %g s; disconnecting it", dev,
	       (double)a->limit_ms / 1000);
	if (mt_disconnect_all(a->g, &which, &out, &e))
		mt_log_err(&a->g->o.log, LOG_ERR, &e);
	mt_outcome_free(&out);
}

static void look_at(struct mt_abandoned *a, const struct mt_record *h)
{
	struct mt_idle_tap *tap =
		is_idle(a->g, h) ? remembered(a, (uint32_t)h->v[MT_HEADER_IFINDEX].u) : NULL;

	if (!tap)
		return;
	tap->seen = true;
	if (mt_now_ms() - tap->since >= a->limit_ms)
		disconnect(a, h);
}

/* Those that are in use again, or gone. */
static void forget_others(struct mt_abandoned *a)
{
	size_t kept = 0;

	for (size_t i = 0; i < a->n; i++) {
		if (a->taps[i].seen)
			a->taps[kept++] = a->taps[i];
		a->taps[i].seen = false;
	}
	for (a->n = kept; kept--;)
		a->taps[kept].seen = false;
}

int mt_abandoned_look(struct mt_abandoned *a)
{
	struct mt_pool p = { 0 };
	struct mt_record *headers;
	struct mt_err e;
	size_t n = 0;

	if (mt_connected(a->g, &(struct mt_nic_filter){ 0 }, &p, &headers, &n, &e))
		n = 0; /* status says so */
	for (size_t i = 0; i < n; i++)
		if (mt_driver_user(mt_header_text(&headers[i], MT_HEADER_DRIVER)))
			look_at(a, &headers[i]);
	forget_others(a);
	mt_pool_free(&p);
	return a->limit_ms < LOOK_MS ? (int)a->limit_ms : LOOK_MS;
}

void mt_abandoned_free(struct mt_abandoned *a)
{
	free(a->taps);
}
