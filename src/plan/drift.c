/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* drift.c - comparing journals with the kernel, changing nothing */
#include "plan/drift.h"

#include <errno.h>
#include <stdio.h>

struct drift {
	void (*each)(void *data, const struct mt_drifted *d);
	void *data;
	int n;
};

static void say(struct drift *d, const struct mt_step *s, int field, const struct mt_value *is)
{
	d->n++;
	if (d->each)
		d->each(d->data, &(struct mt_drifted){ s, field, is });
}

static void compare(struct drift *d, const struct mt_step *s, const struct mt_record *has)
{
	const struct mt_kind *k = s->put.kind;

	for (int i = k->nkeys; i < k->nfields; i++)
		if (mt_record_has(&s->put, i) && !(k->fields[i].flags & MT_FIELD_UNCOMPARED) &&
		    !mt_value_equal(&k->fields[i], &s->put.v[i], &has->v[i]))
			say(d, s, i, &has->v[i]);
}

const char *mt_drift_line(const struct mt_drifted *d, char *buf, size_t n)
{
	const struct mt_record *put = &d->step->put;
	char subject[96], is[MT_VALUE_TEXT], was[MT_VALUE_TEXT];
	const struct mt_field *f;
	const char *now;

	mt_record_subject(put, subject, sizeof subject);
	if (d->field < 0) {
		snprintf(buf, n, "%s %s is gone", put->kind->name, subject);
		return buf;
	}
	f = &put->kind->fields[d->field];
	now = mt_value_print(f, d->is, is);
	snprintf(buf, n, "%s %s: %s is %s, moontap had put %s", put->kind->name, subject, f->name,
		 *now ? now : "unset", mt_value_print(f, &put->v[d->field], was));
	return buf;
}

int mt_drift(struct mt_apply *w, const struct mt_journal *j,
	     void (*each)(void *data, const struct mt_drifted *d), void *data, struct mt_err *e)
{
	struct drift d = { each, data, 0 };

	for (size_t i = 0; i < j->steps.n; i++) {
		struct mt_step s = j->steps.at[i];
		struct mt_record has;
		int err = mt_step_locate(w, &s, e);

		if (!err)
			err = mt_record_get(w->host, &s.put, &has, w->pool, e);
		if (err && err != -ENOENT && err != -ENODEV && err != -EEXIST)
			return err;
		if (!err)
			compare(&d, &s, &has);
		else if (s.op != MT_DELETE)
			say(&d, &s, -1, NULL);
	}
	return d.n;
}
