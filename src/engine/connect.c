/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* connect.c - from an evaluator's answer to plans, and from plans to one run */
#include "engine/connect.h"
#include "base/clock.h"
#include "engine/caller.h"
#include "engine/driver.h"
#include "base/paths.h"
#include "engine/nic_device.h"
#include "engine/guest_record.h"
#include "engine/mac_twice.h"
#include "plan/rights.h"
#include "plan/shared.h"
#include "plan/in_use.h"
#include "engine/leftovers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct connect {
	struct mt_engine *g;
	const struct mt_event_params *ask;
	struct mt_answer answer;
	struct mt_outcome *out;
	struct mt_run run;
	struct mt_outcome_nic **planned; /* [i]: the outcome of run.nics[i] */
	const char *driver, *guest, *mark, *policy, *by;
	const char *before; /* the guest's record until now; NULL: none */
	bool remember;	    /* once a NIC is to be connected */
	bool remembered;    /* the record was written */
};

/* Whether the XML's device is the one that the policy names. A dry run accepts XML without a name:
 * decide() will name it. */
static bool name_fits(const struct mt_interface *nic, bool dry)
{
	if (!nic->named || !*nic->named || nic->misnamed)
		return true;
	return nic->unnamed ? dry : !strcmp(nic->named, nic->dev);
}

static int decide_fits(const struct mt_interface *nic, bool dry, struct mt_err *e)
{
	bool wants = nic->decision == MT_UNMANAGED;

	if (nic->decision == MT_AS_XML_SAYS || (wants == nic->unmanaged && name_fits(nic, dry)))
		return 0;
	if (wants == nic->unmanaged)
		mt_bad(e, "refused", "",
		       "the policy names its device %s and the XML says %s; `moontap xml` writes "
		       "the XML as the policy wants it",
		       nic->named, nic->unnamed ? "no name" : nic->dev);
	else
		mt_bad(e, "refused", "",
		       "the policy says %s and the XML says %s; `moontap xml` writes the XML as "
		       "the policy wants it",
		       wants ? "unmanaged" : "managed", wants ? "managed" : "unmanaged");
	return mt_refused(e);
}

static bool is_named(const struct mt_interface *nic, const char *word)
{
	return mt_nic_is(word, nic->dev, nic->mac, (unsigned)nic->index);
}

static int check_selection(const struct connect *c, struct mt_err *e)
{
	for (const char *const *o = c->ask->request.only; o && *o; o++) {
		bool any = false;

		for (size_t i = 0; i < c->answer.n; i++)
			any |= is_named(&c->answer.nics[i], *o);
		if (!any)
			return mt_no_nic(e, *o);
	}
	return 0;
}

static struct mt_value text(const char *s)
{
	return (struct mt_value){ .state = *s ? MT_SET : MT_UNSET, .text = s };
}

static struct mt_record header_of(const struct connect *c, const struct mt_interface *nic)
{
	struct mt_record h = { .kind = &mt_header_kind };
	const char *policy = c->answer.checksum ? c->policy : "";

	mt_record_put(&h, MT_HEADER_DEV, mt_name_from(nic->dev));
	mt_record_put(&h, MT_HEADER_DRIVER, text(c->driver));
	mt_record_put(&h, MT_HEADER_DOMAIN, text(c->guest));
	mt_record_put(&h, MT_HEADER_UUID, text(c->answer.uuid));
	mt_record_put(&h, MT_HEADER_MAC, text(nic->mac));
	mt_record_put(&h, MT_HEADER_INDEX, mt_uint((unsigned)nic->index));
	mt_record_put(&h, MT_HEADER_NETNS, mt_uint(c->g->state.netns));
	mt_record_put(&h, MT_HEADER_UNMANAGED, mt_uint(nic->unmanaged));
	mt_record_put(&h, MT_HEADER_KNOWN, mt_uint(c->ask->request.known));
	mt_record_put(&h, MT_HEADER_POLICY, text(policy));
	mt_record_put(&h, MT_HEADER_CHECKSUM, text(c->answer.checksum ? c->answer.checksum : ""));
	mt_record_put(&h, MT_HEADER_BY, text(c->by));
	mt_record_put(&h, MT_HEADER_SINCE, mt_uint((uint64_t)time(NULL)));
	if (c->ask->caller && c->ask->caller->starter)
		mt_record_put(&h, MT_HEADER_STARTER, text(c->ask->caller->starter));
	return h;
}

static int build_plan(struct connect *c, const struct mt_interface *nic, struct mt_plan *plan,
		      struct mt_err *e)
{
	struct mt_apply w = mt_engine_apply(c->g, &c->out->pool);
	const struct mt_caller *caller = c->ask->caller;
	struct mt_rights rights = { &w, nic->dev, c->answer.allow, caller ? caller->user : NULL };

	plan->pool = &c->out->pool;
	if (caller &&
	    mt_caller_rights(caller, rights.allow, nic->dev, plan->pool, &rights.allow, e))
		return -e->code;
	snprintf(plan->dev, sizeof plan->dev, "%s", nic->dev);
	for (const struct mt_declaration *d = nic->declared; d; d = d->next)
		if (mt_plan_add(plan, d, e))
			return mt_err_in(e, "%s", d->place ? d->place : "");
	if (caller)
		mt_caller_owns(caller, plan);
	return mt_plan_check_defaults(plan, e) || mt_rights_check(&rights, plan, e) ? -e->code : 0;
}

static int no_tap(const struct connect *c, bool declares, const char *now, struct mt_err *e)
{
	return mt_bad(e, "", "",
		      "the XML says managed='no', but %s, and the policy declares no tap: %s", now,
		      c->answer.lacks	 ? c->answer.lacks
			      : declares ? "its connect() does not call tap() for it"
					 : "its connect() declares nothing for it");
}

/* A guest cannot start without its unmanaged NIC's tap: it must exist, or be in the plan. */
static int check_made(struct connect *c, const struct mt_interface *nic, const struct mt_plan *plan,
		      struct mt_err *e)
{
	struct mt_device d;
	int err;

	if (!nic->unmanaged || mt_plan_makes(plan, nic->dev))
		return 0;
	err = mt_device_by_name(c->g->host, nic->dev, &d, e);
	return err == -ENODEV ? no_tap(c, plan->n, "the device does not exist", e) : err;
}

/* Nor may this run delete that tap because the policy no longer declares it. A tap in use stays
 * until down. */
static int check_stays(struct connect *c, const struct mt_run_nic *n, struct mt_err *e)
{
	const char *made;
	char why[128];
	int used;

	for (size_t i = 0; i < n->undeclared.n && n->header.v[MT_HEADER_UNMANAGED].u; i++) {
		const struct mt_step *s = &n->undeclared.at[i];

		made = s->op == MT_ADD && !s->existed ? mt_record_makes(&s->put, 0) : NULL;
		if (!made || strcmp(made, n->plan->dev))
			continue;
		used = mt_device_in_use(&c->run.apply, &n->had.steps, s, why, sizeof why, e);
		if (!used)
			no_tap(c, n->plan->n, "this would delete moontap's own tap", e);
		if (used != 1)
			return mt_run_err(n, e);
	}
	return 0;
}

static int plan_nic(struct connect *c, const struct mt_interface *nic,
		    const struct mt_device *device, struct mt_outcome_nic *o, struct mt_err *e)
{
	struct mt_plan *plan = mt_pool_alloc(&c->out->pool, sizeof *plan);
	struct mt_run_nic *n = &c->run.nics[c->run.n];
	const char *kind;

	if (!plan)
		return mt_fail(e, ENOMEM, "plan", nic->dev, NULL);
	if (!c->answer.checksum) {
		o->note = nic->unmanaged ? "there is no policy: the device stays as it is"
					 : "there is no policy: libvirt connects it by itself";
		return nic->unmanaged ? mt_require_device(c->g, nic, e) : 0;
	}
	if (build_plan(c, nic, plan, e) || check_made(c, nic, plan, e))
		return -e->code;
	if (!plan->n)
		o->note = c->answer.lacks ? c->answer.lacks : "the policy declares nothing for it";
	n->plan = plan;
	n->header = header_of(c, nic);
	if (!plan->n)
		mt_record_put(&n->header, MT_HEADER_NOTHING, mt_uint(true));
	kind = mt_pool_copy(&c->out->pool, device->kind, strlen(device->kind));
	if (!kind)
		return mt_fail(e, ENOMEM, "plan", nic->dev, NULL);
	mt_record_put(&n->header, MT_HEADER_KIND, text(kind));
	c->planned[c->run.n++] = o;
	return 0;
}

static int plan_all(struct connect *c, struct mt_err *e)
{
	struct mt_device_search seeking = { .g = c->g,
					    .ask = c->ask,
					    .driver = c->driver,
					    .guest = c->guest,
					    .uuid = c->answer.uuid,
					    .view = &c->run.view,
					    .pool = &c->out->pool };

	c->run.view.pool = &c->out->pool;
	for (size_t i = 0; i < c->answer.n; i++) {
		const struct mt_interface *nic = &c->answer.nics[i];
		struct mt_outcome_nic *o = &c->out->nics[i];
		bool ethernet = !strcmp(nic->type, "ethernet");
		enum mt_device_found p;

		if (ethernet && decide_fits(nic, c->ask->dry, e))
			return mt_err_in_nic(e, nic->index, nic->dev);
		if ((!ethernet && (!nic->declared || c->ask->caller)) ||
		    !mt_request_selects(&c->ask->request, nic->unmanaged, nic->dev, nic->mac,
					(unsigned)nic->index)) {
			o->note = ethernet ? "not asked for" : "libvirt connects it by itself";
			continue;
		}
		p = mt_nic_find_device(&seeking, nic, &o->note, e);
		if (p == MT_DEVICE_ERROR ||
		    (p == MT_DEVICE_READY && plan_nic(c, nic, &seeking.device, o, e)))
			return mt_err_in_nic(e, nic->index, nic->dev);
	}
	return c->ask->caller
		? mt_caller_may_connect(c->g, c->ask->caller, &c->run, &c->out->pool, e)
		: 0;
}

/* If the answer ends in a refusal or an error, take what came before that. */
static void take_answer(struct mt_outcome *out, const struct mt_answer *a, int err)
{
	out->name = a->name;
	out->uuid = a->uuid;
	out->facts = a->facts;
	out->facts_n = a->facts_n;
	out->xml = a->xml;
	out->xml_n = a->xml_n;
	out->checksum = a->checksum;
	out->lacks = a->lacks;
	out->lacks_meant = a->lacks_meant;
	out->allow = a->allow;
	out->warnings = a->warnings;
	out->nwarnings = a->nwarnings;
	out->read = *a->type && err != -EPROTO; /* the evaluator died: there may be more NICs */
	out->concerned = false;
	for (size_t i = 0; i < a->n; i++)
		out->concerned |= !strcmp(a->nics[i].type, "ethernet") || a->nics[i].asked;
}

static int begin_outcome(struct connect *c, struct mt_err *e)
{
	const struct mt_answer *a = &c->answer;
	struct mt_pool *p = &c->out->pool;
	char mark[MT_TEXT_MAX + 1], driver[MT_DRIVER_TEXT];

	c->guest = c->ask->guest ? c->ask->guest : a->name;
	mt_driver_of_user(c->ask->driver ? c->ask->driver : mt_driver_of(a->type),
			  c->ask->caller ? c->ask->caller->uid : 0, driver);
	c->driver = mt_pool_copy(p, driver, strlen(driver));
	c->out->driver = c->driver;
	snprintf(mark, sizeof mark, "moontap %.200s", c->guest);
	c->mark = mt_pool_copy(p, mark, strlen(mark));
	c->out->nics = mt_pool_alloc(p, (a->n + 1) * sizeof *c->out->nics);
	c->run.nics = mt_pool_alloc(p, (a->n + 1) * sizeof *c->run.nics);
	c->planned = mt_pool_alloc(p, (a->n + 1) * sizeof *c->planned);
	if (!c->driver || !c->mark || !c->out->nics || !c->run.nics || !c->planned)
		return mt_fail(e, ENOMEM, "plan", c->guest, NULL);
	for (size_t i = 0; i < a->n; i++)
		c->out->nics[i] = (struct mt_outcome_nic){ .index = a->nics[i].index,
							   .type = a->nics[i].type,
							   .mac = a->nics[i].mac,
							   .dev = a->nics[i].dev,
							   .unmanaged = a->nics[i].unmanaged,
							   .queues = a->nics[i].queues,
							   .decision = a->nics[i].decision };
	c->out->n = a->n;
	return 0;
}

/* Log also what the policy logged before it refused or failed: that is when somebody reads it. */
static void log_answer(const struct connect *c)
{
	const struct mt_answer *a = &c->answer;
	const char *guest = c->ask->guest ? c->ask->guest : a->name;

	for (size_t i = 0; i < a->nlogs; i++)
		mt_log(&c->g->o.log, LOG_INFO, "%s: policy: %s", guest, a->logs[i]);
	for (size_t i = 0; i < a->nwarnings && !c->ask->shows_warnings; i++)
		mt_log(&c->g->o.log, LOG_WARNING, "%s: %s", guest, a->warnings[i]);
}

/* Remove MT_FIELD_NOTED fields from the steps to show: only moontap itself needs them. */
static void hide_notes(struct mt_steps *steps)
{
	size_t kept = 0;

	for (size_t i = 0; i < steps->n; i++) {
		struct mt_record *put = &steps->at[i].put;
		bool any = false, noted = false;

		for (int f = put->kind->nkeys; f < put->kind->nfields; f++) {
			if (put->kind->fields[f].flags & MT_FIELD_NOTED && mt_record_has(put, f)) {
				noted = true;
				mt_record_put(put, f, (struct mt_value){ .state = MT_UNSET });
			}
			any |= mt_record_has(put, f);
		}
		if (any || !noted)
			steps->at[kept++] = steps->at[i];
	}
	steps->n = kept;
}

static int carry_out(struct connect *c, struct mt_err *e)
{
	int64_t begun = mt_now_us(), computed;
	int err;

	c->run.apply = mt_engine_apply(c->g, &c->out->pool);
	c->run.apply.force = c->ask->force;
	c->run.stop = c->g->o.stop;
	c->run.mark = c->mark;
	c->run.host = c->g->o.host_id;
	c->run.dry = c->ask->dry;
	c->run.again = c->ask->again;
	c->run.take = c->ask->keep;
	c->run.person = c->ask->person;
	c->run.early = c->ask->early;
	mt_host_begin(c->g->host);
	err = mt_run_begin(&c->run, e);
	if (!err)
		err = mt_run_compute(&c->run, e);
	for (size_t i = 0; i < c->run.n && !err; i++)
		err = check_stays(c, &c->run.nics[i], e);
	computed = mt_now_us();
	for (size_t i = 0; i < c->run.n; i++) {
		c->planned[i]->steps = &c->run.nics[i].steps;
		c->planned[i]->undone =
			c->ask->dry ? &c->run.nics[i].undeclared : &c->run.nics[i].undone;
	}
	if (!err && !c->ask->dry)
		err = mt_run_apply(&c->run, e);
	for (size_t i = 0; i < c->run.n && !err; i++)
		mt_warn_of_mac(c->g, &c->run.nics[i]);
	for (size_t i = 0; i < c->run.n; i++)
		hide_notes(&c->run.nics[i].steps);
	mt_run_end(&c->run);
	mt_host_end(c->g->host);
	c->out->left += c->run.apply.left;
	c->out->times.compute = (uint32_t)(computed - begun);
	c->out->times.make = (uint32_t)(mt_now_us() - computed);
	return err;
}

/* It must come before anything is connected, so that its failure connects nothing. */
static int write_memory(struct connect *c, struct mt_err *e)
{
	int err = mt_remember(c->g, c->ask, c->driver, c->guest, &c->answer, &c->before, e);

	c->remembered = !err;
	return err;
}

/* Set c->by, and write the record of an event's guest. If a person connects NICs of a guest that an
 * event has remembered, they are the event's, and its record stays. A person's own record is
 * written later, if there is something to connect. */
static int remember(struct connect *c, struct mt_err *e)
{
	const struct mt_event_params *ask = c->ask;
	struct mt_guest_record m;
	int err;

	c->by = ask->keep ? "up" : ask->by;
	if (!ask->by || strcmp(ask->by, "up"))
		return ask->remember ? write_memory(c, e) : 0;
	err = mt_recall(c->g, c->driver, c->guest, &c->out->pool, &m, e);
	if (err && err != -ENOENT)
		return err;
	c->remember = ask->remember && (err || m.by_up);
	if (!err && !m.by_up && !ask->keep)
		c->by = "hook";
	return 0;
}

static int act_on_answer(struct connect *c, struct mt_err *e)
{
	const struct mt_event_params *ask = c->ask;
	bool plans = ask->request.want & MT_WANT_PLANS;

	if (begin_outcome(c, e))
		return -e->code;
	if ((plans || ask->remember) &&
	    (ask->dry ? mt_engine_state(c->g, false, e) : mt_leftovers_state(c->g, e)))
		return -e->code;
	if ((plans || ask->remember) && remember(c, e))
		return -e->code;
	if (!plans)
		return 0;
	if (!check_selection(c, e) && !plan_all(c, e) &&
	    !(c->remember && c->run.n && write_memory(c, e)) && !carry_out(c, e))
		return 0;
	if (c->remembered && !ask->runs_on && e->blame != MT_BLAME_UNDO)
		mt_remember_before(c->g, c->driver, c->guest, c->before);
	return -e->code;
}

int mt_connect_once(struct mt_engine *g, const struct mt_event_params *ask, struct mt_outcome *out,
		    struct mt_err *e)
{
	struct connect c = { .g = g,
			     .ask = ask,
			     .out = out,
			     .answer = { .pool = &out->pool, .name = "", .uuid = "", .type = "" } };
	struct mt_eval_request q;
	char policy[PATH_MAX];
	int64_t begun = mt_now_us();
	int err;

	q = mt_event_request(g, ask, &out->pool);
	err = mt_evaluate(&q, g->o.start, mt_kinds, &c.answer, e);
	out->dry = ask->dry;
	c.policy = mt_path_absolute(g->o.policy, MT_TEXT_MAX, policy);
	out->times.evaluate = (uint32_t)(mt_now_us() - begun);
	take_answer(out, &c.answer, err);
	log_answer(&c);
	return err ? err : act_on_answer(&c, e);
}
