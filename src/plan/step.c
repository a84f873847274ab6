/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* step.c - steps: their text, their inverse, their composition, their order */
#include "plan/step.h"
#include "base/tokens.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mt_step *mt_steps_add(struct mt_steps *s, const struct mt_step *step)
{
	struct mt_step *at = mt_pool_room(s->pool, s->at, s->n, &s->cap, sizeof *at);

	if (!at)
		return NULL;
	s->at = at;
	s->at[s->n] = *step;
	return &s->at[s->n++];
}

size_t mt_step_print(const struct mt_step *s, char *buf, size_t n)
{
	char ref[MT_REF_TEXT];
	size_t len = (size_t)snprintf(buf, n, "%c %s ", s->op, mt_ref_print(&s->put.ref, ref));

	len += mt_record_print(&s->put, 0, len < n ? buf + len : NULL, len < n ? n - len : 0);
	if (!s->was.kind || s->op == MT_ADD || s->op == MT_DELETE)
		return len;
	len += (size_t)snprintf(len < n ? buf + len : NULL, len < n ? n - len : 0, " |");
	return len +
		mt_record_print(&s->was, s->was.kind->nkeys, len < n ? buf + len : NULL,
				len < n ? n - len : 0);
}

int mt_step_parse(const struct mt_kind *const *kinds, char **words, int n, struct mt_step *s,
		  struct mt_pool *p, struct mt_err *e)
{
	const struct mt_kind *k = n < 4 ? NULL : mt_kind_find(kinds, words[2]);
	int bar = 3;

	if (!k || !strchr("+~-=&!", words[0][0]) || words[0][1])
		return mt_bad(e, "step", n ? words[0] : "", "not a step");
	*s = (struct mt_step){ .op = (enum mt_op)words[0][0] };
	s->put = (struct mt_record){ .kind = k };
	if (mt_ref_parse(k->realm, words[1], &s->put.ref, e))
		return -e->code;
	while (bar < n && strcmp(words[bar], "|"))
		bar++;
	if (mt_record_parse(&s->put, words + 3, (size_t)(bar - 3), p, e) ||
	    mt_record_check(&s->put, e))
		return -e->code;
	if (bar == n)
		return 0;
	s->was = mt_record_key(&s->put);
	return mt_record_parse(&s->was, words + bar + 1, (size_t)(n - bar - 1), p, e);
}

/* Whether everything that moontap put is still as it put it, as far as the kernel shows it. */
static bool untouched(const struct mt_record *put, const struct mt_record *has)
{
	for (int i = put->kind->nkeys; i < put->kind->nfields; i++)
		if (mt_record_has(put, i) && !(put->kind->fields[i].flags & MT_FIELD_UNCOMPARED) &&
		    !mt_value_equal(&put->kind->fields[i], &put->v[i], &has->v[i]))
			return false;
	return true;
}

static void change_back(const struct mt_step *s, const struct mt_record *has, struct mt_step *back,
			uint32_t *left)
{
	const struct mt_kind *k = s->put.kind;

	for (int i = k->nkeys; i < k->nfields; i++) {
		const struct mt_value *was = &s->was.v[i], *put = &s->put.v[i], *now = &has->v[i];

		if (!mt_record_has(&s->put, i) || was->state == MT_UNSET ||
		    mt_value_equal(&k->fields[i], now, was))
			continue;
		if (!mt_value_equal(&k->fields[i], now, put)) {
			*left |= 1u << i;
			continue;
		}
		mt_record_put(&back->put, i, *was);
		mt_record_put(&back->was, i, *put);
		back->op = MT_CHANGE;
	}
}

/* An add that was not seen to its end, and whose name somebody else took. */
static bool has_other_owner(const struct mt_step *s, const struct mt_record *has)
{
	const struct mt_kind *k = s->put.kind;

	for (int i = k->nkeys; i < k->nfields; i++)
		if (k->fields[i].flags & MT_FIELD_OWNER && mt_record_has(&s->put, i) &&
		    !mt_value_equal(&k->fields[i], &s->put.v[i], &has->v[i]))
			return true;
	return false;
}

void mt_step_inverse(const struct mt_step *s, const struct mt_record *has, struct mt_step *back,
		     uint32_t *left)
{
	*left = 0;
	*back = (struct mt_step){ .op = MT_SAME,
				  .put = mt_record_key(&s->put),
				  .was = mt_record_key(&s->put) };
	switch (s->op) {
	case MT_ADD:
		if (!has || s->existed || has_other_owner(s, has))
			return;
		if (s->put.kind->flags & MT_KIND_EXCLUSIVE && !untouched(&s->put, has)) {
			*left = s->put.set;
			return;
		}
		back->op = MT_DELETE;
		back->put = *has;
		return;
	case MT_DELETE:
		if (!has) {
			back->op = MT_ADD;
			back->put = s->put;
		}
		return;
	case MT_CHANGE:
		if (has)
			change_back(s, has, back, left);
		return;
	case MT_SAME:
	case MT_CLAIM:
	case MT_RELEASE:
		return;
	}
}

/* The entry that @later is composed with: on the same object, not on another device of its name. */
static struct mt_step *find(struct mt_steps *list, const struct mt_step *later)
{
	for (size_t i = 0; i < list->n; i++) {
		struct mt_step *s = &list->at[i];
		bool device = s->op == MT_ADD && s->put.kind->flags & MT_KIND_DEVICE;

		if (s->op != MT_CLAIM && mt_record_same_key(&s->put, &later->put) &&
		    (device || !mt_ref_is_set(&s->put.ref) ||
		     mt_ref_equal(&s->put.ref, &later->put.ref)))
			return s;
	}
	return NULL;
}

static void drop(struct mt_steps *list, struct mt_step *s)
{
	memmove(s, s + 1, (size_t)(list->at + --list->n - s) * sizeof *s);
}

/* Removes the fields that are no difference any more. Return: whether any is left. */
static bool reduce(struct mt_step *s)
{
	const struct mt_kind *k = s->put.kind;
	bool any = false;

	for (int i = k->nkeys; i < k->nfields; i++) {
		if (!mt_record_has(&s->put, i))
			continue;
		if (mt_record_has(&s->was, i) &&
		    mt_value_equal(&k->fields[i], &s->put.v[i], &s->was.v[i])) {
			mt_record_put(&s->put, i, (struct mt_value){ .state = MT_UNSET });
			mt_record_put(&s->was, i, (struct mt_value){ .state = MT_UNSET });
		} else
			any = true;
	}
	return any;
}

static void compose(struct mt_step *s, const struct mt_step *later)
{
	const struct mt_kind *k = s->put.kind;

	for (int i = k->nkeys; i < k->nfields; i++) {
		if (!mt_record_has(&later->put, i))
			continue;
		if (!mt_record_has(&s->put, i))
			mt_record_put(&s->was, i, later->was.v[i]);
		mt_record_put(&s->put, i, later->put.v[i]);
	}
}

/* Of the claims on one object only the last one counts; it replaces the first in the list. */
static int fold_claim(struct mt_steps *list, const struct mt_step *later)
{
	struct mt_step last = *later;

	last.was.kind = NULL;
	for (size_t i = 0; i < list->n; i++) {
		struct mt_step *s = &list->at[i];

		if (s->op != MT_CLAIM || !mt_record_same_key(&s->put, &later->put))
			continue;
		if (later->op == MT_RELEASE)
			drop(list, s);
		else
			*s = last;
		return 0;
	}
	return later->op == MT_RELEASE || mt_steps_add(list, &last) ? 0 : -ENOMEM;
}

/* Whether the list adds the device that a step is on: then the step stays, also if it changes
 * nothing any more. */
static bool is_on_made(const struct mt_steps *list, const struct mt_step *s)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->at[i].op == MT_ADD && list->at[i].put.kind->flags & MT_KIND_DEVICE &&
		    mt_ref_equal(&list->at[i].put.ref, &s->put.ref))
			return true;
	return false;
}

int mt_steps_fold(struct mt_steps *list, const struct mt_step *later)
{
	struct mt_step *s;

	if (later->op == MT_SAME || later->existed || later->put.kind->flags & MT_KIND_KEPT)
		return 0;
	if (later->op == MT_CLAIM || later->op == MT_RELEASE)
		return fold_claim(list, later);
	s = find(list, later);
	if (!s)
		return mt_steps_add(list, later) ? 0 : -ENOMEM;
	if (later->op == MT_CHANGE) {
		if (s->op == MT_CHANGE) {
			compose(s, later);
			if (!is_on_made(list, s) && !reduce(s))
				drop(list, s);
		} else
			compose(s, later); /* a change becomes part of the add */
		return 0;
	}
	/* an add and a deletion, in either order, cancel each other */
	if ((s->op == MT_ADD) != (later->op == MT_ADD))
		drop(list, s);
	else
		*s = *later; /* added again after somebody else deleted it */
	return 0;
}

static int phase_of(const struct mt_step *s)
{
	const struct mt_kind *k = s->put.kind;

	if ((s->op == MT_CHANGE || s->op == MT_SAME) && !(k->flags & MT_KIND_EXCLUSIVE))
		for (int i = k->nkeys; i < k->nfields; i++)
			if (mt_record_has(&s->put, i))
				return k->fields[i].phase;
	return k->phase;
}

static bool changes(const struct mt_step *s, bool (*such)(const struct mt_field *f))
{
	const struct mt_kind *k = s->put.kind;

	for (int i = k->nkeys; (s->op == MT_CHANGE || s->op == MT_ADD) && i < k->nfields; i++)
		if (mt_record_has(&s->put, i) && such(&k->fields[i]))
			return true;
	return false;
}

static bool is_parent(const struct mt_field *f)
{
	return f->flags & MT_FIELD_PARENT;
}

static bool is_of_parent(const struct mt_field *f)
{
	return f->revert == MT_REVERT_WITH_MASTER;
}

static bool makes_forget(const struct mt_field *f)
{
	return f->flags & MT_FIELD_FORGETS;
}

bool mt_step_readdresses(const struct mt_step *s)
{
	return changes(s, makes_forget);
}

bool mt_step_moves(const struct mt_step *s)
{
	return changes(s, is_parent);
}

bool mt_step_is_of_parent(const struct mt_step *s)
{
	return changes(s, is_of_parent);
}

int mt_steps_sort(struct mt_steps *s)
{
	struct mt_step *sorted = mt_pool_alloc(s->pool, (s->n + 1) * sizeof *sorted);
	size_t n = 0;

	if (!sorted)
		return -ENOMEM;
	for (int phase = 0; phase < MT_PHASES; phase++)
		for (size_t i = 0; i < s->n; i++)
			if (phase_of(&s->at[i]) == phase)
				sorted[n++] = s->at[i];
	s->at = sorted;
	s->cap = s->n + 1;
	return 0;
}
