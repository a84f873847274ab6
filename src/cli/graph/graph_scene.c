/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* graph_scene.c - what is in the picture: NICs, their devices, and the devices these lead to */
#include "cli/graph/graph_scene.h"
#include "cli/graph/graph_rules.h"
#include "plan/drift.h"
#include "plan/shared.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct looking {
	struct mt_engine *g;
	struct mt_apply w;
	struct mt_scene *s;
	struct mt_scene_nic *nic; /* whose journal is read */
	bool failed;		  /* no memory */
	struct mt_err *e;
};

struct mt_scene_link *mt_scene_link(const struct mt_scene *s, const char *name)
{
	for (size_t i = 0; i < s->nlinks; i++)
		if (!strcmp(s->links[i].d->name, name))
			return &s->links[i];
	return NULL;
}

static struct mt_scene_link *link_by_index(const struct mt_scene *s, uint32_t ifindex)
{
	for (size_t i = 0; ifindex && i < s->nlinks; i++)
		if (s->links[i].d->ifindex == ifindex)
			return &s->links[i];
	return NULL;
}

static struct mt_line **find_line(struct mt_line **list, const char *text)
{
	while (*list && strcmp((*list)->text, text))
		list = &(*list)->next;
	return list;
}

/* Append a line, if it is new: several NICs may have the same drift of one bridge. */
static void add_line(struct looking *k, struct mt_line **list, const char *text)
{
	struct mt_line **end = find_line(list, text), *line;

	if (*end)
		return;
	line = mt_pool_alloc(k->s->p, sizeof *line);
	text = mt_pool_copy(k->s->p, text, strlen(text));
	k->failed |= !line || !text;
	if (k->failed)
		return;
	line->text = text;
	*end = line;
}

/* --- addresses -------------------------------------------------------------------------------- */

static bool is_link_local(const struct mt_value *v)
{
	return v->family == AF_INET6 && v->b[0] == 0xfe && (v->b[1] & 0xc0) == 0x80;
}

static const char *address_of(const struct mt_record *r, char text[static MT_VALUE_TEXT])
{
	int field = mt_kind_field(r->kind, "address");

	return mt_value_print(&r->kind->fields[field], &r->v[field], text);
}

static int look_at_addresses(struct looking *k)
{
	struct mt_record all = { .kind = mt_kind_find(mt_kinds, "addr") };
	int address = mt_kind_field(all.kind, "address");
	struct mt_scene_link *link;
	struct mt_found *found;
	char text[MT_VALUE_TEXT];
	size_t n;

	if (mt_record_list(k->g->host, &all, k->s->p, &found, &n, k->e))
		return -k->e->code;
	for (; found; found = found->next) {
		link = mt_scene_link(k->s, mt_record_device(&found->r));
		if (link && !is_link_local(&found->r.v[address]))
			add_line(k, &link->addresses, address_of(&found->r, text));
	}
	return 0;
}

/* --- what moontap put, and what became of it -------------------------------------------------- */

static void add_drift(void *data, const struct mt_drifted *d)
{
	struct looking *k = data;
	const struct mt_record *put = &d->step->put;
	struct mt_scene_link *link = mt_scene_link(k->s, mt_record_device(put));
	char text[2 * MT_VALUE_TEXT + 64], subject[96], is[MT_VALUE_TEXT], was[MT_VALUE_TEXT];
	const struct mt_field *f = NULL;

	if (d->field < 0) {
		snprintf(text, sizeof text, "%s %s is gone", put->kind->name,
			 mt_record_subject(put, subject, sizeof subject));
	} else {
		f = &put->kind->fields[d->field];
		snprintf(text, sizeof text, "%s is %.60s, was put %.60s", f->name,
			 mt_value_print(f, d->is, is), mt_value_print(f, &put->v[d->field], was));
	}
	if (link || strcmp(mt_record_device(put), k->nic->status->dev)) /* its state shows it */
		add_line(k, link ? &link->drift : &k->nic->drift, text);
	if (link && d->field >= 0 && !strcmp(f->name, "master") && put->v[d->field].state == MT_SET)
		link->meant =
			mt_pool_copy(k->s->p, put->v[d->field].name, strlen(put->v[d->field].name));
}

/* Whether moontap created the object. Of a shared object, the object's own journal has that. */
static int is_made(struct looking *k, const struct mt_step *s, bool *made)
{
	struct mt_journal shared;
	const char **devs;
	size_t n;

	*made = s->op == MT_ADD;
	if (s->op != MT_CLAIM)
		return 0;
	if (mt_shared_inspect(&k->w, &s->put, &shared, &devs, &n, k->e))
		return -k->e->code;
	for (size_t i = 0; i < shared.steps.n; i++)
		*made |= shared.steps.at[i].op == MT_ADD;
	return 0;
}

static int mark_made(struct looking *k, struct mt_step s)
{
	struct mt_scene_link *link;
	struct mt_line *line;
	char text[MT_VALUE_TEXT];
	bool made;
	int err = mt_step_locate(&k->w, &s, k->e);

	if (err)
		return err == -ENODEV ? 0 : err;
	if (is_made(k, &s, &made))
		return -k->e->code;
	link = mt_scene_link(k->s, mt_record_device(&s.put));
	if (!made || !link)
		return 0;
	if (s.put.kind->flags & MT_KIND_DEVICE)
		link->ours = true;
	if (strcmp(s.put.kind->name, "addr"))
		return 0;
	line = *find_line(&link->addresses, address_of(&s.put, text));
	if (line)
		line->ours = true;
	return 0;
}

static int look_at_journal(struct looking *k, struct mt_scene_nic *nic)
{
	const struct mt_journal *j = &nic->status->journal;
	char text[MT_VALUE_TEXT];

	k->nic = nic;
	if (!j->header.kind)
		return 0;
	for (size_t i = 0; i < j->steps.n; i++) {
		if (mark_made(k, j->steps.at[i]))
			return -k->e->code;
		if (mt_rule_text(&j->steps.at[i].put, text, sizeof text))
			add_line(k, &nic->rules, text);
	}
	return mt_drift(&k->w, j, add_drift, k, k->e) < 0 ? -k->e->code : 0;
}

/* --- what hangs on what ----------------------------------------------------------------------- */

/* Whether a port leads further: it is no guest's tap, and no veth to another network namespace. */
static bool leads_on(const struct mt_scene *s, const struct mt_scene_link *port)
{
	if (port->of_nic || !strcmp(port->d->kind, "tun"))
		return false;
	return strcmp(port->d->kind, "veth") || link_by_index(s, port->d->peer);
}

static void show(struct mt_scene *s, struct mt_scene_link *link)
{
	if (!link || link->shown)
		return;
	link->shown = true;
	show(s, mt_scene_link(s, link->d->master));
	if (link->meant)
		show(s, mt_scene_link(s, link->meant));
	show(s, link_by_index(s, link->d->peer));
	for (size_t i = 0; i < s->nlinks; i++)
		if (!strcmp(s->links[i].d->master, link->d->name) && leads_on(s, &s->links[i]))
			show(s, &s->links[i]);
}

static void count_hidden(struct mt_scene *s)
{
	for (size_t i = 0; i < s->nlinks; i++) {
		struct mt_scene_link *master = mt_scene_link(s, s->links[i].d->master);

		if (master && !s->links[i].shown)
			master->hidden++;
	}
}

bool mt_scene_is_wrong(const struct mt_scene_nic *n)
{
	return n->drift || (n->link && n->link->drift) || n->status->state == MT_NIC_GONE ||
		n->status->state == MT_NIC_KILLED;
}

/* --- guests ----------------------------------------------------------------------------------- */

static void part_guests(struct mt_scene *s)
{
	for (size_t i = 0; i < s->nnics; i++) {
		if (!i || !mt_nic_same_guest(s->nics[i - 1].status, s->nics[i].status))
			s->guests[s->nguests++].nics = &s->nics[i];
		s->guests[s->nguests - 1].n++;
	}
}

static int take_links(struct looking *k)
{
	struct mt_scene *s = k->s;
	struct mt_nic_status *all;
	struct mt_device *d;
	size_t n;

	if (mt_device_list(k->g->host, s->p, &d, &s->nlinks, k->e) ||
	    mt_nics_inspect(k->g, NULL, s->p, &all, &n, k->e))
		return -k->e->code;
	s->links = mt_pool_alloc(s->p, (s->nlinks + 1) * sizeof *s->links);
	if (!s->links)
		return mt_fail(k->e, ENOMEM, "graph", "", NULL);
	for (size_t i = 0; i < s->nlinks; i++)
		s->links[i].d = &d[i];
	for (size_t i = 0; i < n; i++) {
		struct mt_scene_link *link = mt_scene_link(s, all[i].device.name);

		if (link)
			link->of_nic = true;
	}
	return 0;
}

int mt_scene_build(struct mt_engine *g, struct mt_nic_status *looks, size_t n, struct mt_pool *p,
		   struct mt_scene *s, struct mt_err *e)
{
	struct looking k = { .g = g, .w = mt_engine_apply(g, p), .s = s, .e = e };

	*s = (struct mt_scene){ .p = p, .nnics = n };
	s->nics = mt_pool_alloc(p, (n + 1) * sizeof *s->nics);
	s->guests = mt_pool_alloc(p, (n + 1) * sizeof *s->guests);
	if (!s->nics || !s->guests)
		return mt_fail(e, ENOMEM, "graph", "", NULL);
	if (take_links(&k) || look_at_addresses(&k))
		return -e->code;
	for (size_t i = 0; i < n; i++) {
		s->nics[i].status = &looks[i];
		s->nics[i].link = looks[i].here ? link_by_index(s, looks[i].device.ifindex) : NULL;
		if (look_at_journal(&k, &s->nics[i]))
			return -e->code;
		show(s, s->nics[i].link);
	}
	count_hidden(s);
	part_guests(s);
	return k.failed ? mt_fail(e, ENOMEM, "graph", "", NULL) : 0;
}
