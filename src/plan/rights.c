/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rights.c - the devices that a plan's records name, against those that it may */
#include "plan/rights.h"
#include "kernel/host.h"
#include "plan/shared.h"

#include <errno.h>
#include <string.h>

static bool makes(const struct mt_plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct mt_record *r = &plan->wishes[i]->record;

		if (r->kind->flags & MT_KIND_DEVICE && !strcmp(mt_record_device(r), name))
			return true;
	}
	return false;
}

/* A device that the plan makes must be new, or moontap's own making of earlier. */
static int is_ours_to_make(const struct mt_rights *rights, const char *name, struct mt_err *e)
{
	struct mt_device d;
	int err = mt_device_by_name(rights->work->host, name, &d, e);

	if (err)
		return err == -ENODEV ? 1 : err;
	return mt_shared_made(rights->work, name, d.ifindex);
}

static int may_name(const struct mt_rights *rights, const struct mt_plan *plan, const char *name,
		    struct mt_err *e)
{
	if (!strcmp(name, rights->dev) || rights->allowed(rights->data, "link", name))
		return 1;
	return makes(plan, name) ? is_ours_to_make(rights, name, e) : 0;
}

static int check_wish(const struct mt_rights *rights, const struct mt_plan *plan,
		      const struct mt_wish *w, struct mt_err *e)
{
	const struct mt_kind *k = w->record.kind;

	for (int i = 0; i < k->nfields; i++) {
		const struct mt_value *v = &w->record.v[i];
		bool name = k->fields[i].type == MT_NAME || k->fields[i].type == MT_LINK;
		int may = !name || v->state != MT_SET ? 1 : may_name(rights, plan, v->name, e);

		if (may < 0)
			return may;
		if (may)
			continue;
		mt_bad(e, k->name, "",
		       "the policy's top level did not name the link %s: put it into a hook's "
		       "options, or allow{link=\"%s\"}",
		       v->name, v->name);
		return mt_err_in(e, "%s", w->place);
	}
	return 0;
}

int mt_rights_check(const struct mt_rights *rights, const struct mt_plan *plan, struct mt_err *e)
{
	for (size_t i = 0; i < plan->n; i++)
		if (check_wish(rights, plan, plan->wishes[i], e))
			return -e->code;
	return 0;
}
