/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* drift_cause.c - tell what went with a device from what somebody changed */
#include "service/drift_cause.h"
#include "plan/drift.h"

#include <stdio.h>
#include <string.h>

struct search {
	const struct mt_known_links *links;
	const struct mt_journal *journal;
	struct mt_causes *causes;
};

bool mt_journal_links(const struct mt_known_links *links, const struct mt_journal *j,
		      bool (*each)(struct mt_known_link *l))
{
	for (size_t i = 0; i < j->steps.n; i++) {
		const struct mt_record *put = &j->steps.at[i].put;

		for (int f = 0; f < put->kind->nfields; f++) {
			struct mt_known_link *l;

			if ((put->kind->fields[f].type != MT_LINK && f != put->kind->device) ||
			    put->v[f].state != MT_SET)
				continue;
			l = mt_known_find(links, put->v[f].name);
			if (l && each(l))
				return true;
		}
	}
	return false;
}

static const struct mt_field *field_of(const struct mt_drifted *d)
{
	return d->field < 0 ? NULL : &d->step->put.kind->fields[d->field];
}

static bool is_parent(const struct mt_drifted *d)
{
	const struct mt_field *f = field_of(d);

	return f && f->flags & MT_FIELD_PARENT;
}

/* The bridge that the journal has a device in; "": none. */
static const char *master_of(const struct mt_journal *j, const char *dev)
{
	for (size_t i = 0; i < j->steps.n; i++) {
		const struct mt_record *put = &j->steps.at[i].put;

		for (int f = put->kind->nkeys; f < put->kind->nfields; f++)
			if (put->kind->fields[f].flags & MT_FIELD_PARENT &&
			    put->v[f].state == MT_SET && !strcmp(mt_record_device(put), dev))
				return put->v[f].name;
	}
	return "";
}

/* The device whose absence explains the difference. */
static const char *depends_on(const struct search *s, const struct mt_drifted *d)
{
	const struct mt_record *put = &d->step->put;

	if (is_parent(d))
		return put->v[d->field].name;
	return mt_step_is_of_parent(d->step) ? master_of(s->journal, mt_record_device(put))
					     : mt_record_device(put);
}

/* What a device is deleted with: all of it. What it is set down with: routes, neighbours and IPv6
 * addresses, which are gone as a whole: net/ipv6/addrconf.c addrconf_ifdown() and the like. */
static enum mt_cause cause_of(const struct mt_drifted *d, const struct mt_known_link *l)
{
	bool with_master = is_parent(d) || mt_step_is_of_parent(d->step);
	bool flushed = d->field < 0 && !with_master;

	if (d->step->put.kind->flags & MT_KIND_RESTORED)
		return MT_CAUSE_BACK;
	if (d->field < 0 && d->step->put.kind->flags & MT_KIND_DEVICE)
		return MT_CAUSE_HAND; /* moontap had added that device: nobody else will */
	if (is_parent(d) && d->is->state == MT_SET)
		return MT_CAUSE_HAND; /* it is in another bridge */
	if (!l || l->gone)
		return MT_CAUSE_AWAY;
	if (!l->again && !flushed)
		return MT_CAUSE_HAND;
	if (!l->up)
		return MT_CAUSE_AWAY;
	return l->again || l->up_again ? MT_CAUSE_BACK : MT_CAUSE_HAND;
}

static void take(void *data, const struct mt_drifted *d)
{
	struct search *s = data;
	struct mt_causes *to = s->causes;
	const char *name = depends_on(s, d);
	const struct mt_known_link *l = mt_known_find(s->links, name);
	enum mt_cause cause = cause_of(d, l);

	if (cause == MT_CAUSE_BACK)
		to->restored = (d->step->put.kind->flags & MT_KIND_RESTORED) &&
			(to->restored || !to->n[cause]);
	if (to->n[cause]++)
		return;
	snprintf(to->device[cause], sizeof to->device[cause], "%s", name);
	if (cause == MT_CAUSE_BACK && l)
		to->up_again = !l->again;
	if (cause != MT_CAUSE_AWAY)
		to->port = is_parent(d);
	if (cause != MT_CAUSE_HAND)
		return;
	snprintf(to->port_dev, sizeof to->port_dev, "%s", mt_record_device(&d->step->put));
	mt_drift_line(d, to->line, sizeof to->line);
}

int mt_causes_of(struct mt_engine *g, const struct mt_known_links *links,
		 const struct mt_nic_status *nic, struct mt_pool *p, struct mt_causes *causes,
		 struct mt_err *e)
{
	struct mt_apply w = mt_engine_apply(g, p);
	struct search s = { links, &nic->journal, causes };
	int n;

	*causes = (struct mt_causes){ 0 };
	n = mt_drift(&w, &nic->journal, take, &s, e);
	return n < 0 ? n : 0;
}
