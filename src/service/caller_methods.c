/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* caller_methods.c - Plan, Up, Down, Status, OpenTap: a call's parameters, the engine, the reply */
#include "service/caller_methods.h"
#include "engine/driver.h"
#include "engine/guest.h"
#include "engine/history.h"
#include "engine/leftovers.h"
#include "engine/nic_status.h"
#include "engine/open_tap.h"
#include "service/bridge_conf.h"
#include "service/peer.h"

#include <errno.h>
#include <string.h>

struct method {
	struct mt_engine *g;
	const struct mt_caller *c;
	const struct mt_varlink_params *in;
	struct mt_result *r;
	struct mt_varlink_reply *out;
	int *descriptor;
	const char **bad;
	char *driver; /* room for the caller's */
};

static int wrong(const struct method *m, const char *parameter)
{
	*m->bad = parameter;
	return -EINVAL;
}

/* A name, a uuid or a device: of the caller's own guests, or, for root, of all. */
static int find_connected(const struct method *m, struct mt_nic_filter *which, struct mt_err *e)
{
	struct mt_pool *p = &m->r->inside.pool;

	return m->c ? mt_caller_guest(m->g, m->c, m->in->guest, p, which, e)
		    : mt_guest_find(m->g, m->in->guest, MT_WORD_ANY, p, which, e);
}

/* A user's records are apart from root's: by the driver, also where the XML could not be read. */
static struct mt_history_run begin_record(const struct method *m, const char *event)
{
	static const char *const none[] = { NULL };

	if (m->c)
		mt_driver_of_user(mt_drivers[0], m->c->uid, m->driver);
	return (struct mt_history_run){ .event = event,
					.driver = m->c ? m->driver : NULL,
					.argv = none };
}

/* --- Plan, Up --------------------------------------------------------------------------------- */

/* Of a guest's XML, or of a guest that is remembered: root's are. */
static int find_guest(const struct method *m, struct mt_event_params *ask, struct mt_err *e)
{
	struct mt_nic_filter guest;
	int err;

	if (m->in->name && !*m->in->name)
		return wrong(m, "name");
	if (!m->in->xml && (!m->in->name || m->c))
		return wrong(m, "xml");
	if (m->in->xml) {
		ask->request.source = (struct mt_source){
			.fd = -1, .bytes = m->in->xml, .n = strlen(m->in->xml), .name = "xml"
		};
		ask->guest = m->in->name;
		return 0;
	}
	err = mt_guest_find(m->g, m->in->name, MT_WORD_NAME, &m->r->inside.pool, &guest, e);
	if (!err)
		err = mt_params_from_guest(m->g, &guest, ask, &m->r->inside.pool, e);
	if (err == -ENOENT)
		mt_bad(e, "", "", "no guest %.200s is remembered: its XML is needed", m->in->name);
	return err;
}

static int show_connected(const struct method *m, struct mt_err *e)
{
	struct mt_outcome *out = &m->r->inside;
	const char **warnings = mt_pool_alloc(&out->pool, (out->nwarnings + 1) * sizeof *warnings);

	if (!warnings)
		return mt_fail(e, ENOMEM, "up", out->name, NULL);
	for (size_t i = 0; i < out->nwarnings; i++)
		warnings[i] = out->warnings[i];
	m->out->warnings = warnings;
	m->out->driver = out->driver;
	m->out->guest = out->name;
	m->out->nics = m->r->face.nics;
	return 0;
}

static int connect(const struct method *m, bool dry, struct mt_err *e)
{
	struct mt_event_params ask = mt_up_params(dry);
	struct mt_outcome *out = &m->r->inside;
	struct mt_history_run run = begin_record(m, "up");
	int err = find_guest(m, &ask, e);

	if (err)
		return err;
	ask.shows_warnings = true;
	ask.request.only = m->in->nics;
	if (m->c)
		mt_caller_params(&ask, m->c);
	mt_history_begin(&run, m->g);
	err = mt_connect(m->g, &ask, out, e);
	mt_history_end(&run, m->g, &ask.request.source, dry ? NULL : out, err ? e : NULL);
	return err || mt_result_face(m->r, e) ? -e->code : show_connected(m, e);
}

static int plan(const struct method *m, struct mt_err *e)
{
	return connect(m, true, e);
}

static int up(const struct method *m, struct mt_err *e)
{
	return connect(m, false, e);
}

/* --- Down ------------------------------------------------------------------------------------- */

static int down(const struct method *m, struct mt_err *e)
{
	struct mt_outcome *out = &m->r->inside;
	struct mt_history_run run = begin_record(m, "down");
	struct mt_nic_filter which;
	int err;

	if (!*m->in->guest)
		return wrong(m, "guest");
	err = find_connected(m, &which, e);
	if (!err) {
		which.only = m->in->nics;
		run.driver = which.driver;
		run.guest = which.name;
		run.dev = *which.name ? NULL : which.dev;
		mt_history_begin(&run, m->g);
		err = mt_disconnect_all(m->g, &which, out, e);
		mt_history_end(&run, m->g, NULL, out, err ? e : NULL);
	} else if (err == -ENOENT) {
		err = 0;
	}
	mt_leftovers_all(m->g);
	if (err || mt_result_face(m->r, e))
		return -e->code;
	m->out->guest = out->name;
	m->out->nics = m->r->face.nics;
	return 0;
}

/* --- Status ----------------------------------------------------------------------------------- */

static struct mt_varlink_status *status_of(const struct mt_nic_status *l, struct mt_pool *p)
{
	const struct mt_record *h = &l->journal.header;
	struct mt_varlink_status *s = mt_pool_alloc(p, sizeof *s);
	const char **drift = mt_pool_alloc(p, (l->ndrift + 1) * sizeof *drift);

	if (!s || !drift)
		return NULL;
	for (size_t i = 0; i < l->ndrift; i++)
		drift[i] = l->drift[i];
	*s = (struct mt_varlink_status){ .guest = l->guest,
					 .driver = l->driver,
					 .uuid = l->uuid,
					 .dev = l->dev,
					 .mac = l->mac,
					 .index = l->index,
					 .unmanaged = l->unmanaged,
					 .state = mt_nic_state_name(l->state),
					 .link = mt_nic_link(l),
					 .master = l->here ? l->device.master : "",
					 .drift = drift };
	if (h->kind) {
		s->since = h->v[MT_HEADER_SINCE].u;
		s->by = mt_header_text(h, MT_HEADER_BY);
		s->policy = mt_header_text(h, MT_HEADER_POLICY);
		s->checksum = mt_header_text(h, MT_HEADER_CHECKSUM);
	}
	return s;
}

static int status(const struct method *m, struct mt_err *e)
{
	struct mt_nic_filter which = { .uid = m->c ? m->c->uid : 0 };
	struct mt_pool *p = &m->r->inside.pool;
	int err = m->in->guest ? find_connected(m, &which, e) : 0;
	const struct mt_varlink_status **all;
	struct mt_nic_status *nics = NULL;
	size_t n = 0;

	if ((err && err != -ENOENT) || (!err && mt_nics_inspect(m->g, &which, p, &nics, &n, e)))
		return -e->code;
	mt_finish_done(m->g, nics, n);
	all = mt_pool_alloc(p, (n + 1) * sizeof *all);
	for (size_t i = 0; all && i < n; i++) {
		all[i] = status_of(&nics[i], p);
		if (!all[i])
			all = NULL;
	}
	m->out->status = all;
	return all ? 0 : mt_fail(e, ENOMEM, "status", "", NULL);
}

/* --- OpenTap ---------------------------------------------------------------------------------- */

static int open_tap(const struct method *m, struct mt_err *e)
{
	struct mt_outcome *out = &m->r->inside;
	struct mt_tap_wish wish = { .caller = m->c,
				    .bridge = m->in->bridge,
				    .vnet_hdr = m->in->vnet_hdr };
	struct mt_history_run run = begin_record(m, "bridge-helper");
	char *dev = mt_pool_alloc(&out->pool, MT_NAME_MAX + 1);
	int err;

	if (!dev)
		return mt_fail(e, ENOMEM, "tap", "", NULL);
	if (!m->c)
		return mt_bad(e, "tap", m->in->bridge,
			      "root's QEMU has script= for its taps, and needs no helper");
	if (mt_bridge_conf_denies(MT_BRIDGE_CONF, m->in->bridge)) {
		mt_bad(e, "refused", "", "%s denies the bridge %s", MT_BRIDGE_CONF, m->in->bridge);
		return mt_refused(e);
	}
	wish.qemu = mt_peer_parent(m->c->pid);
	mt_history_begin(&run, m->g);
	err = mt_open_tap(m->g, &wish, dev, m->descriptor, out, e);
	mt_history_end(&run, m->g, NULL, out, err ? e : NULL);
	m->out->dev = dev;
	return err;
}

/* ---------------------------------------------------------------------------------------------- */

int mt_caller_method(struct mt_engine *g, const struct mt_caller *c,
		     const struct mt_varlink_call *call, struct mt_result *r,
		     struct mt_varlink_reply *reply, int *descriptor, const char **bad,
		     struct mt_err *e)
{
	static int (*const methods[])(const struct method *, struct mt_err *) = {
		[MT_CALL_PLAN] = plan,	       [MT_CALL_UP] = up,
		[MT_CALL_DOWN] = down,	       [MT_CALL_STATUS] = status,
		[MT_CALL_OPEN_TAP] = open_tap,
	};
	char driver[MT_DRIVER_TEXT];
	const struct method m = { g, c, &call->params, r, reply, descriptor, bad, driver };

	*descriptor = -1;
	return methods[call->method](&m, e);
}
