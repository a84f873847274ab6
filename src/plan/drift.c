/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* drift.c - comparing journals with the kernel, changing nothing */
#include "plan/drift.h"

#include <errno.h>
#include <stdio.h>

struct drift {
	void (*each)(void *data, const char *line);
	void *data;
	int n;
};

static void say(struct drift *d, const char *line)
{
	d->n++;
	if (d->each)
		d->each(d->data, line);
}

static void compare(struct drift *d, const struct mt_record *put, const struct mt_record *has)
{
	const struct mt_kind *k = put->kind;
	char subject[96], is[MT_VALUE_TEXT], was[MT_VALUE_TEXT], line[700];

	for (int i = k->nkeys; i < k->nfields; i++) {
		if (!mt_record_has(put, i) || k->fields[i].flags & MT_FIELD_UNSEEN ||
		    mt_value_equal(&k->fields[i], &put->v[i], &has->v[i]))
			continue;
		snprintf(line, sizeof line, "%s %s: %s is %.255s, moontap had put %.255s", k->name,
			 mt_record_subject(put, subject, sizeof subject), k->fields[i].name,
			 mt_value_print(&k->fields[i], &has->v[i], is),
			 mt_value_print(&k->fields[i], &put->v[i], was));
		say(d, line);
	}
}

int mt_drift(struct mt_work *w, const struct mt_journal *j,
	     void (*each)(void *data, const char *line), void *data, struct mt_err *e)
{
	struct drift d = { each, data, 0 };
	char subject[96], line[200];

	for (size_t i = 0; i < j->steps.n; i++) {
		struct mt_step s = j->steps.at[i];
		struct mt_record has;
		int err = mt_step_locate(w, &s, e);

		if (!err)
			err = mt_record_get(w->host, &s.put, &has, w->pool, e);
		if (err && err != -ENOENT && err != -ENODEV && err != -EEXIST)
			return err;
		if (!err) {
			compare(&d, &s.put, &has);
			continue;
		}
		if (s.op == MT_DELETE)
			continue;
		snprintf(line, sizeof line, "%s %s is gone", s.put.kind->name,
			 mt_record_subject(&s.put, subject, sizeof subject));
		say(&d, line);
	}
	return d.n;
}
