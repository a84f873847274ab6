/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* in_use.c - whether something depends on a device, or somebody has put an address on it */
#include "plan/in_use.h"

#include <errno.h>
#include <stdio.h>

struct guest_address {
	const struct mt_steps *ours;
	char *why;
	size_t n;
	bool found;
};

static int take_address(const struct mt_record *r, void *data, struct mt_err *e)
{
	struct guest_address *a = data;
	char text[MT_VALUE_TEXT];

	(void)e;
	for (size_t i = 0; i < a->ours->n; i++)
		if (a->ours->at[i].op == MT_ADD && mt_record_same_key(&a->ours->at[i].put, r))
			return 0;
	for (int f = 0; f < r->kind->nkeys; f++)
		if (f != r->kind->device)
			snprintf(a->why, a->n, "%s is on it, and not by moontap",
				 mt_value_print(&r->kind->fields[f], &r->v[f], text));
	a->found = true;
	return 1;
}

int mt_device_has_address(struct mt_apply *w, const struct mt_steps *steps,
			  const struct mt_step *device, char *why, size_t n, struct mt_err *e)
{
	struct guest_address a = { steps, why, n, false };
	int err = mt_device_addresses(w->host, mt_record_device(&device->put), take_address, &a, e);

	return err < 0 ? err : a.found;
}

static int is_busy(struct mt_apply *w, const struct mt_step *device, char *why, size_t n,
		   struct mt_err *e)
{
	const struct mt_kind *k = device->put.kind;

	return k->busy ? k->busy(w->host, MT_DELETE, &device->put, why, n, e) : 0;
}

int mt_device_in_use(struct mt_apply *w, const struct mt_steps *steps, const struct mt_step *device,
		     char *why, size_t n, struct mt_err *e)
{
	int err = is_busy(w, device, why, n, e);

	return err ? err : mt_device_has_address(w, steps, device, why, n, e);
}

int mt_device_check_unused(struct mt_apply *w, const struct mt_steps *steps,
			   const struct mt_step *device, struct mt_err *e)
{
	const char *name = mt_record_device(&device->put);
	char why[160];
	int err = is_busy(w, device, why, sizeof why, e);

	if (err == 1)
		return mt_fail(e, EBUSY, "", "", "%s", why);
	if (!err)
		err = mt_device_has_address(w, steps, device, why, sizeof why, e);
	if (err == 1 && w->evict) {
		mt_log(w->log, LOG_NOTICE, "%s goes although %s", name, why);
		return 0;
	}
	if (err == 1)
		mt_fail(e, EBUSY, "", "", "%s", why), err = -EBUSY;
	if (!err || err == -ENODEV || err == -ENOENT)
		return 0;
	e->blame = MT_BLAME_UNDO;
	return err;
}
