/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* disconnect.c - down: undo what the journals have; no evaluator is asked */
#include "engine/engine.h"
#include "base/clock.h"
#include "engine/guest.h"
#include "engine/leftovers.h"
#include "engine/guest_record.h"
#include "plan/lookup.h"
#include "plan/recover.h"
#include "plan/together.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* @done: the steps undone, filled later. */
static void begin_outcome(const struct mt_record *h, struct mt_steps *done, struct mt_outcome *out)
{
	out->nics[out->n++] = (struct mt_outcome_nic){ .index = (int)h->v[MT_HEADER_INDEX].u,
						       .type = "ethernet",
						       .mac = mt_header_text(h, MT_HEADER_MAC),
						       .dev = h->v[MT_HEADER_DEV].name,
						       .unmanaged = h->v[MT_HEADER_UNMANAGED].u,
						       .undone = done };
	out->name = mt_header_text(h, MT_HEADER_DOMAIN);
	out->uuid = mt_header_text(h, MT_HEADER_UUID);
}

/* The first error is the event's, the others are logged. */
struct errors {
	struct mt_engine *g;
	struct mt_err *first;
};

static void note_error(struct errors *to, const struct mt_record *h, struct mt_err *one)
{
	mt_err_in_nic(one, (int)h->v[MT_HEADER_INDEX].u, h->v[MT_HEADER_DEV].name);
	if (to->first->code)
		mt_log_err(&to->g->o.log, LOG_ERR, one);
	else
		*to->first = *one;
}

/* In the order of their names: all processes lock journals in that order. */
static int disconnect_each(struct mt_engine *g, const struct mt_nic_filter *which,
			   const struct mt_record *headers, size_t n, struct mt_outcome *out,
			   struct mt_err *e)
{
	struct mt_leaving *all = mt_pool_alloc(&out->pool, (n + 1) * sizeof *all);
	struct mt_leaving **begun = mt_pool_alloc(&out->pool, (n + 1) * sizeof *begun);
	struct mt_steps *undone = mt_pool_alloc(&out->pool, (n + 1) * sizeof *undone);
	struct errors errors = { g, e };
	struct mt_err one;
	size_t nbegun = 0;

	*e = (struct mt_err){ 0 };
	if (!all || !begun || !undone)
		return mt_fail(e, ENOMEM, "down", "", NULL);
	for (size_t i = 0; i < n; i++) {
		undone[i].pool = &out->pool;
		begin_outcome(&headers[i], &undone[i], out);
		all[i].apply = mt_engine_apply(g, &out->pool);
		all[i].apply.done = &undone[i];
		all[i].apply.force = which->force;
		all[i].apply.evict = which->evict;
		all[i].dev = headers[i].v[MT_HEADER_DEV].name;
		all[i].ifindex = (uint32_t)headers[i].v[MT_HEADER_IFINDEX].u;
		if (mt_disconnect_begin(&all[i], &one))
			note_error(&errors, &headers[i], &one);
		else
			begun[nbegun++] = &all[i];
	}
	mt_devices_together(begun, nbegun);
	for (size_t i = 0; i < nbegun; i++)
		if (mt_disconnect_end(begun[i], &one))
			note_error(&errors, &headers[begun[i] - all], &one);
	for (size_t i = 0; i < n; i++)
		out->left += all[i].apply.left;
	return -e->code;
}

int mt_guest_of(struct mt_engine *g, const struct mt_event_params *ask, struct mt_pool *p,
		struct mt_nic_filter *which, struct mt_err *e)
{
	struct mt_outcome of = { .name = "", .uuid = "" };
	int err = mt_connect(g, ask, &of, e);

	if (!err) {
		which->driver = mt_pool_copy(p, of.driver, strlen(of.driver));
		which->name = mt_pool_copy(p, of.name, strlen(of.name));
		which->uuid = mt_pool_copy(p, of.uuid, strlen(of.uuid));
		if (!which->driver || !which->name || !which->uuid)
			err = mt_fail(e, ENOMEM, "down", "", NULL);
	}
	mt_outcome_free(&of);
	return err;
}

/* Refuse a word in which->only that is no NIC of the guest. If nothing is known of the guest any
 * more, every word may have been one. */
static int check_named(struct mt_engine *g, const struct mt_nic_filter *which, struct mt_pool *p,
		       struct mt_err *e)
{
	struct mt_nic_filter all = *which;
	struct mt_guest_record m = { 0 };
	struct mt_record *headers;
	size_t n;
	int err = 0;

	all.only = NULL;
	if (mt_connected(g, &all, p, &headers, &n, e))
		return -e->code;
	if (which->name && *which->name && which->driver)
		err = mt_recall(g, which->driver, which->name, p, &m, e);
	if (err && err != -ENOENT)
		return err;
	for (const char *const *o = n || m.answer.n ? which->only : NULL; o && *o; o++) {
		bool any = false;

		for (size_t i = 0; i < n; i++)
			any |= mt_connected_is(&headers[i], *o);
		for (size_t i = 0; i < m.answer.n; i++)
			any |= mt_nic_is(*o, m.answer.nics[i].dev, m.answer.nics[i].mac,
					 (unsigned)m.answer.nics[i].index);
		if (!any)
			return mt_no_nic(e, *o);
	}
	return 0;
}

/* Delete their records, if unused. Without NICs, too: a killed run may have left only a record. */
static int forget_guests(struct mt_engine *g, const struct mt_nic_filter *which,
			 const struct mt_record *headers, size_t n, struct mt_err *e)
{
	int err = 0;

	if (!n && which->name && mt_can_change_network())
		return mt_forget_unused(g, which->driver, which->name, e);
	for (size_t i = 0; i < n && !err; i++)
		if (!i ||
		    strcmp(mt_header_text(&headers[i], MT_HEADER_DOMAIN),
			   mt_header_text(&headers[i - 1], MT_HEADER_DOMAIN)))
			err = mt_forget_unused(g, mt_header_text(&headers[i], MT_HEADER_DRIVER),
					       mt_header_text(&headers[i], MT_HEADER_DOMAIN), e);
	return err;
}

int mt_disconnect_all(struct mt_engine *g, const struct mt_nic_filter *which,
		      struct mt_outcome *out, struct mt_err *e)
{
	struct mt_record *headers;
	int64_t begun = mt_now_us();
	struct mt_err one;
	size_t n;
	int err;

	out->name = out->uuid = "";
	/* without dev and name all guests would match, with name "" all unknown ones */
	if (!which->dev && (!which->name || !*which->name))
		return mt_guest_unnamed(e);
	if (which->only && check_named(g, which, &out->pool, e)) {
		out->name = which->name ? which->name : "";
		return -e->code;
	}
	if (mt_connected(g, which, &out->pool, &headers, &n, e))
		return -e->code;
	out->nics = mt_pool_alloc(&out->pool, (n + 1) * sizeof *out->nics);
	if (!out->nics)
		return mt_fail(e, ENOMEM, "down", "", NULL);
	err = disconnect_each(g, which, headers, n, out, e);
	if (forget_guests(g, which, headers, n, &one) && !err)
		*e = one, err = -one.code;
	for (size_t i = 0; err && i < out->n; i++)
		if (out->nics[i].undone->n) /* it is down in part */
			e->blame = MT_BLAME_UNDO;
	out->times.make = (uint32_t)(mt_now_us() - begun);
	return err;
}
