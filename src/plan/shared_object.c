/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* shared_object.c - reading a shared object's journal and claims */
#include "plan/shared_object.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void mt_shared_folder(const struct mt_record *key, char *buf, size_t n)
{
	struct mt_record k = mt_record_key(key);
	char text[MT_LINE_MAX], name[240];

	mt_record_print(&k, 0, text, sizeof text);
	for (char *c = text; *c; c++)
		if (*c == ' ')
			*c = ',';
	snprintf(buf, n, "shared/%s", mt_state_file_name(text, name, sizeof name));
}

int mt_shared_load(struct mt_shared_object *o, struct mt_err *e)
{
	struct mt_journal raw;
	char path[MT_SHARED_PATH];
	int err;

	snprintf(path, sizeof path, "%s/journal", o->folder);
	err = mt_journal_load(o->apply->state, path, o->apply->kinds, o->apply->pool, &raw, e);
	o->journal = (struct mt_journal){ .header = raw.header, .steps.pool = o->apply->pool };
	for (size_t i = 0; !err && i < raw.steps.n; i++)
		if (mt_steps_fold(&o->journal.steps, &raw.steps.at[i]))
			err = mt_fail(e, ENOMEM, "shared", o->folder, NULL);
	return err;
}

int mt_shared_load_here(struct mt_shared_object *o, struct mt_err *e)
{
	int err = mt_shared_load(o, e);

	return err == -EXDEV ? 0 : err;
}

bool mt_shared_is_noted(const struct mt_record *r, int field)
{
	return mt_record_has(r, field) && r->kind->fields[field].flags & MT_FIELD_NOTED;
}

static bool journal_is_agreed(const struct mt_shared_object *o)
{
	for (size_t i = 0; i < o->journal.steps.n; i++)
		if (!mt_record_is_agreed(&o->journal.steps.at[i].put))
			return false;
	return true;
}

int mt_shared_load_claim(struct mt_apply *w, const char *folder, const char *file,
			 struct mt_record *claim, struct mt_err *e)
{
	char path[MT_SHARED_PATH + 32], *text;
	int err;

	snprintf(path, sizeof path, "%s/%s", folder, file);
	err = mt_state_read(w->state, path, w->pool, &text, e);
	if (err)
		return err;
	err = mt_record_read(w->kinds, text, claim, w->pool, e);
	if (err && err != -ENOMEM)
		e->blame = MT_BLAME_UNDO;
	return err;
}

static int others_conflict(const struct mt_record *mine, const struct mt_record *theirs,
			   const char *who, struct mt_err *e)
{
	const struct mt_kind *k = mine->kind;
	char subject[96], one[MT_VALUE_TEXT], two[MT_VALUE_TEXT];

	for (int i = k->nkeys; i < k->nfields; i++)
		if (mt_record_has(mine, i) && mt_record_has(theirs, i) &&
		    !mt_shared_is_noted(mine, i) &&
		    !mt_value_equal(&k->fields[i], &mine->v[i], &theirs->v[i]))
			return mt_fail(e, EBUSY, k->name,
				       mt_record_subject(mine, subject, sizeof subject),
				       "%s holds it with %s %.80s, and %.80s is wanted", who,
				       k->fields[i].name,
				       mt_value_print(&k->fields[i], &theirs->v[i], one),
				       mt_value_print(&k->fields[i], &mine->v[i], two));
	return 0;
}

/* A bridge may have a thousand ports. Where no two claims can disagree, it is enough to know
 * whether there is another one: look for one file's name, and read none. */
static int find_other(struct mt_shared_object *o, const char *mine, struct mt_err *e)
{
	int any = mt_state_any(o->apply->state, o->folder, "by-", mine, e);

	o->claims = mt_pool_alloc(o->apply->pool, 2 * sizeof *o->claims); /* and the caller's */
	if (any >= 0 && !o->claims)
		return mt_fail(e, ENOMEM, "shared", o->folder, NULL);
	if (any == 1)
		o->claims[o->nclaims++] = o->journal.steps.at[0].put;
	return any < 0 ? any : 0;
}

int mt_shared_load_others(struct mt_shared_object *o, const char *dev,
			  const struct mt_record *claim, struct mt_err *e)
{
	struct mt_apply *w = o->apply;
	char **names, mine[32];
	size_t n;

	snprintf(mine, sizeof mine, "by-%s", dev);
	if (o->journal.steps.n && journal_is_agreed(o) && (!claim || mt_record_is_agreed(claim)))
		return find_other(o, mine, e);
	if (mt_state_list(w->state, o->folder, w->pool, &names, &n, e))
		return -e->code;
	o->claims = mt_pool_alloc(w->pool, (n + 1) * sizeof *o->claims);
	if (!o->claims)
		return mt_fail(e, ENOMEM, "shared", o->folder, NULL);
	for (size_t i = 0; i < n; i++) {
		struct mt_record *c = &o->claims[o->nclaims];

		if (strncmp(names[i], "by-", 3) || !strcmp(names[i], mine))
			continue;
		if (mt_shared_load_claim(w, o->folder, names[i], c, e) ||
		    (claim && others_conflict(claim, c, names[i] + 3, e)))
			return -e->code;
		o->nclaims++;
	}
	return 0;
}

bool mt_shared_journal_has(const struct mt_shared_object *o, const struct mt_record *key, int field)
{
	for (size_t i = 0; i < o->journal.steps.n; i++)
		if (mt_record_same_key(&o->journal.steps.at[i].put, key) &&
		    mt_record_has(&o->journal.steps.at[i].put, field))
			return true;
	return false;
}
