/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * operations.c - the operations that libvirt calls its hook script with, one row each
 *
 * libvirt's docs/hooks.rst, and what libvirt 9.0 does: at prepare, the XML names only unmanaged
 * devices; at start, it names all, and the taps exist; a failure of started or reconnect makes
 * libvirt kill a running guest; stopped and release follow every failure, too, and their XML lacks
 * the generated names.
 */
#include "engine/gone.h"
#include "engine/leftovers.h"
#include "engine/guest_record.h"
#include "engine/look.h"
#include "base/tokens.h"

#include <errno.h>
#include <string.h>

static int filter(struct mt_engine *g, struct mt_event_params *ask, struct mt_outcome *out,
		  struct mt_err *e)
{
	ask->request.want = MT_WANT_DECISIONS | MT_WANT_XML;
	ask->request.inactive = false;
	return mt_connect(g, ask, out, e);
}

/* The guest arrives from another host: until it runs here, it must attract no traffic. */
static int migrate(struct mt_engine *g, struct mt_event_params *ask, struct mt_outcome *out,
		   struct mt_err *e)
{
	ask->remember = mt_can_change_network();
	ask->request.incoming = true;
	return filter(g, ask, out, e);
}

static bool was_incoming(struct mt_engine *g, const struct mt_event_params *ask)
{
	struct mt_pool p = { 0 };
	struct mt_guest_record m = { 0 };
	struct mt_err e;
	bool incoming = !mt_engine_state(g, false, &e) &&
		!mt_recall(g, ask->driver, ask->guest, &p, &m, &e) && m.incoming;

	mt_pool_free(&p);
	return incoming;
}

static int prepare(struct mt_engine *g, struct mt_event_params *ask, struct mt_outcome *out,
		   struct mt_err *e)
{
	mt_leftovers_of(g, ask->driver, ask->guest);
	ask->request.want = MT_WANT_PLANS;
	ask->request.incoming = was_incoming(g, ask);
	ask->remember = true;
	ask->request.unmanaged = true;
	ask->early = true;
	return mt_connect(g, ask, out, e);
}

static int start(struct mt_engine *g, struct mt_event_params *ask, struct mt_outcome *out,
		 struct mt_err *e)
{
	ask->request.want = MT_WANT_PLANS;
	ask->request.incoming = was_incoming(g, ask);
	ask->remember = true;
	ask->request.managed = ask->request.unmanaged = true;
	ask->after_start = ask->started = true;
	return mt_connect(g, ask, out, e);
}

/* A failure would make libvirt kill the running guest, so it is only logged. */
static int never_fails(struct mt_engine *g, struct mt_event_params *ask, struct mt_outcome *out,
		       struct mt_err *e)
{
	char line[700];

	ask->runs_on = true;
	if (!start(g, ask, out, e))
		return 0;
	mt_log(&g->o.log, LOG_ERR, "%s: %s (the guest runs on)", ask->guest,
	       mt_err_line(e, line, sizeof line));
	out->ignored = *e;
	return 0;
}

static int reconnect(struct mt_engine *g, struct mt_event_params *ask, struct mt_outcome *out,
		     struct mt_err *e)
{
	struct mt_err ignored;

	if (!mt_engine_state(g, false, &ignored))
		mt_forget(g, ask->driver, ask->guest, &ignored); /* it is not incoming now */
	return never_fails(g, ask, out, e);
}

static int stopped(struct mt_engine *g, struct mt_event_params *ask, struct mt_outcome *out,
		   struct mt_err *e)
{
	struct mt_nic_filter which = { .driver = ask->driver,
				       .name = ask->guest,
				       .managed_only = true,
				       .events_only = true,
				       .force = ask->force,
				       .evict = true };

	return mt_disconnect_all(g, &which, out, e);
}

static int release(struct mt_engine *g, struct mt_event_params *ask, struct mt_outcome *out,
		   struct mt_err *e)
{
	struct mt_nic_filter which = { .driver = ask->driver,
				       .name = ask->guest,
				       .events_only = true,
				       .force = ask->force,
				       .evict = true };
	struct mt_err one;
	int err = mt_disconnect_all(g, &which, out, e);

	if (mt_forget_event(g, ask->driver, ask->guest, &one) && !err)
		*e = one, err = -one.code;
	return err;
}

/* moontap's own, for what libvirt calls no hook script for: NICs were plugged in or out. */
static int changed(struct mt_engine *g, struct mt_event_params *ask, struct mt_outcome *out,
		   struct mt_err *e)
{
	struct mt_pool p = { 0 };
	struct mt_guest_record before;
	bool known = mt_guest_before(g, ask, &p, &before);

	never_fails(g, ask, out, e);
	if (known && !out->ignored.code)
		mt_disconnect_gone(g, ask, &before, out);
	mt_pool_free(&p);
	return 0;
}

static int nothing(struct mt_engine *g, struct mt_event_params *ask, struct mt_outcome *out,
		   struct mt_err *e)
{
	(void)g, (void)ask, (void)out, (void)e;
	return 0;
}

/* A failure, unless the policy refused, does not stop a guest that has no NIC for moontap. If the
 * policy is broken, the evaluator has not read the guest's XML: read it without a policy. */
static int let_pass(struct mt_engine *g, const struct mt_event_params *ask, struct mt_outcome *out,
		    struct mt_err *e)
{
	struct mt_event_params again = *ask;
	struct mt_err ignored;
	char line[700];

	again.request.want = MT_WANT_FACTS;
	again.remember = false;
	again.dry = true;
	if (e->blame == MT_BLAME_REFUSED || (!out->read && mt_connect(g, &again, out, &ignored)) ||
	    !out->read || out->concerned)
		return -e->code;
	mt_log(&g->o.log, LOG_WARNING,
	       "%s: %s (the guest goes on, since none of its NICs is moontap's; connect_other() "
	       "was not called, or its answer was lost)",
	       ask->guest, mt_err_line(e, line, sizeof line));
	out->ignored = *e;
	out->xml = NULL;
	out->xml_n = 0;
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct mt_engine *, struct mt_event_params *, struct mt_outcome *,
		   struct mt_err *);
	bool changes; /* needs CAP_NET_ADMIN; without it mt_look_at_guest() */
	bool stops;   /* a failure keeps the guest from starting */
} operations[] = {
	{ "migrate", migrate, false, true },
	{ "restore", filter, false, true },
	{ "prepare", prepare, true, true },
	{ "start", start, true, true },
	{ "started", never_fails, true },
	{ "reconnect", reconnect, true },
	{ "changed", changed, true },
	{ "stopped", stopped, true },
	{ "release", release, true },
	{ "attach", nothing, false }, /* documented, but libvirt never calls it */
	/* of libvirt's hook scripts for networks and the daemon, if moontap is linked there */
	{ "shutdown", nothing, false },
	{ "reload", nothing, false },
	{ "updated", nothing, false },
	{ "port-created", nothing, false },
	{ "port-deleted", nothing, false },
	{ NULL },
};

bool mt_operation_known(const char *word)
{
	for (size_t i = 0; operations[i].name; i++)
		if (!strcmp(operations[i].name, word))
			return true;
	return false;
}

const char *mt_operation_suggest(const char *word, char *buf, size_t n)
{
	return mt_suggest(word, &operations[0].name, sizeof *operations, buf, n);
}

int mt_operation_run(struct mt_engine *g, const char *operation, struct mt_event_params *ask,
		     struct mt_outcome *out, struct mt_err *e)
{
	int err;

	ask->by = "hook";
	ask->request.known = true;
	for (size_t i = 0; operations[i].name; i++) {
		if (strcmp(operations[i].name, operation))
			continue;
		if (operations[i].changes && !mt_can_change_network())
			return mt_look_at_guest(g, operation, ask, out, e);
		err = operations[i].run(g, ask, out, e);
		return err && operations[i].stops ? let_pass(g, ask, out, e) : err;
	}
	mt_fail(e, EINVAL, "hook", operation, "libvirt has no such operation");
	e->blame = MT_BLAME_USAGE;
	return -EINVAL;
}
