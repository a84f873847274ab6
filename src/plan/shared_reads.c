/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* shared_reads.c - what is known of shared objects; changes nothing */
#include "plan/shared_reads.h"
#include "plan/shared_object.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int mt_shared_check(struct mt_apply *w, const char *dev, const struct mt_record *claim,
		    struct mt_err *e)
{
	struct mt_shared_object o = { .apply = w };

	if (mt_record_is_agreed(claim))
		return 0;
	mt_shared_folder(claim, o.folder, sizeof o.folder);
	return mt_shared_load_others(&o, dev, claim, e);
}

int mt_shared_claim(struct mt_apply *w, const char *dev, const struct mt_record *key,
		    struct mt_record *claim, struct mt_err *e)
{
	char folder[256], file[32];

	mt_shared_folder(key, folder, sizeof folder);
	snprintf(file, sizeof file, "by-%s", dev);
	return mt_shared_load_claim(w, folder, file, claim, e);
}

/* Appends the steps of one object's journal that have noted fields, if their device is there. */
static int add_notes(struct mt_shared_object *o, struct mt_steps *notes, struct mt_err *e)
{
	if (mt_shared_load_here(o, e))
		return -e->code;
	for (size_t i = 0; i < o->journal.steps.n; i++) {
		struct mt_step *s = &o->journal.steps.at[i];
		bool any = false;

		for (int f = 0; f < s->put.kind->nfields; f++)
			any |= mt_shared_is_noted(&s->put, f);
		if (any && mt_ref_is_set(&s->put.ref) && !mt_step_locate(o->apply, s, e) &&
		    !mt_steps_add(notes, s))
			return mt_fail(e, ENOMEM, "shared", o->folder, NULL);
	}
	return 0;
}

static bool may_be_noted(const struct mt_apply *w, const char *folder)
{
	for (const struct mt_kind *const *k = w->kinds; *k; k++) {
		size_t n = strlen((*k)->name);

		for (int f = 0; f < (*k)->nfields; f++)
			if ((*k)->fields[f].flags & MT_FIELD_NOTED &&
			    !strncmp(folder, (*k)->name, n) && folder[n] == ',')
				return true;
	}
	return false;
}

int mt_shared_notes(struct mt_apply *w, struct mt_steps *notes, struct mt_err *e)
{
	char **names;
	size_t n;

	if (mt_state_list(w->state, "shared", w->pool, &names, &n, e))
		return -e->code;
	for (size_t i = 0; i < n; i++) {
		struct mt_shared_object o = { .apply = w };

		if (!may_be_noted(w, names[i]))
			continue;
		snprintf(o.folder, sizeof o.folder, "shared/%.240s", names[i]);
		if (add_notes(&o, notes, e))
			return -e->code;
	}
	return 0;
}

int mt_shared_inspect(struct mt_apply *w, const struct mt_record *key, struct mt_journal *journal,
		      const char ***devs, size_t *n, struct mt_err *e)
{
	struct mt_shared_object o = { .apply = w };
	char **names;
	size_t found;

	*n = 0;
	mt_shared_folder(key, o.folder, sizeof o.folder);
	if (mt_shared_load(&o, e) || mt_state_list(w->state, o.folder, w->pool, &names, &found, e))
		return -e->code;
	*journal = o.journal;
	*devs = (const char **)names;
	for (size_t i = 0; i < found; i++)
		if (!strncmp(names[i], "by-", 3))
			names[(*n)++] = names[i] + 3;
	return 0;
}

/* Whether the journal has an add without its result: a process is applying it, or was killed. */
static bool is_being_made(const struct mt_journal *j)
{
	for (size_t i = 0; i < j->steps.n; i++) {
		const struct mt_step *s = &j->steps.at[i];

		if (s->op == MT_ADD && !s->made && !s->existed)
			return true;
	}
	return false;
}

static int was_made(struct mt_apply *w, const char *device, uint32_t ifindex, struct mt_err *e)
{
	const struct mt_ref ref = mt_ref_link(ifindex);

	for (const struct mt_kind *const *k = w->kinds; *k; k++) {
		struct mt_shared_object o = { .apply = w };
		struct mt_record key = { .kind = *k };
		int err;

		if (!((*k)->flags & MT_KIND_DEVICE))
			continue;
		mt_record_put(&key, 0, mt_name_from(device));
		mt_shared_folder(&key, o.folder, sizeof o.folder);
		err = mt_shared_load_here(&o, e);
		if (err)
			return err;
		if (mt_journal_made(&o.journal, &ref) || is_being_made(&o.journal))
			return 1;
	}
	return 0;
}

/* The ends of a pair are made together: look for both. */
int mt_shared_made(struct mt_apply *w, const char *device, uint32_t ifindex, struct mt_err *e)
{
	struct mt_device end, other = { 0 };
	int made = was_made(w, device, ifindex, e), err;

	if (made)
		return made;
	err = mt_device_by_index(w->host, ifindex, &end, e);
	if (!err && end.is & MT_DEVICE_PAIR && end.peer)
		err = mt_device_by_index(w->host, end.peer, &other, e);
	if (err)
		return err == -ENODEV ? 0 : err;
	return other.is & MT_DEVICE_PAIR ? was_made(w, other.name, other.ifindex, e) : 0;
}

int mt_shared_has_put(struct mt_apply *w, const struct mt_record *key, int field, struct mt_err *e)
{
	struct mt_shared_object o = { .apply = w };
	int err;

	mt_shared_folder(key, o.folder, sizeof o.folder);
	err = mt_shared_load_here(&o, e);
	return err ? err : mt_shared_journal_has(&o, key, field);
}
