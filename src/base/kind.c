/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kind.c - kinds and fields by name; records read, compared and copied (their text: record.c) */
#include "base/kind.h"
#include "base/tokens.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const struct mt_kind *mt_kind_find(const struct mt_kind *const *kinds, const char *name)
{
	for (; *kinds; kinds++)
		if (!strcmp((*kinds)->name, name))
			return *kinds;
	return NULL;
}

int mt_kind_field(const struct mt_kind *k, const char *name)
{
	for (int i = 0; i < k->nfields; i++)
		if (!strcmp(k->fields[i].name, name))
			return i;
	return -1;
}

/* Fields of an exclusive kind are never changed one by one, so their revert says nothing. */
static bool back_is(const struct mt_field *f, int back, const struct mt_kind *k)
{
	return f->revert == back && !(k->flags & MT_KIND_EXCLUSIVE);
}

/* The columns of a field's row, as help and manual explain them. */
const char *mt_kind_note(const struct mt_kind *k, int field, int nth)
{
	const struct mt_field *f = &k->fields[field];
	const struct {
		bool holds;
		const char *text;
	} notes[] = {
		{ f->flags & MT_FIELD_IDENTITY,
		  "of what moontap creates, unless given: derived, never random" },
		{ f->flags & MT_FIELD_MARK,
		  "of what moontap creates, unless given: moontap's mark, with the guest's name" },
		{ back_is(f, MT_REVERT_FIXED, k), "set when it is created, and not changed later" },
		{ back_is(f, MT_REVERT_STICKY, k),
		  "not changed on others' devices that compute it by themselves: moontap could not "
		  "restore it" },
		{ back_is(f, MT_REVERT_WITH_MASTER, k), "lost when the device leaves its bridge" },
		{ f->flags & MT_FIELD_NO_TAKEAWAY && f->type == MT_BOOL,
		  "never set to false on a device that moontap did not create" },
		{ f->flags & MT_FIELD_NO_TAKEAWAY && f->type != MT_BOOL,
		  "never removed from a device that moontap did not create" },
		{ f->right && f->right->type == MT_PREFIX,
		  "inside of a prefix that the policy allows" },
		{ f->right && f->right->type != MT_PREFIX && f->flags & MT_FIELD_USUAL,
		  "the usual one, or one that the policy allows" },
		{ f->right && f->right->type != MT_PREFIX && !(f->flags & MT_FIELD_USUAL),
		  "only what the policy allows" },
		{ f->flags & MT_FIELD_WRITE_ONLY, "the kernel does not show it afterwards" },
		{ f->flags & MT_FIELD_OPENER,
		  "each program that opens the device sets it, so a difference is no drift" },
		{ f->flags & MT_FIELD_OURS,
		  "not changed on others' devices: moontap could not restore what is lost by "
		  "that" },
		{ f->flags & MT_FIELD_NOTED,
		  "recorded when the first NIC needs the device, and never set" },
	};

	for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
		if (notes[i].holds && !nth--)
			return notes[i].text;
	return NULL;
}

const char *mt_kind_nearest(const struct mt_kind *k, const char *name)
{
	const char *names[MT_FIELDS_MAX + 1] = { 0 };

	for (int i = 0; i < k->nfields; i++)
		names[i] = k->fields[i].name;
	return mt_nearest(name, names, sizeof *names);
}

int mt_kind_lacks(const struct mt_record *r, int field, struct mt_err *e)
{
	char subject[96];

	return mt_fail(e, ENOTSUP, r->kind->name, mt_record_subject(r, subject, sizeof subject),
		       "this kernel has no field %s of a %s", r->kind->fields[field].name,
		       r->kind->name);
}

void mt_record_put(struct mt_record *r, int field, struct mt_value v)
{
	r->v[field] = v;
	r->set = (r->set & ~(1u << field)) | (uint32_t)(v.state != MT_UNSET) << field;
}

const char *mt_record_device(const struct mt_record *r)
{
	const struct mt_value *v;

	if (r->kind->device == MT_NO_DEVICE)
		return "";
	v = &r->v[r->kind->device];
	return v->state == MT_SET && !mt_name_reserved(v->name) ? v->name : "";
}

/* "192.0.2.1 tcp 8080" */
static void add_keys(const struct mt_record *r, int from, char *buf, size_t n)
{
	char text[MT_VALUE_TEXT];

	for (int i = from; i < r->kind->required; i++) {
		size_t len = strlen(buf);

		snprintf(buf + len, n - len, " %s",
			 mt_value_print(&r->kind->fields[i], &r->v[i], text));
	}
}

const char *mt_record_subject(const struct mt_record *r, char *buf, size_t n)
{
	const struct mt_kind *k = r->kind;
	char text[MT_VALUE_TEXT];
	int first = k->device ? 0 : k->nkeys > 1;

	if (first >= k->required)
		first = 0; /* it follows from the device */
	/* "10.0.0.1/24 on br0", whichever of the two is the first key */
	snprintf(buf, n, "%s", mt_value_print(&k->fields[first], &r->v[first], text));
	if (k->device == MT_NO_DEVICE ? k->required == k->nkeys : k->required > 2)
		add_keys(r, first + 1, buf, n);
	if (first != k->device && *mt_record_device(r)) {
		size_t len = strlen(buf);

		snprintf(buf + len, n - len, " on %s", mt_record_device(r));
	}
	return buf;
}

struct mt_record mt_record_key(const struct mt_record *r)
{
	struct mt_record key = { .kind = r->kind, .ref = r->ref };

	for (int i = 0; i < r->kind->nkeys; i++)
		mt_record_put(&key, i, r->v[i]);
	return key;
}

bool mt_record_same_key(const struct mt_record *a, const struct mt_record *b)
{
	if (a->kind != b->kind)
		return false;
	for (int i = 0; i < a->kind->nkeys; i++)
		if (!mt_value_equal(&a->kind->fields[i], &a->v[i], &b->v[i]))
			return false;
	return true;
}

int mt_record_keep(struct mt_record *r, struct mt_pool *p)
{
	for (int i = 0; i < r->kind->nfields; i++) {
		struct mt_value *v = &r->v[i];

		if (!mt_field_is_text(&r->kind->fields[i]) || v->state != MT_SET)
			continue;
		v->text = mt_pool_copy(p, v->text, strlen(v->text));
		if (!v->text) {
			mt_record_put(r, i, (struct mt_value){ .state = MT_UNSET });
			return -ENOMEM;
		}
	}
	return 0;
}

int mt_record_check(const struct mt_record *r, struct mt_err *e)
{
	const struct mt_kind *k = r->kind;

	for (int i = 0; i < k->nkeys; i++) {
		if (i < k->required && r->v[i].state == MT_UNSET)
			return mt_bad(e, k->name, "", "'%s' is missing", k->fields[i].name);
		if (r->v[i].state == MT_NONE)
			return mt_bad(e, k->name, "", "'%s' cannot be none", k->fields[i].name);
	}
	return k->check ? k->check(r, e) : 0;
}

struct one {
	const struct mt_record *key;
	struct mt_record *has;
	struct mt_pool *pool;
	bool found;
};

static int take_one(const struct mt_record *r, void *data, struct mt_err *e)
{
	struct one *o = data;

	if (!mt_record_same_key(r, o->key))
		return 0;
	*o->has = *r;
	o->found = true;
	if (mt_record_keep(o->has, o->pool))
		return mt_fail(e, ENOMEM, r->kind->name, mt_record_device(r), NULL);
	return 1;
}

int mt_record_get(struct mt_host *h, const struct mt_record *key, struct mt_record *has,
		  struct mt_pool *p, struct mt_err *e)
{
	struct mt_record filter = mt_record_key(key);
	struct one o = { &filter, has, p, false };
	int err;

	*has = filter;
	has->ref = (struct mt_ref){ 0 };
	err = key->kind->list(h, &filter, take_one, &o, e);
	return err ? err : o.found ? 0 : -ENOENT;
}

struct listing {
	const struct mt_record *filter;
	struct mt_pool *pool;
	struct mt_found **last;
	size_t n;
};

static bool fits(const struct mt_record *r, const struct mt_record *filter)
{
	for (int i = 0; i < filter->kind->nfields; i++)
		if (mt_record_has(filter, i) &&
		    !mt_value_equal(&filter->kind->fields[i], &r->v[i], &filter->v[i]))
			return false;
	return true;
}

static int keep_fitting(const struct mt_record *r, void *data, struct mt_err *e)
{
	struct listing *l = data;
	struct mt_found *f;

	if (!fits(r, l->filter))
		return 0;
	f = mt_pool_alloc(l->pool, sizeof *f);
	if (f)
		f->r = *r;
	if (!f || mt_record_keep(&f->r, l->pool))
		return mt_fail(e, ENOMEM, r->kind->name, "", NULL);
	*l->last = f;
	l->last = &f->next;
	l->n++;
	return 0;
}

int mt_record_list(struct mt_host *h, const struct mt_record *filter, struct mt_pool *p,
		   struct mt_found **first, size_t *n, struct mt_err *e)
{
	struct listing l = { .filter = filter, .pool = p, .last = first };
	int err;

	*first = NULL;
	err = filter->kind->list(h, filter, keep_fitting, &l, e);
	*n = l.n;
	return err;
}

static bool has_only(const struct mt_record *r, unsigned flags)
{
	for (int i = r->kind->nkeys; i < r->kind->nfields; i++)
		if (mt_record_has(r, i) && !(r->kind->fields[i].flags & flags))
			return false;
	return true;
}

bool mt_record_only_notes(const struct mt_record *r)
{
	return r->kind->flags & MT_KIND_FACET && has_only(r, MT_FIELD_NOTED);
}

bool mt_record_is_agreed(const struct mt_record *r)
{
	return has_only(r, MT_FIELD_NOTED | MT_FIELD_AGREED);
}
