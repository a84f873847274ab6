/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plan.c - merging declarations, and marking the devices that a plan makes */
#include "plan/plan.h"
#include "base/hash.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct mt_declaration *mt_plan_find(const struct mt_plan *plan, const struct mt_record *key)
{
	return (struct mt_declaration *)mt_record_set_find(&plan->index, key);
}

static const struct mt_field by_its_name[] = { { .name = "name", .type = MT_NAME } };
const struct mt_kind mt_any_device = { "device", "", by_its_name, 1, 1, 1 };

struct mt_record mt_named(const struct mt_kind *k, const char *name)
{
	struct mt_record r = { .kind = k };

	mt_record_put(&r, 0, mt_name_from(name));
	return r;
}

/* A device that adding a declared record makes. The key is first: the set finds it. */
struct mt_made {
	struct mt_record key;
	struct mt_declaration *by; /* the first one */
	bool stacked;
};

static struct mt_made *find_made(const struct mt_plan *plan, const char *name)
{
	struct mt_record key;

	if (!name)
		return NULL;
	key = mt_named(&mt_any_device, name);
	return (struct mt_made *)mt_record_set_find(&plan->made, &key);
}

const struct mt_kind *mt_plan_makes(const struct mt_plan *plan, const char *name)
{
	const struct mt_made *made = find_made(plan, name);

	return made ? made->by->record.kind : NULL;
}

/* Return: 0 or -ENOMEM. */
static int note_made(struct mt_plan *plan, struct mt_declaration *by)
{
	struct mt_made *made;
	const char *name;

	plan->made.pool = plan->pool;
	for (int i = 0; (name = mt_record_makes(&by->record, i)); i++) {
		if (find_made(plan, name))
			continue;
		made = mt_pool_alloc(plan->pool, sizeof *made);
		if (!made)
			return -ENOMEM;
		*made = (struct mt_made){ mt_named(&mt_any_device, name), by, false };
		if (mt_record_set_add(&plan->made, &made->key))
			return -ENOMEM;
	}
	return 0;
}

const char *mt_record_makes(const struct mt_record *r, int i)
{
	if (!(r->kind->flags & MT_KIND_DEVICE))
		return NULL;
	for (int f = 0; f < r->kind->nfields; f++)
		if (r->kind->fields[f].type == MT_NAME && r->v[f].state == MT_SET && !i--)
			return r->v[f].name;
	return NULL;
}

bool mt_record_is_own(const struct mt_plan *plan, const struct mt_record *r)
{
	return r->kind->flags & MT_KIND_KEPT || !strcmp(mt_record_device(r), plan->dev);
}

/* Where a field got the value that it has in @w: the first declaration is the last in the list. */
static const char *place_of(const struct mt_declaration *w, int field)
{
	const struct mt_field *f = &w->record.kind->fields[field];
	const char *place = w->place;

	for (const struct mt_declaration *d = w->next; d; d = d->next)
		if (mt_value_equal(f, &d->record.v[field], &w->record.v[field]) &&
		    (d->defaults >> field & 1) == (w->defaults >> field & 1))
			place = d->place;
	return place ? place : "?";
}

/* Put a copy in front of the declarations of @w's object, for messages that name their places. */
static int keep(struct mt_plan *plan, struct mt_declaration *w, const struct mt_declaration *d,
		struct mt_err *e)
{
	struct mt_declaration *kept = d->place ? mt_pool_alloc(plan->pool, sizeof *kept) : NULL;

	if (!d->place)
		return 0;
	if (!kept)
		return mt_fail(e, ENOMEM, d->record.kind->name, "", NULL);
	*kept = *d;
	kept->next = w->next;
	w->next = kept;
	return 0;
}

static int differ(const struct mt_declaration *w, const struct mt_declaration *d, int field,
		  struct mt_err *e)
{
	const struct mt_kind *k = w->record.kind;
	const struct mt_field *f = &k->fields[field];
	bool defaults = d->defaults >> field & 1;
	const char *open = defaults ? "default(" : "", *close = defaults ? ")" : "";
	char subject[96], one[MT_VALUE_TEXT], two[MT_VALUE_TEXT];

	return mt_bad(e, k->name, mt_record_subject(&w->record, subject, sizeof subject),
		      "%s is declared as %s%.64s%s at %s and as %s%.64s%s at %s%s", f->name, open,
		      mt_value_print(f, &w->record.v[field], one), close, place_of(w, field), open,
		      mt_value_print(f, &d->record.v[field], two), close, d->place ? d->place : "?",
		      defaults ? ": declare which it is" : "");
}

static int merge_field(struct mt_declaration *w, const struct mt_declaration *d, int field,
		       struct mt_err *e)
{
	const struct mt_value *is = &w->record.v[field], *says = &d->record.v[field];
	bool was_default = w->defaults >> field & 1, is_default = d->defaults >> field & 1;

	if (is->state != MT_UNSET && is_default)
		return 0;
	if (is->state != MT_UNSET && !was_default)
		return mt_value_equal(&w->record.kind->fields[field], is, says)
			? 0
			: differ(w, d, field, e);
	mt_record_put(&w->record, field, *says);
	w->defaults = (w->defaults & ~(1u << field)) | (uint32_t)is_default << field;
	return 0;
}

static int merge(struct mt_plan *plan, struct mt_declaration *w, const struct mt_declaration *d,
		 struct mt_err *e)
{
	const struct mt_kind *k = d->record.kind;

	if (!w->next && d->place && keep(plan, w, w, e))
		return -e->code;
	for (int i = k->nkeys; i < k->nfields; i++)
		if (mt_record_has(&d->record, i) && merge_field(w, d, i, e))
			return -e->code;
	return keep(plan, w, d, e);
}

int mt_plan_check_defaults(const struct mt_plan *plan, struct mt_err *e)
{
	for (size_t n = 0; n < plan->n; n++) {
		const struct mt_declaration *w = plan->declarations[n];
		const struct mt_kind *k = w->record.kind;

		for (const struct mt_declaration *d = w->next; d; d = d->next)
			for (int i = k->nkeys; i < k->nfields; i++)
				if (w->defaults & d->defaults & 1u << i &&
				    !mt_value_equal(&k->fields[i], &w->record.v[i],
						    &d->record.v[i]))
					return differ(w, d, i, e);
	}
	return 0;
}

static struct mt_declaration *append(struct mt_plan *plan)
{
	struct mt_declaration *w = mt_pool_alloc(plan->pool, sizeof *w);
	struct mt_declaration **declarations = mt_pool_room(plan->pool, plan->declarations, plan->n,
							    &plan->cap, sizeof *declarations);

	if (!w || !declarations)
		return NULL;
	plan->declarations = declarations;
	plan->declarations[plan->n++] = w;
	return w;
}

int mt_plan_add(struct mt_plan *plan, const struct mt_declaration *declared, struct mt_err *e)
{
	struct mt_declaration d = *declared, *w;
	const struct mt_kind *k = d.record.kind;

	d.next = NULL;
	if (mt_record_check(&d.record, e))
		return -e->code;
	if (k->set_defaults)
		k->set_defaults(&d.record);
	w = mt_plan_find(plan, &d.record);
	if (w && merge(plan, w, &d, e))
		return -e->code;
	if (!w) {
		w = append(plan);
		if (!w)
			return mt_fail(e, ENOMEM, k->name, "", NULL);
		*w = d;
		plan->index.pool = plan->pool;
		if (mt_record_set_add(&plan->index, &w->record))
			return mt_fail(e, ENOMEM, k->name, "", NULL);
	}
	return note_made(plan, w) ? mt_fail(e, ENOMEM, k->name, "", NULL) : 0;
}

int mt_plan_resolve(struct mt_plan *plan, struct mt_declaration *d, mt_will will, void *data,
		    struct mt_err *e)
{
	const struct mt_kind *k = d->record.kind;
	struct mt_record was = mt_record_key(&d->record);

	if (!k->resolve)
		return 0;
	if (k->resolve(&d->record, will, data, e))
		return -e->code;
	/* its slot of the old key stays, where no key finds it */
	return mt_record_same_key(&was, &d->record) || !mt_record_set_add(&plan->index, &d->record)
		? 0
		: mt_fail(e, ENOMEM, k->name, "", NULL);
}

/* A locally administered unicast address, the same for one name on one host. A guest's tap has
 * the highest first byte: a bridge without a MAC of its own takes the lowest of its ports'. */
static struct mt_value derived_address(const char *name, const char *host, bool own)
{
	uint64_t h = mt_hash(MT_HASH_START, host, strlen(host));
	struct mt_value v = { .state = MT_SET };

	h = mt_hash(mt_hash(h, "/", 1), name, strlen(name));
	for (int i = 0; i < 6; i++)
		v.b[i] = (uint8_t)(h >> 8 * i);
	v.b[0] = own ? 0xfe : (uint8_t)((v.b[0] & 0xfc) | 0x02);
	return v;
}

static int mark_one(struct mt_plan *plan, const struct mt_record *made, const struct mt_kind *facet,
		    const char *name, const char *mark, const char *host, struct mt_err *e)
{
	struct mt_declaration d = { .record.kind = facet };
	struct mt_record *r = &d.record;
	struct mt_declaration *w;
	bool own = !strcmp(name, plan->dev);
	bool lower = made->kind->lower_address && made->kind->lower_address(made);

	mt_record_put(r, 0, mt_name_from(name));
	w = mt_plan_find(plan, r);
	if (!own) /* other guests' plans may declare it, too */
		mark = "moontap";
	for (int i = facet->nkeys; i < facet->nfields; i++) {
		unsigned flags = facet->fields[i].flags;

		if (w && mt_record_has(&w->record, i))
			continue;
		if (flags & MT_FIELD_MARK)
			mt_record_put(r, i, (struct mt_value){ .state = MT_SET, .text = mark });
		if (flags & MT_FIELD_IDENTITY && !lower)
			mt_record_put(r, i, derived_address(name, host, own));
	}
	return mt_plan_add(plan, &d, e);
}

/* A facet that has a field for a mark, or for an identity. */
static bool has_marks(const struct mt_kind *k)
{
	bool marks = false;

	for (int f = 0; f < k->nfields; f++)
		marks |= (k->fields[f].flags & (MT_FIELD_MARK | MT_FIELD_IDENTITY)) != 0;
	return marks && k->flags & MT_KIND_FACET;
}

int mt_plan_mark(struct mt_plan *plan, const struct mt_kind *const *kinds, const char *mark,
		 const char *host, int (*others)(void *data, const char *name, struct mt_err *e),
		 void *data, struct mt_err *e)
{
	size_t declared = plan->n;
	const char *name;

	for (; *kinds; kinds++)
		for (size_t i = 0; has_marks(*kinds) && i < declared; i++) {
			const struct mt_record *r = &plan->declarations[i]->record;

			for (int d = 0; (name = mt_record_makes(r, d)); d++) {
				int theirs = others ? others(data, name, e) : 0;

				if (theirs < 0 ||
				    (!theirs && mark_one(plan, r, *kinds, name, mark, host, e)))
					return -e->code;
			}
		}
	return 0;
}

int mt_plan_check_exclusions(const struct mt_plan *plan, struct mt_err *e)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct mt_declaration *d = plan->declarations[i];
		const struct mt_kind *k = d->record.kind;
		const char *dev = mt_record_device(&d->record);

		for (size_t n = 0; k->excludes && n < plan->n; n++) {
			const struct mt_declaration *o = plan->declarations[n];

			if (strcmp(o->record.kind->name, k->excludes) ||
			    strcmp(mt_record_device(&o->record), dev))
				continue;
			mt_bad(e, o->record.kind->name, dev, "it cannot be had with %s (%s): %s",
			       k->name, d->place ? d->place : "?", k->excludes_why);
			return mt_err_in(e, "%s", o->place ? o->place : "?");
		}
	}
	return 0;
}

int mt_plan_own(struct mt_plan *plan, const char *owner, struct mt_err *e)
{
	for (size_t i = 0; i < plan->n; i++) {
		struct mt_declaration *d = plan->declarations[i];
		const struct mt_kind *k = d->record.kind;

		for (int f = k->nkeys; f < k->nfields; f++) {
			if (!(k->fields[f].flags & MT_FIELD_OWNER))
				continue;
			if (mt_record_has(&d->record, f)) {
				mt_bad(e, k->name, mt_record_device(&d->record),
				       "%s: moontap sets it", k->fields[f].name);
				return mt_err_in(e, "%s", d->place ? d->place : "");
			}
			mt_record_put(&d->record, f,
				      (struct mt_value){ .state = MT_SET, .text = owner });
		}
	}
	return 0;
}

/* --- devices on each other -------------------------------------------------------------------- */

/* The kernel nests no deeper: include/linux/netdevice.h MAX_NEST_DEV. */
#define DEEPEST 8

struct stacking {
	const struct mt_plan *plan;
	struct mt_declaration **at;
	size_t n;
};

/* The devices that are on each other, or deeper than the kernel nests them, stay as they are: the
 * kernel refuses them. */
static void stack(struct stacking *s, struct mt_declaration *d, int depth)
{
	const struct mt_record *r = &d->record;
	struct mt_made *made = find_made(s->plan, mt_record_makes(r, 0)), *lower;

	if (made && made->by == d) {
		if (made->stacked)
			return;
		made->stacked = true;
		for (int i = 0; i < r->kind->nfields && depth < DEEPEST; i++)
			if (r->kind->fields[i].type == MT_LINK && r->v[i].state == MT_SET &&
			    (lower = find_made(s->plan, r->v[i].name)))
				stack(s, lower->by, depth + 1);
	}
	s->at[s->n++] = d;
}

int mt_plan_stack(struct mt_plan *plan)
{
	struct stacking s = { .plan = plan,
			      .at = mt_pool_alloc(plan->pool, plan->cap * sizeof *s.at) };

	if (plan->cap && !s.at)
		return -ENOMEM;
	for (size_t i = 0; i < plan->n; i++)
		stack(&s, plan->declarations[i], 0);
	plan->declarations = s.at;
	return 0;
}
