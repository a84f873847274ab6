/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* difference.c - comparing records with the kernel as it will be */
#include "plan/difference.h"
#include "base/sh.h"
#include "kernel/host.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct found {
	struct mt_record has;
	bool there;
	/* its device is new, or new in its bridge: a field that is unset in has has no old value */
	bool fresh;
};

/* Kinds of keys in mt_view.will, beside real records: mt_any_device, which an earlier step creates;
 * one that it moves to another master; and one whose MAC address it changes. */
static const struct mt_field by_its_name[] = { { .name = "name", .type = MT_NAME } };
static const struct mt_kind new_master = { "master", "", by_its_name, 1, 1, 1 };
static const struct mt_kind new_address = { "address", "", by_its_name, 1, 1, 1 };

static int remember(struct mt_view *v, const struct mt_record *r)
{
	struct mt_record *kept = mt_record_set_find(&v->will, r);

	v->will.pool = v->pool;
	if (!kept) {
		kept = mt_pool_alloc(v->pool, sizeof *kept);
		if (!kept)
			return -ENOMEM;
		*kept = mt_record_key(r);
		if (mt_record_set_add(&v->will, kept))
			return -ENOMEM;
	}
	for (int i = r->kind->nkeys; i < r->kind->nfields; i++)
		if (mt_record_has(r, i))
			mt_record_put(kept, i, r->v[i]);
	return 0;
}

static bool will_have(const struct mt_view *v, const struct mt_kind *k, const char *name)
{
	struct mt_record r = mt_named(k, name);

	return *name && mt_record_set_find(&v->will, &r);
}

int mt_view_expect(struct mt_view *v, const struct mt_record *r)
{
	struct mt_record device = mt_named(&mt_any_device, mt_record_device(r));

	return remember(v, &device) || remember(v, r) ? -ENOMEM : 0;
}

static bool has_parent_fields(const struct mt_kind *k)
{
	return k->nfields > k->nkeys && k->fields[k->nkeys].revert == MT_REVERT_WITH_MASTER;
}

/* Whether the object goes when its device leaves its master; a facet begins anew. */
static bool is_lost_by_move(const struct mt_record *r)
{
	return has_parent_fields(r->kind) &&
		(r->kind->flags & MT_KIND_FACET || mt_record_has(r, r->kind->nkeys));
}

static int is_ours(struct mt_view *v, const struct found *f, struct mt_err *e)
{
	return v->made_by_us ? v->made_by_us(v->data, &f->has, e) : 0;
}

/* An object of a name (MT_KIND_NAMED) that no journal knows is replaced, or clash() refuses it.
 * Return: 1, 0 or -errno. */
static int is_leftover(struct mt_view *v, const struct found *f, struct mt_err *e)
{
	int ours = v->made_by_us ? is_ours(v, f, e) : 1;

	return ours < 0 ? ours : !ours;
}

static int current_state(struct mt_view *v, const struct mt_record *want, struct found *f,
			 struct mt_err *e)
{
	const char *device = mt_record_device(want);
	const struct mt_record *will = mt_record_set_find(&v->will, want);
	int err;

	/* what is of a name may be there before the device is */
	f->fresh = !(want->kind->flags & MT_KIND_NAMED) && will_have(v, &mt_any_device, device);
	f->has = mt_record_key(want);
	if (f->fresh) {
		f->there = will || want->kind->flags & MT_KIND_FACET;
	} else {
		err = mt_record_get(v->host, want, &f->has, v->pool, e);
		if (err && err != -ENOENT)
			return err;
		f->there = !err;
		err = f->there && want->kind->flags & MT_KIND_NAMED ? is_leftover(v, f, e) : 0;
		if (err < 0)
			return err;
		f->there &= !err;
		if (is_lost_by_move(want) && will_have(v, &new_master, device)) {
			f->fresh = true;
			f->there = want->kind->flags & MT_KIND_FACET;
			f->has = mt_record_key(&f->has);
		}
	}
	if (f->there && want->kind->forgotten && want->kind->forgotten(&f->has) &&
	    will_have(v, &new_address, device))
		f->there = false;
	for (int i = want->kind->nkeys; will && i < want->kind->nfields; i++)
		if (mt_record_has(will, i))
			mt_record_put(&f->has, i, will->v[i]);
	f->there |= will != NULL;
	return 0;
}

static int absent(const struct mt_record *want, struct mt_err *e)
{
	const struct mt_kind *k = want->kind;

	if (has_parent_fields(k))
		return mt_fail(e, ENODEV, k->name, mt_record_device(want),
			       "the device is in no bridge, or not there at all");
	return mt_fail(e, ENODEV, k->name, mt_record_device(want), "there is no such device");
}

static const char *both(const struct mt_field *f, const struct mt_value *has,
			const struct mt_value *want, char *buf, size_t n)
{
	char one[MT_VALUE_TEXT], two[MT_VALUE_TEXT];
	const char *is = mt_value_print(f, has, one);

	snprintf(buf, n, "%s is %.100s, and %.100s is wanted", f->name, *is ? is : "unset",
		 mt_value_print(f, want, two));
	return buf;
}

/* The command that deletes a device, for a message. */
static const char *removal(const struct mt_record *r, char *buf, size_t n)
{
	struct mt_sh s = { buf, n, 0 };

	buf[0] = 0;
	if (r->kind->del)
		mt_sh_command(&s, r, r->kind->del);
	return buf;
}

/* Whether moontap may change a field that it must not change for others: it made the object, or put
 * the field before. This reads journals, so it is asked last. Return: 1, 0 or -errno. */
static int may_anyway(struct mt_view *v, const struct found *f, const struct mt_record *want, int i,
		      struct mt_err *e)
{
	int ours = is_ours(v, f, e);

	if (ours || !v->was_put_by_us || want->kind->fields[i].revert == MT_REVERT_FIXED)
		return ours;
	return v->was_put_by_us(v->data, want, i, e);
}

/* Whether a device is the NIC's own, or the other end of the pair that is.
 * Return: 1, 0 or -errno. */
static int is_own(struct mt_view *v, const char *device, struct mt_err *e)
{
	struct mt_device own, other;
	int err;

	if (!v->own || !strcmp(v->own, device))
		return v->own != NULL;
	err = mt_device_by_name(v->host, v->own, &own, e);
	if (!err && own.is & MT_DEVICE_PAIR && own.peer)
		err = mt_device_by_index(v->host, own.peer, &other, e)
			?: !strcmp(other.name, device);
	return err == -ENODEV ? 0 : err;
}

/* Refuses to change a field that undo could not restore, or that is not moontap's. Return: 0 or
 * -errno. */
static int changeable(struct mt_view *v, const struct found *f, const struct mt_record *want, int i,
		      struct mt_err *e)
{
	const struct mt_kind *k = want->kind;
	const struct mt_field *field = &k->fields[i];
	const struct mt_value *has = &f->has.v[i], *to = &want->v[i];
	bool taken_away = has->state == MT_SET && (field->type != MT_BOOL || has->u);
	bool exclusive = k->flags & MT_KIND_EXCLUSIVE, fixed = field->revert == MT_REVERT_FIXED;
	bool sticky = field->revert == MT_REVERT_STICKY && has->automatic;
	bool kept = field->flags & MT_FIELD_NO_TAKEAWAY && taken_away;
	int own = field->flags & MT_FIELD_OURS ? is_own(v, mt_record_device(want), e) : 1;
	bool theirs = !own;
	char subject[96], why[300], command[64];
	int may = own < 0				? own
		: exclusive				? 0
		: !fixed && !sticky && !kept && !theirs ? 1
							: may_anyway(v, f, want, i, e);

	if (may < 0)
		return may;
	mt_record_subject(want, subject, sizeof subject);
	if (may)
		return k->flags & MT_KIND_FACET && has->state == MT_UNSET
			? mt_kind_lacks(want, i, e)
			: 0;
	both(field, has, to, why, sizeof why);
	if (exclusive)
		return mt_fail(e, EEXIST, k->name, subject,
			       "it already exists, but not as declared: %s", why);
	if (fixed)
		return mt_fail(e, EEXIST, k->name, subject,
			       "somebody else created the device already: %s%s%s", why,
			       k->del ? "; if it is a leftover: " : "",
			       removal(want, command, sizeof command));
	if (sticky)
		return mt_fail(e, ENOTSUP, k->name, subject,
			       "%s; the device computes it by itself and never does again once it "
			       "is set, so moontap could not restore it",
			       why);
	if (theirs)
		return mt_fail(e, ENOTSUP, k->name, subject,
			       "%s; the device belongs to somebody else, and moontap could not "
			       "restore all that is lost by that change",
			       why);
	return mt_fail(e, ENOTSUP, k->name, subject,
		       "%s; it belongs to somebody else, so moontap leaves it alone", why);
}

/* A changed fixed field of a device that moontap made is drift: status reports it, no step changes
 * it. Return: 1, 0 or -errno. */
static int differs(struct mt_view *v, const struct found *f, const struct mt_record *want, int i,
		   struct mt_err *e)
{
	const struct mt_field *field = &want->kind->fields[i];
	int ours;

	if (!mt_record_has(want, i) || field->flags & MT_FIELD_UNCOMPARED ||
	    mt_value_equal(field, &want->v[i], &f->has.v[i]))
		return 0;
	if (field->revert != MT_REVERT_FIXED || want->kind->flags & MT_KIND_EXCLUSIVE)
		return 1;
	ours = is_ours(v, f, e);
	return ours < 0 ? ours : !ours;
}

static int remember_devices(struct mt_view *v, const struct mt_record *r)
{
	const char *name;

	for (int i = 0; (name = mt_record_makes(r, i)); i++) {
		struct mt_record device = mt_named(&mt_any_device, name);

		if (remember(v, &device))
			return -ENOMEM;
	}
	return 0;
}

static bool is_one_of(const char *word, const char *words)
{
	size_t n = strlen(word);

	for (const char *at = words; n && (at = strstr(at, word)); at += n)
		if ((at == words || at[-1] == ' ') && (!at[n] || at[n] == ' '))
			return true;
	return false;
}

/* The kernel would fail with EOPNOTSUPP, but only after other steps are applied. */
static int check_device(const struct mt_record *r, const struct mt_field *f,
			const struct mt_device *d, struct mt_err *e)
{
	char subject[96];

	if (!f->devices || is_one_of(d->kind, f->devices))
		return 0;
	return mt_bad(e, r->kind->name, mt_record_subject(r, subject, sizeof subject),
		      "%s: %s is %s%s, and can be none%s", f->name, d->name,
		      *d->kind ? "a device of the kind " : "no bridge", d->kind,
		      strcmp(d->kind, "openvswitch")
			      ? ""
			      : ": moontap cannot put ports into Open vSwitch yet");
}

/* The devices that a step names must exist by then. The one that it is on was read just now. */
static int check_names(struct mt_view *v, const struct mt_record *r, struct mt_err *e)
{
	char subject[96];
	struct mt_device d;

	for (int i = 0; i < r->kind->nfields; i++) {
		const char *name = r->v[i].name;
		int err;

		if (r->kind->fields[i].type != MT_LINK || r->v[i].state != MT_SET ||
		    (i == r->kind->device && mt_ref_is_set(&r->ref)) ||
		    will_have(v, &mt_any_device, name))
			continue;
		err = mt_device_by_name(v->host, name, &d, e);
		if (err == -ENODEV)
			mt_fail(e, ENODEV, r->kind->name,
				mt_record_subject(r, subject, sizeof subject),
				"%s: there is no device %s", r->kind->fields[i].name, name);
		if (!err)
			err = check_device(r, &r->kind->fields[i], &d, e);
		if (err)
			return err;
	}
	return 0;
}

int mt_view_will(void *v, const struct mt_record *key, struct mt_record *will, struct mt_err *e)
{
	struct found f;
	int err = current_state(v, key, &f, e);

	*will = f.has;
	return err ? err : f.there ? 0 : -ENOENT;
}

static int check_needs(struct mt_view *v, const struct mt_record *want, struct mt_err *e)
{
	return want->kind->needs ? want->kind->needs(v->host, want, mt_view_will, v, e) : 0;
}

static int emit(struct mt_view *v, struct mt_step *s, const struct mt_record *want,
		struct mt_steps *steps, struct mt_err *e)
{
	struct mt_record master = mt_named(&new_master, mt_record_device(want));
	struct mt_record address = mt_named(&new_address, mt_record_device(want));

	if (!mt_steps_add(steps, s))
		return mt_fail(e, ENOMEM, want->kind->name, "", NULL);
	if (s->op == MT_SAME)
		return 0;
	if (check_names(v, &s->put, e) || check_needs(v, want, e))
		return -e->code;
	if (s->op == MT_ADD && want->kind->clash && want->kind->clash(v->host, want, e))
		return -e->code;
	if ((s->op == MT_ADD && remember_devices(v, want)) ||
	    (mt_step_moves(s) && remember(v, &master)) ||
	    (mt_step_readdresses(s) && remember(v, &address)) || remember(v, &s->put))
		return mt_fail(e, ENOMEM, want->kind->name, "", NULL);
	return 0;
}

/* MT_KIND_WHOLE: also what does not differ. */
static void put_rest(const struct found *f, const struct mt_record *want, int phase,
		     struct mt_step *s)
{
	const struct mt_kind *k = want->kind;

	for (int i = k->nkeys; i < k->nfields; i++)
		if (k->fields[i].phase == phase && mt_record_has(want, i)) {
			mt_record_put(&s->put, i, want->v[i]);
			mt_record_put(&s->was, i, f->has.v[i]);
		}
}

static int change(struct mt_view *v, const struct found *f, const struct mt_record *want,
		  struct mt_step *s, struct mt_steps *steps, struct mt_err *e)
{
	const struct mt_kind *k = want->kind;
	bool any = false;

	for (int phase = 0; phase < MT_PHASES; phase++) {
		s->op = MT_SAME;
		s->put = s->was = mt_record_key(&f->has);
		for (int i = k->nkeys; i < k->nfields; i++) {
			int is = k->fields[i].phase == phase ? differs(v, f, want, i, e) : 0;

			if (is < 0)
				return is;
			if (!is)
				continue;
			if (!(f->fresh && f->has.v[i].state == MT_UNSET) &&
			    changeable(v, f, want, i, e))
				return -e->code;
			s->op = MT_CHANGE;
			mt_record_put(&s->put, i, want->v[i]);
			mt_record_put(&s->was, i, f->has.v[i]);
		}
		if (s->op == MT_CHANGE && k->flags & MT_KIND_WHOLE)
			put_rest(f, want, phase, s);
		if (s->op == MT_CHANGE && emit(v, s, want, steps, e))
			return -e->code;
		any |= s->op == MT_CHANGE;
	}
	if (any)
		return 0;
	s->put = *want;
	s->put.ref = f->has.ref;
	return emit(v, s, want, steps, e);
}

int mt_difference(struct mt_view *v, const struct mt_record *want, const char *place,
		  struct mt_steps *steps, struct mt_err *e)
{
	struct found f;
	struct mt_step s = { .op = MT_ADD, .put = *want, .place = place };

	if (current_state(v, want, &f, e))
		return -e->code;
	if (f.there)
		return change(v, &f, want, &s, steps, e);
	if (want->kind->flags & MT_KIND_FACET)
		return absent(want, e);
	s.put.ref = (struct mt_ref){ 0 };
	s.was = mt_record_key(want);
	return emit(v, &s, want, steps, e);
}
