/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gone.c - compare a guest's NICs with those that it had, and disconnect what is gone */
#include "engine/gone.h"

#include <string.h>
#include <strings.h>

bool mt_guest_before(struct mt_engine *g, const struct mt_event_params *ask, struct mt_pool *p,
		     struct mt_guest_record *before)
{
	struct mt_err ignored;

	return !mt_engine_state(g, false, &ignored) &&
		!mt_recall(g, ask->driver, ask->guest, p, before, &ignored) && !before->by_up;
}

static bool had(const struct mt_guest_record *before, const char *mac)
{
	for (size_t i = 0; i < before->answer.n; i++)
		if (!strcasecmp(before->answer.nics[i].mac, mac))
			return true;
	return false;
}

static bool has(const struct mt_outcome *now, const char *mac)
{
	for (size_t i = 0; i < now->n; i++)
		if (!strcasecmp(now->nics[i].mac, mac))
			return true;
	return false;
}

static void disconnect(struct mt_engine *g, const struct mt_event_params *ask,
		       const struct mt_record *header)
{
	const struct mt_nic_filter which = { .driver = ask->driver,
					     .name = ask->guest,
					     .dev = header->v[MT_HEADER_DEV].name,
					     .events_only = true,
					     .evict = true };
	struct mt_outcome out = { .name = "", .uuid = "" };
	struct mt_err e;

	if (mt_disconnect_all(g, &which, &out, &e))
		mt_log_err(&g->o.log, LOG_ERR, &e);
	mt_outcome_free(&out);
}

void mt_disconnect_gone(struct mt_engine *g, const struct mt_event_params *ask,
			const struct mt_guest_record *before, const struct mt_outcome *now)
{
	const struct mt_nic_filter all = { .driver = ask->driver,
					   .name = ask->guest,
					   .events_only = true };
	struct mt_pool p = { 0 };
	struct mt_record *headers;
	struct mt_err e;
	size_t n = 0;

	if (mt_connected(g, &all, &p, &headers, &n, &e))
		mt_log_err(&g->o.log, LOG_ERR, &e);
	for (size_t i = 0; i < n; i++) {
		const char *mac = mt_header_text(&headers[i], MT_HEADER_MAC);

		if (*mac && had(before, mac) && !has(now, mac))
			disconnect(g, ask, &headers[i]);
	}
	mt_pool_free(&p);
}
