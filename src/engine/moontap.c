/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* moontap.c - the functions of moontap.h: handles, events, errors */
#include "engine/by_service.h"
#include "engine/driver.h"
#include "engine/handle.h"
#include "engine/leftovers.h"
#include "base/paths.h"
#include "engine/guest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PUBLIC __attribute__((visibility("default")))

PUBLIC const char *moontap_version(void)
{
	return MOONTAP_VERSION;
}

/* Fill @to, also when there is no error. */
static int say_error(struct moontap_error *to, const struct mt_err *e)
{
	const char *name = e->code ? mt_errno_name(e->code) : "";

	if (to) {
		*to = (struct moontap_error){ .code = e->code,
					      .exit = e->code ? mt_exit_status(e->blame) : 0 };
		snprintf(to->name, sizeof to->name, "%s", name ? name : "?");
		snprintf(to->where, sizeof to->where, "%s", e->where);
		snprintf(to->what, sizeof to->what, "%s", e->op);
		snprintf(to->on, sizeof to->on, "%s", e->subject);
		snprintf(to->why, sizeof to->why, "%s", e->text);
	}
	return -e->code;
}

/* Copy a caller's struct of another size. What it has beyond ours must be zero, see openat2(2). */
static int take_struct(void *to, size_t ours, const void *from, size_t theirs, const char *what,
		       struct mt_err *e)
{
	const char *bytes = from;

	for (size_t i = ours; i < theirs; i++)
		if (bytes[i])
			return mt_misused(e, E2BIG, what,
					  "it is of a newer moontap.h than this library");
	memset(to, 0, ours);
	memcpy(to, from, ours < theirs ? ours : theirs);
	return 0;
}

/* --- handles ---------------------------------------------------------------------------------- */

struct copying {
	struct mt_pool *pool;
	bool failed;
};

static const char *copy(struct copying *c, const char *s)
{
	char *to = mt_pool_copy(c->pool, s, strlen(s));

	c->failed |= !to;
	return to;
}

static const char *installed(struct copying *c, const char *below)
{
	char path[PATH_MAX];

	mt_path_installed(below, path);
	return copy(c, path);
}

static const char *const *hook_directories(struct copying *c, const char *const *first)
{
	const char **list;
	size_t n = 0;

	while (first && first[n])
		n++;
	list = mt_pool_alloc(c->pool, (n + 3) * sizeof *list);
	c->failed |= !list;
	if (!list)
		return NULL;
	for (size_t i = 0; i < n; i++)
		list[i] = copy(c, first[i]);
	list[n] = MT_DEFAULT_HOOKS;
	list[n + 1] = installed(c, "share/moontap/hooks");
	return list;
}

static int make_options(struct moontap *m, const struct moontap_options *o,
			struct mt_engine_options *to, struct mt_err *e)
{
	struct copying c = { .pool = &m->pool };
	char id[65];

	*to = (struct mt_engine_options){
		.policy = copy(&c, o->policy ? o->policy : MT_DEFAULT_POLICY),
		.policy_optional = !o->policy,
		.hooks = hook_directories(&c, o->hooks),
		.state = copy(&c, o->state ? o->state : MT_DEFAULT_STATE),
		.ovsdb = o->ovsdb ? copy(&c, o->ovsdb) : NULL,
		.host_id = copy(&c, mt_host_id(id)),
		.deadline_ms = o->deadline_ms ? o->deadline_ms : 10000,
		.memory = o->memory,
		.start = mt_start_spawn,
		.evaluator = o->evaluator ? copy(&c, o->evaluator)
					  : installed(&c, "libexec/moontap/evaluator"),
		.log = { o->log, o->data },
		.stop = o->stop,
	};
	m->service = o->service ? copy(&c, o->service) : NULL;
	return c.failed ? mt_fail(e, ENOMEM, "open", NULL, NULL) : 0;
}

int mt_handle_open(struct moontap **m, const struct moontap_options *options, struct mt_err *e)
{
	struct mt_engine_options o;

	*m = calloc(1, sizeof **m);
	if (!*m)
		return mt_fail(e, ENOMEM, "open", NULL, NULL);
	if (!make_options(*m, options, &o, e) && !mt_engine_open(&(*m)->engine, &o, e))
		return 0;
	moontap_close(*m);
	*m = NULL;
	return -e->code;
}

PUBLIC int moontap_open(struct moontap **m, const struct moontap_options *options, size_t size,
			struct moontap_error *error)
{
	struct moontap_options known;
	struct mt_err e = { 0 };

	*m = NULL;
	if (!take_struct(&known, sizeof known, options, size, "open", &e))
		mt_handle_open(m, &known, &e);
	return say_error(error, &e);
}

PUBLIC void moontap_close(struct moontap *m)
{
	if (!m)
		return;
	mt_engine_close(&m->engine);
	mt_pool_free(&m->pool);
	free(m);
}

/* --- events ----------------------------------------------------------------------------------- */

static void take_event(struct mt_event_params *ask, const struct moontap_event *ev)
{
	bool fd = ev->flags & MOONTAP_FD;

	ask->request.source = (struct mt_source){ .fd = fd ? ev->fd : -1,
						  .bytes = fd ? NULL : ev->xml,
						  .n = ev->xml_size,
						  .name = ev->guest ? ev->guest : "xml" };
	ask->driver = ev->driver;
	ask->guest = ev->guest;
	ask->force = ev->flags & MOONTAP_FORCE;
	ask->request.only = ev->nics && *ev->nics ? ev->nics : NULL;
}

static bool has_xml(const struct moontap_event *ev)
{
	return ev->xml || ev->flags & MOONTAP_FD;
}

static int run_up(struct mt_engine *g, const struct moontap_event *ev, struct mt_outcome *out,
		  struct mt_err *e)
{
	struct mt_event_params ask = mt_up_params(ev->flags & MOONTAP_DRY);

	if (!has_xml(ev))
		return mt_misused(e, EINVAL, "up", "there is no XML");
	take_event(&ask, ev);
	ask.keep = ev->flags & MOONTAP_KEEP;
	return mt_connect(g, &ask, out, e);
}

static int run_down(struct mt_engine *g, const struct moontap_event *ev, struct mt_outcome *out,
		    struct mt_err *e)
{
	struct mt_event_params ask = { 0 };
	struct mt_nic_filter which = { 0 };
	unsigned is = ev->flags & MOONTAP_BY_NAME ? MT_WORD_NAME
		: ev->flags & MOONTAP_BY_UUID	  ? MT_WORD_UUID
						  : MT_WORD_ANY;
	int err;

	if (!ev->guest && !has_xml(ev))
		return mt_misused(e, EINVAL, "down", "there is neither a guest nor XML");
	take_event(&ask, ev);
	err = ev->guest ? mt_guest_find(g, ev->guest, is, &out->pool, &which, e)
			: mt_guest_of(g, &ask, &out->pool, &which, e);
	if (err)
		return err == -ENOENT && ev->guest ? 0 : err;
	which.only = ask.request.only;
	which.force = ask.force;
	err = mt_disconnect_all(g, &which, out, e);
	if (mt_can_change_network())
		mt_leftovers_all(g);
	return err;
}

static int run_hook(struct mt_engine *g, const struct moontap_event *ev, struct mt_outcome *out,
		    struct mt_err *e)
{
	struct mt_event_params ask = { 0 };

	take_event(&ask, ev);
	if (!ev->guest)
		return mt_misused(e, EINVAL, ev->what, "there is no guest");
	if (ev->nics)
		return mt_misused(e, EINVAL, ev->what, "libvirt's operations are for all NICs");
	ask.driver = ask.driver ? ask.driver : "qemu";
	if (!mt_driver_known(ask.driver))
		return mt_misused(e, EINVAL, ev->what, "there is no such driver");
	return mt_operation_run(g, ev->what, &ask, out, e);
}

#define ALL_FLAGS                                                                                 \
	(unsigned)(MOONTAP_DRY | MOONTAP_FORCE | MOONTAP_FD | MOONTAP_BY_NAME | MOONTAP_BY_UUID | \
		   MOONTAP_KEEP)

static int run(struct moontap *m, const struct moontap_event *ev, struct mt_result *r,
	       struct mt_err *e)
{
	struct mt_engine *g = &m->engine;
	struct mt_outcome *out = &r->inside;
	bool up = ev->what && !strcmp(ev->what, "up");

	if (!ev->what || (strcmp(ev->what, "down") && !up && !mt_operation_known(ev->what)))
		return mt_misused(e, EINVAL, ev->what ? ev->what : "", "there is no such event");
	if (ev->flags & ~ALL_FLAGS || (ev->flags & MOONTAP_DRY && !up) ||
	    (ev->flags & MOONTAP_KEEP && !up) ||
	    (ev->flags & (MOONTAP_BY_NAME | MOONTAP_BY_UUID) && strcmp(ev->what, "down")))
		return mt_misused(e, EINVAL, ev->what, "this event does not take such a flag");
	if (ev->guest && !*ev->guest)
		return mt_guest_unnamed(e);
	for (const char *const *nic = ev->nics; nic && *nic; nic++)
		if (!**nic)
			return mt_misused(e, EINVAL, ev->what, "a NIC's name is empty");
	if (m->service)
		return mt_by_service(m, ev, r, e);
	if (up)
		return run_up(g, ev, out, e);
	return strcmp(ev->what, "down") ? run_hook(g, ev, out, e) : run_down(g, ev, out, e);
}

/* Without memory for the outcome, the run fails with -ENOMEM, but is not undone. A service's comes
 * with its face. */
static void hand_over(struct mt_result *r, struct moontap_outcome **outcome, struct mt_err *e)
{
	struct mt_err face = { 0 };

	if (outcome && (r->face.nics || !mt_result_face(r, &face))) {
		*outcome = &r->face;
		return;
	}
	moontap_outcome_free(&r->face);
	if (!e->code)
		*e = face;
}

int mt_handle_run(struct moontap *m, const struct moontap_event *event,
		  struct moontap_outcome **outcome, struct mt_err *e)
{
	struct mt_result *r = calloc(1, sizeof *r);

	if (outcome)
		*outcome = NULL;
	if (!r)
		return mt_fail(e, ENOMEM, "run", NULL, NULL);
	r->inside.name = r->inside.uuid = "";
	r->inside.dry = event->flags & MOONTAP_DRY;
	if (!run(m, event, r, e))
		*e = (struct mt_err){ 0 }; /* left by searches that found nothing */
	hand_over(r, outcome, e);
	return -e->code;
}

PUBLIC int moontap_run(struct moontap *m, const struct moontap_event *event, size_t size,
		       struct moontap_outcome **outcome, struct moontap_error *error)
{
	struct moontap_event known;
	struct mt_err e = { 0 };

	if (outcome)
		*outcome = NULL;
	if (!take_struct(&known, sizeof known, event, size, "run", &e))
		mt_handle_run(m, &known, outcome, &e);
	return say_error(error, &e);
}

PUBLIC void moontap_outcome_free(struct moontap_outcome *outcome)
{
	struct mt_result *r = (struct mt_result *)outcome;

	if (!r)
		return;
	mt_outcome_free(&r->inside);
	free(r);
}
