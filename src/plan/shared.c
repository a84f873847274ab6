/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* shared.c - claims on objects, and the objects' own journals */
#include "plan/shared.h"
#include "kernel/host.h"
#include "plan/undo.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH 320

/* All that is known of one object while its lock is held. */
struct object {
	struct mt_apply *apply;
	char folder[256];
	int lock;
	struct mt_journal journal; /* folded */
	struct mt_record *claims;  /* of others, and last, where there is one, the caller's */
	size_t nclaims;
};

static void folder_of(const struct mt_record *key, char *buf, size_t n)
{
	struct mt_record k = mt_record_key(key);
	char text[MT_LINE_MAX], name[240];

	mt_record_print(&k, 0, text, sizeof text);
	for (char *c = text; *c; c++)
		if (*c == ' ')
			*c = ',';
	snprintf(buf, n, "shared/%s", mt_state_file_name(text, name, sizeof name));
}

static int load_journal(struct object *o, struct mt_err *e)
{
	struct mt_journal raw;
	char path[PATH];
	int err;

	snprintf(path, sizeof path, "%s/journal", o->folder);
	err = mt_journal_load(o->apply->state, path, o->apply->kinds, o->apply->pool, &raw, e);
	o->journal = (struct mt_journal){ .header = raw.header, .steps.pool = o->apply->pool };
	for (size_t i = 0; !err && i < raw.steps.n; i++)
		if (mt_steps_fold(&o->journal.steps, &raw.steps.at[i]))
			err = mt_fail(e, ENOMEM, "shared", o->folder, NULL);
	return err;
}

/* As if there were none, where it is another network namespace's: of another object. */
static int load_journal_here(struct object *o, struct mt_err *e)
{
	int err = load_journal(o, e);

	return err == -EXDEV ? 0 : err;
}

static bool is_noted(const struct mt_record *r, int field)
{
	return mt_record_has(r, field) && r->kind->fields[field].flags & MT_FIELD_NOTED;
}

static bool journal_only_notes(const struct object *o)
{
	for (size_t i = 0; i < o->journal.steps.n; i++)
		if (o->journal.steps.at[i].op != MT_CHANGE ||
		    !mt_record_only_notes(&o->journal.steps.at[i].put))
			return false;
	return true;
}

static int load_claim(struct mt_apply *w, const char *folder, const char *file,
		      struct mt_record *claim, struct mt_err *e)
{
	char path[PATH + 32], *text;
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
		if (mt_record_has(mine, i) && mt_record_has(theirs, i) && !is_noted(mine, i) &&
		    !mt_value_equal(&k->fields[i], &mine->v[i], &theirs->v[i]))
			return mt_fail(e, EBUSY, k->name,
				       mt_record_subject(mine, subject, sizeof subject),
				       "%s holds it with %s %.80s, and %.80s is wanted", who,
				       k->fields[i].name,
				       mt_value_print(&k->fields[i], &theirs->v[i], one),
				       mt_value_print(&k->fields[i], &mine->v[i], two));
	return 0;
}

/* The claims of all but @dev; with @claim, that each fits with it. A bridge may have a thousand
 * ports: where all that anybody claims is what was noted, a claim's name says all. */
static int load_others(struct object *o, const char *dev, const struct mt_record *claim,
		       struct mt_err *e)
{
	struct mt_apply *w = o->apply;
	bool unread = o->journal.steps.n && journal_only_notes(o) &&
		(!claim || mt_record_only_notes(claim));
	char **names, mine[32];
	size_t n;

	snprintf(mine, sizeof mine, "by-%s", dev);
	if (mt_state_list(w->state, o->folder, w->pool, &names, &n, e))
		return -e->code;
	o->claims = mt_pool_alloc(w->pool, (n + 1) * sizeof *o->claims);
	if (!o->claims)
		return mt_fail(e, ENOMEM, "shared", o->folder, NULL);
	for (size_t i = 0; i < n; i++) {
		struct mt_record *c = &o->claims[o->nclaims];

		if (strncmp(names[i], "by-", 3) || !strcmp(names[i], mine))
			continue;
		if (unread)
			*c = o->journal.steps.at[0].put;
		else if (load_claim(w, o->folder, names[i], c, e) ||
			 (claim && others_conflict(claim, c, names[i] + 3, e)))
			return -e->code;
		o->nclaims++;
	}
	return 0;
}

int mt_shared_check(struct mt_apply *w, const char *dev, const struct mt_record *claim,
		    struct mt_err *e)
{
	struct object o = { .apply = w };

	if (mt_record_only_notes(claim))
		return 0;
	folder_of(claim, o.folder, sizeof o.folder);
	return load_others(&o, dev, claim, e);
}

int mt_shared_claim(struct mt_apply *w, const char *dev, const struct mt_record *key,
		    struct mt_record *claim, struct mt_err *e)
{
	char folder[256], file[32];

	folder_of(key, folder, sizeof folder);
	snprintf(file, sizeof file, "by-%s", dev);
	return load_claim(w, folder, file, claim, e);
}

/* Of one object's journal: as long as the device is there, what was noted of it. */
static int add_notes(struct object *o, struct mt_steps *notes, struct mt_err *e)
{
	if (load_journal_here(o, e))
		return -e->code;
	for (size_t i = 0; i < o->journal.steps.n; i++) {
		struct mt_step *s = &o->journal.steps.at[i];
		bool any = false;

		for (int f = 0; f < s->put.kind->nfields; f++)
			any |= is_noted(&s->put, f);
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
		struct object o = { .apply = w };

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
	struct object o = { .apply = w };
	char **names;
	size_t found;

	*n = 0;
	folder_of(key, o.folder, sizeof o.folder);
	if (load_journal(&o, e) || mt_state_list(w->state, o.folder, w->pool, &names, &found, e))
		return -e->code;
	*journal = o.journal;
	*devs = (const char **)names;
	for (size_t i = 0; i < found; i++)
		if (!strncmp(names[i], "by-", 3))
			names[(*n)++] = names[i] + 3;
	return 0;
}

/* Asked for, exclusively, and the answer is not written down yet: nor will be, if that run was
 * killed. */
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
		struct object o = { .apply = w };
		struct mt_record key = { .kind = *k };
		int err;

		if (!((*k)->flags & MT_KIND_DEVICE))
			continue;
		mt_record_put(&key, 0, mt_name_from(device));
		folder_of(&key, o.folder, sizeof o.folder);
		err = load_journal_here(&o, e);
		if (err)
			return err;
		if (mt_journal_made(&o.journal, &ref) || is_being_made(&o.journal))
			return 1;
	}
	return 0;
}

/* The other end of a pair came with it. */
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

static int view_made(void *data, const struct mt_record *has, struct mt_err *e)
{
	struct object *o = data;

	return mt_journal_made(&o->journal, &has->ref)
		? 1
		: mt_shared_made(o->apply, mt_record_device(has), mt_ref_ifindex(&has->ref), e);
}

static int view_was_put(void *data, const struct mt_record *key, int field, struct mt_err *e)
{
	struct object *o = data;

	(void)e;
	for (size_t i = 0; i < o->journal.steps.n; i++)
		if (mt_record_same_key(&o->journal.steps.at[i].put, key) &&
		    mt_record_has(&o->journal.steps.at[i].put, field))
			return 1;
	return 0;
}

int mt_shared_has_put(struct mt_apply *w, const struct mt_record *key, int field, struct mt_err *e)
{
	struct object o = { .apply = w };
	int err;

	folder_of(key, o.folder, sizeof o.folder);
	err = load_journal_here(&o, e);
	return err ? err : view_was_put(&o, key, field, e);
}

static int write_claim(struct object *o, const char *dev, const struct mt_record *claim,
		       struct mt_err *e)
{
	char path[PATH], line[MT_LINE_MAX];
	size_t n;
	int fd = -1, err;

	snprintf(path, sizeof path, "%s/by-%s", o->folder, dev);
	if (!claim) {
		mt_state_discard(o->apply->state, path, &fd);
		return mt_state_remove(o->apply->state, path, e);
	}
	n = mt_record_print(claim, 0, line, sizeof line - 1);
	line[n++] = '\n';
	err = mt_state_replace(o->apply->state, path, line, n, &fd, e);
	if (fd >= 0)
		close(fd);
	return err;
}

static bool has_changes(const struct mt_steps *steps)
{
	for (size_t i = 0; i < steps->n; i++)
		if (steps->at[i].op != MT_SAME)
			return true;
	return false;
}

/* What the claim needs and the kernel has not, looked at now that nobody else can change it. */
static int make_missing(struct object *o, const struct mt_record *claim, struct mt_steps *out,
			struct mt_err *e)
{
	struct mt_steps steps = { .pool = o->apply->pool };
	struct mt_view view = { .host = o->apply->host,
				.pool = o->apply->pool,
				.made_by_us = view_made,
				.was_put_by_us = view_was_put,
				.data = o };

	if (mt_difference(&view, claim, NULL, &steps, e) ||
	    (has_changes(&steps) && mt_steps_prune(o->apply, &o->journal.steps, e)))
		return -e->code;
	for (size_t i = 0; i < steps.n; i++) {
		struct mt_step *s = &steps.at[i];

		s->shared = true;
		if (s->op != MT_SAME && mt_step_apply(o->apply, s, o->lock, e))
			return -e->code;
		if (mt_steps_fold(&o->journal.steps, s) || (out && !mt_steps_add(out, s)))
			return mt_fail(e, ENOMEM, "shared", o->folder, NULL);
	}
	return 0;
}

static bool has_note(const struct object *o, int field)
{
	for (size_t i = 0; i < o->journal.steps.n; i++)
		if (is_noted(&o->journal.steps.at[i].put, field))
			return true;
	return false;
}

/* The first one that needs the object notes what it is, for all that come while it is needed; what
 * was noted of an earlier device of that name is gone with it. The claim's own value is the
 * evaluator's word, and another event may have changed the kernel's since. */
static int take_notes(struct object *o, const struct mt_record *claim, struct mt_err *e)
{
	const struct mt_kind *k = claim->kind;
	struct mt_step s = { .op = MT_CHANGE };
	struct mt_record has;
	int err;

	for (int i = k->nkeys; i < k->nfields; i++) {
		if (!is_noted(claim, i))
			continue;
		if (!s.put.kind) {
			err = mt_steps_prune(o->apply, &o->journal.steps, e)
				?: mt_record_get(o->apply->host, claim, &has, o->apply->pool, e);
			if (err)
				return err == -ENOENT ? 0 : err;
			s.put = s.was = mt_record_key(&has);
		}
		if (!has_note(o, i))
			mt_record_put(&s.put, i, has.v[k->fields[i].notes]);
	}
	if (!s.put.kind || s.put.set == s.was.set)
		return 0;
	return mt_steps_fold(&o->journal.steps, &s) ? mt_fail(e, ENOMEM, "shared", o->folder, NULL)
						    : 0;
}

static bool is_claimed(const struct object *o, int field)
{
	for (size_t i = 0; i < o->nclaims; i++)
		if (field < 0 || mt_record_has(&o->claims[i], field))
			return true;
	return false;
}

/* The part of a journal's step that no claim needs any more; op MT_SAME: all of it is needed. */
static struct mt_step unclaimed(const struct object *o, const struct mt_step *s)
{
	struct mt_step part = *s;
	const struct mt_kind *k = s->put.kind;
	bool any = false;

	if (s->op != MT_CHANGE) {
		if (is_claimed(o, -1))
			part.op = MT_SAME;
		return part;
	}
	for (int i = k->nkeys; i < k->nfields; i++) {
		if (!mt_record_has(&s->put, i))
			continue;
		if (is_claimed(o, i))
			mt_record_put(&part.put, i, (struct mt_value){ .state = MT_UNSET });
		else
			any = true;
	}
	if (!any)
		part.op = MT_SAME;
	return part;
}

/* A device goes with what is on it; what moontap put on this one has gone before. */
static int take_back(struct mt_apply *w, const struct mt_step *s, struct mt_err *e)
{
	const struct mt_steps none = { 0 };
	char why[160];
	int used = 0;

	if (s->op == MT_ADD && s->put.kind->flags & MT_KIND_DEVICE && !w->force)
		used = mt_device_in_use(w, &none, s, why, sizeof why, e);
	if (used != 1)
		return mt_step_revert(w, s, e);
	w->left++;
	mt_log(w->log, LOG_NOTICE, "left as it is: %s %s: %s", s->put.kind->name,
	       mt_record_device(&s->put), why);
	return 0;
}

static int take_back_unclaimed(struct object *o, struct mt_err *e)
{
	struct mt_steps keep = { .pool = o->apply->pool };

	for (size_t i = o->journal.steps.n; i-- > 0;) {
		struct mt_step part = unclaimed(o, &o->journal.steps.at[i]);

		if (part.op != MT_SAME && take_back(o->apply, &part, e))
			return -e->code;
	}
	for (size_t i = 0; i < o->journal.steps.n; i++) {
		struct mt_step s = o->journal.steps.at[i];
		bool any = s.op != MT_CHANGE && is_claimed(o, -1);

		for (int f = s.put.kind->nkeys; s.op == MT_CHANGE && f < s.put.kind->nfields; f++) {
			if (mt_record_has(&s.put, f) && is_claimed(o, f))
				any = true;
			else
				mt_record_put(&s.put, f, (struct mt_value){ .state = MT_UNSET });
		}
		if (any && !mt_steps_add(&keep, &s))
			return mt_fail(e, ENOMEM, "shared", o->folder, NULL);
	}
	o->journal.steps = keep;
	return 0;
}

static int lock_object(struct object *o, struct mt_err *e)
{
	char path[PATH];
	int err;

	snprintf(path, sizeof path, "%s/journal", o->folder);
	for (;;) {
		if (mt_state_folder(o->apply->state, o->folder, e))
			return -e->code;
		err = mt_state_lock(o->apply->state, path, &o->lock, e);
		if (err != -ENOENT)
			return err; /* -ENOENT: the last claim, and the folder, went just now */
	}
}

/* A journal says of which network namespace it is; loading another's fails. */
static int begin_journal(struct object *o, const char *dev, struct mt_err *e)
{
	struct mt_record *h = &o->journal.header;

	if (h->kind)
		return 0;
	h->kind = &mt_header_kind;
	mt_record_put(h, MT_HEADER_DEV, mt_name_from(dev));
	mt_record_put(h, MT_HEADER_NETNS, mt_uint(o->apply->state->netns));
	return mt_journal_append_header(o->lock, h, e);
}

/* The folder goes with its last claim; whoever waits for the lock makes it anew. What a killed run
 * has begun to write in it, that NIC's next run takes away. */
static int close_object(struct object *o, int err, struct mt_err *e)
{
	char path[PATH];
	int none = -1;

	snprintf(path, sizeof path, "%s/journal", o->folder);
	if (!err && !o->nclaims && !o->journal.steps.n) {
		mt_state_discard(o->apply->state, path, &none);
		err = mt_state_remove(o->apply->state, path, e);
		if (!err && unlinkat(o->apply->state->dir, o->folder, AT_REMOVEDIR) &&
		    errno != ENOTEMPTY)
			err = mt_fail(e, errno, "shared", o->folder, NULL);
	} else if (!err) {
		err = mt_journal_replace(o->apply->state, path, &o->journal, &o->lock, e);
	}
	close(o->lock);
	return err;
}

int mt_shared_set(struct mt_apply *w, const char *dev, const struct mt_record *key,
		  const struct mt_record *claim, struct mt_steps *steps, struct mt_err *e)
{
	struct object o = { .apply = w, .lock = -1 };
	int err;

	folder_of(key, o.folder, sizeof o.folder);
	if (lock_object(&o, e))
		return -e->code;
	err = load_journal(&o, e);
	if (!err)
		err = begin_journal(&o, dev, e);
	if (!err)
		err = load_others(&o, dev, claim, e);
	if (!err)
		err = write_claim(&o, dev, claim, e);
	if (!err && claim) {
		o.claims[o.nclaims++] = *claim;
		err = take_notes(&o, claim, e);
		if (!err && !mt_record_only_notes(claim))
			err = make_missing(&o, claim, steps, e);
	}
	if (!err)
		err = take_back_unclaimed(&o, e);
	return close_object(&o, err, e);
}
