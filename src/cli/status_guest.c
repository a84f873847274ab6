/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* status_guest.c - one guest's status: what moontap did for it, object by object */
#include "cli/status_parts.h"
#include "cli/table.h"
#include "plan/drift.h"
#include "plan/shared.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { OBJECT, PUT, BEFORE, NOW, COUNTED, SHARED, KIND, FIELD };

static const struct mt_column columns[] = {
	[OBJECT] = { "OBJECT", "object", .once = true },
	[PUT] = { "MOONTAP PUT", "put" },
	[BEFORE] = { "BEFORE", "before" },
	[NOW] = { "NOW", "now" },
	[COUNTED] = { "COUNTED", "counted", .once = true },
	[SHARED] = { "ALSO FOR", "shared", .once = true },
	[KIND] = { "", "kind" },
	[FIELD] = { "", "field" },
	{ NULL },
};

/* One step of a journal, and what its rows show. */
struct object {
	const struct mt_step *step;
	const struct mt_journal *shared; /* of a claim: the shared object's journal; or NULL */
	const char *others;		 /* other devices with a claim on it: "vnet1, vnet2" */
	bool gone;
	char counted[96];	    /* by the kernel; "": nothing */
	char is[MT_FIELDS_MAX][64]; /* present values of fields that drifted; "": did not */
};

static void note_drift(void *data, const struct mt_drifted *d)
{
	struct object *o = data;
	char text[MT_VALUE_TEXT];
	const char *is;

	if (d->field < 0) {
		o->gone = true;
		return;
	}
	is = mt_value_print(&d->step->put.kind->fields[d->field], d->is, text);
	snprintf(o->is[d->field], sizeof *o->is, "%.60s", *is ? is : "unset");
}

static const char *others_of(const char *const *devs, size_t n, const char *dev, struct mt_pool *p)
{
	char all[512];
	size_t len = 0;

	all[0] = 0;
	for (size_t i = 0; i < n && len < sizeof all; i++)
		if (strcmp(devs[i], dev))
			len += (size_t)snprintf(all + len, sizeof all - len, "%s%s",
						len ? ", " : "", devs[i]);
	return mt_pool_copy(p, all, strlen(all));
}

static int look_at(struct mt_apply *w, const char *dev, struct object *o, struct mt_journal *shared,
		   struct mt_err *e)
{
	struct mt_step step = *o->step;
	struct mt_journal one = { .steps = { w->pool, &step, 1, 1 } };
	const char **devs;
	size_t n;

	if (mt_drift(w, &one, note_drift, o, e) < 0 ||
	    (step.put.kind->counted &&
	     step.put.kind->counted(w->host, &step.put, o->counted, sizeof o->counted, e)))
		return -e->code;
	if (step.op != MT_CLAIM)
		return 0;
	if (mt_shared_inspect(w, &step.put, shared, &devs, &n, e))
		return -e->code;
	o->shared = shared;
	o->others = others_of(devs, n, dev, w->pool);
	return 0;
}

static void add_object(struct mt_table *t, const struct object *o)
{
	const struct mt_record *put = &o->step->put;
	char subject[96];

	mt_record_subject(put, subject, sizeof subject);
	mt_table_cell(t, OBJECT, 'b', "%s %s", put->kind->name, subject);
	mt_table_cell(t, KIND, 0, "%s", put->kind->name);
	mt_table_cell(t, COUNTED, 0, "%s", o->counted);
	mt_table_cell(t, SHARED, 0, "%s", o->others ? o->others : "");
}

/* The step of the shared object's journal that put @field, or, for -1, that created the object;
 * NULL: moontap found it so. */
static const struct mt_step *shared_step(const struct object *o, int field)
{
	for (size_t i = 0; o->shared && i < o->shared->steps.n; i++) {
		const struct mt_step *s = &o->shared->steps.at[i];

		if (field < 0 ? s->op == MT_ADD : mt_record_has(&s->put, field))
			return s;
	}
	return NULL;
}

static void add_before(struct mt_table *t, const struct object *o, int field)
{
	const struct mt_step *s = o->shared ? shared_step(o, field) : o->step;
	const struct mt_field *f = &o->step->put.kind->fields[field];
	char text[MT_VALUE_TEXT];

	if (!s)
		mt_table_cell(t, BEFORE, '=', "as found");
	else if (s->op == MT_CHANGE && s->was.kind && mt_record_has(&s->was, field))
		mt_table_cell(t, BEFORE, 0, "%s", mt_value_print(f, &s->was.v[field], text));
}

/* A facet's fields change one by one: a row for each. */
static void add_fields(struct mt_table *t, const struct object *o)
{
	const struct mt_record *put = &o->step->put;
	char text[MT_VALUE_TEXT];

	for (int i = put->kind->nkeys; i < put->kind->nfields; i++) {
		const struct mt_field *f = &put->kind->fields[i];

		if (!mt_record_has(put, i) || f->flags & MT_FIELD_NOTED || !mt_table_row(t))
			continue;
		add_object(t, o);
		mt_table_cell(t, PUT, 0, "%s %s", f->name, mt_value_print(f, &put->v[i], text));
		mt_table_cell(t, FIELD, 0, "%s", f->name);
		add_before(t, o, i);
		if (o->gone)
			mt_table_cell(t, NOW, '-', "gone");
		else if (*o->is[i])
			mt_table_cell(t, NOW, '~', "%s", o->is[i]);
		else
			mt_table_cell(t, NOW, '+', "as put");
	}
}

static void add_whole_drift(struct mt_table *t, const struct object *o)
{
	const struct mt_kind *k = o->step->put.kind;
	char all[256];
	size_t n = 0;

	all[0] = 0;
	for (int i = 0; i < k->nfields; i++)
		if (*o->is[i] && n < sizeof all)
			n += (size_t)snprintf(all + n, sizeof all - n, "%s%s %s", n ? ", " : "",
					      k->fields[i].name, o->is[i]);
	mt_table_cell(t, NOW, n ? '~' : '+', "%s", n ? all : "as put");
}

/* One row for what is created or deleted as a whole: a device, an address, a route. */
static void add_whole(struct mt_table *t, const struct object *o)
{
	const struct mt_step *s = o->step;
	bool found = o->shared && !shared_step(o, -1);
	char fields[400] = "", text[MT_VALUE_TEXT];
	size_t n = 0;

	if (!mt_table_row(t))
		return;
	add_object(t, o);
	for (int i = s->put.kind->nkeys; i < s->put.kind->nfields && n < sizeof fields; i++)
		if (mt_record_has(&s->put, i) && s->put.v[i].state == MT_SET)
			n += (size_t)snprintf(fields + n, sizeof fields - n, " %s %s",
					      s->put.kind->fields[i].name,
					      mt_value_print(&s->put.kind->fields[i], &s->put.v[i],
							     text));
	mt_table_cell(t, PUT, 0, "%s%s",
		      s->op == MT_DELETE ? "deleted"
			      : found	 ? "claimed"
					 : "created",
		      fields);
	if (found)
		mt_table_cell(t, BEFORE, '=', "as found");
	if (o->gone)
		mt_table_cell(t, NOW, '-', "gone");
	else
		add_whole_drift(t, o);
}

static int add_steps(struct mt_table *t, struct mt_engine *g, const struct mt_nic_status *l,
		     struct mt_err *e)
{
	struct mt_apply w = mt_engine_apply(g, t->pool);

	for (size_t i = 0; i < l->journal.steps.n; i++) {
		const struct mt_step *s = &l->journal.steps.at[i];
		struct mt_journal shared;
		struct object o = { .step = s };

		if (look_at(&w, l->dev, &o, &shared, e))
			return -e->code;
		if (s->put.kind->flags & MT_KIND_FACET)
			add_fields(t, &o);
		else
			add_whole(t, &o);
	}
	return t->failed ? mt_fail(e, ENOMEM, "status", l->dev, NULL) : 0;
}

static void print_line(const char *label, const char *text, FILE *out)
{
	fprintf(out, "  %s%-9s%s ", mt_colour(out, '='), label, mt_colour(out, 0));
	mt_print_clean(text, out);
	putc('\n', out);
}

static void print_device(const struct mt_nic_status *l, FILE *out)
{
	const struct mt_device *d = &l->device;
	char line[300];

	if (!*l->dev)
		return;
	if (l->here)
		snprintf(line, sizeof line, "%s (%s, index %u), %s, mtu %u%s%s", d->name,
			 *d->kind ? d->kind : "link", d->ifindex, mt_nic_link(l), d->mtu,
			 *d->master ? ", in " : "", d->master);
	else
		snprintf(line, sizeof line, "%s does not exist%s", l->dev,
			 l->state == MT_NIC_WAITING && !l->unmanaged
				 ? ": libvirt creates it at start"
				 : "");
	print_line("device", line, out);
}

static void print_head(const struct mt_nic_status *l, FILE *out)
{
	const struct mt_record *h = &l->journal.header;
	char line[400], when[32];

	fprintf(out, "%s", mt_colour(out, 'b'));
	mt_print_clean(*l->guest ? l->guest : "(unknown guest)", out);
	fprintf(out, " NIC %u%s", l->index, mt_colour(out, 0));
	mt_print_text(out, " (%s): %s, %s, %s", *l->mac ? l->mac : "no MAC",
		      *l->dev ? l->dev : "no device yet", l->unmanaged ? "unmanaged" : "managed",
		      mt_nic_state_name(l->state));
	putc('\n', out);
	if (h->kind) {
		snprintf(line, sizeof line, "%s by %s",
			 mt_print_time(h->v[MT_HEADER_SINCE].u, when),
			 mt_header_text(h, MT_HEADER_BY));
		print_line("since", line, out);
		mt_status_policy(l, true, line, sizeof line);
		print_line("policy", *line ? line : "none", out);
	}
	print_device(l, out);
	if (l->state == MT_NIC_DRIFTED || l->state == MT_NIC_KILLED)
		print_line("repair", "moontap reconcile", out);
}

static int print_all(const struct mt_nic_status *nics, const struct mt_table *objects, size_t n,
		     FILE *out)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			putc('\n', out);
		print_head(&nics[i], out);
		if (!objects[i].first)
			continue;
		putc('\n', out);
		mt_table_print(&objects[i], out);
	}
	return 0;
}

int mt_status_guest(const struct mt_cli *c, struct mt_engine *g, const struct mt_nic_status *nics,
		    size_t n, struct mt_pool *p, FILE *out)
{
	struct mt_table *objects = mt_pool_alloc(p, (n + 1) * sizeof *objects), table;
	struct mt_err e = { 0 };

	for (size_t i = 0; objects && i < n; i++) {
		objects[i] = (struct mt_table){ .columns = columns, .indent = 2, .pool = p };
		if (add_steps(&objects[i], g, &nics[i], &e))
			return mt_cli_error(c, nics[i].guest, &e);
	}
	if (!objects)
		return mt_fail(&e, ENOMEM, "status", "", NULL), mt_cli_error(c, NULL, &e);
	if (!c->json)
		return print_all(nics, objects, n, out);
	mt_status_table(&table, nics, n, p);
	table.inner = objects;
	table.inner_key = "objects";
	return mt_print_table(c, &table, "", out);
}
