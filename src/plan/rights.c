/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rights.c - comparing what a plan's records name with what they may name */
#include "plan/rights.h"
#include "kernel/host.h"
#include "plan/shared.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Whether a plan may make this device: there is none of the name, or moontap made it. Return: 1, 0
 * or -errno. */
static int is_ours_to_make(const struct mt_rights *rights, const char *name, struct mt_err *e)
{
	struct mt_device d;
	int err = mt_device_by_name(rights->apply->host, name, &d, e);

	if (err)
		return err == -ENODEV ? 1 : err;
	return mt_shared_made(rights->apply, name, d.ifindex, e);
}

static bool is_named(const struct mt_rights *rights, const struct mt_value *name)
{
	const struct mt_field *link = &mt_rights[MT_RIGHT_LINK];

	return mt_right_covers(link, rights->allow, link, name);
}

/* Two letters and the NIC's own device: "mi-web0" of web0. */
static bool is_named_after(const char *name, const char *dev)
{
	return islower((unsigned char)name[0]) && islower((unsigned char)name[1]) &&
		name[2] == '-' && !strcmp(name + 3, dev);
}

/* The names of a user's devices are limited: a free one may have a meaning here. */
static int may_name(const struct mt_rights *rights, const struct mt_plan *plan,
		    const struct mt_value *v, struct mt_err *e)
{
	const struct mt_kind *made = mt_plan_makes(plan, v->name);

	if (!strcmp(v->name, rights->dev) || is_named(rights, v))
		return 1;
	if (!made ||
	    (rights->user &&
	     !(made->flags & MT_KIND_SERVES && is_named_after(v->name, rights->dev))))
		return 0;
	return is_ours_to_make(rights, v->name, e);
}

static bool is_default(const struct mt_record *r, int i)
{
	struct mt_record bare = { .kind = r->kind };

	mt_record_put(&bare, 0, r->v[0]); /* a default may depend on the family */
	if (r->kind->set_defaults)
		r->kind->set_defaults(&bare);
	return mt_value_equal(&r->kind->fields[i], &bare.v[i], &r->v[i]);
}

/* Return: 1: the plan may use the field's value; 0: it may not; or -errno. */
static int may_be(const struct mt_rights *rights, const struct mt_plan *plan,
		  const struct mt_record *r, int i, struct mt_err *e)
{
	const struct mt_field *f = &r->kind->fields[i];
	const struct mt_value *v = &r->v[i];

	if (v->state != MT_SET)
		return 1;
	if (f->type == MT_NAME || f->type == MT_LINK)
		return may_name(rights, plan, v, e);
	if (!f->right || (f->flags & MT_FIELD_USERS && !rights->user) ||
	    (f->flags & MT_FIELD_USUAL && is_default(r, i)))
		return 1;
	return mt_right_covers(f->right, rights->allow, f, v);
}

static int refuse(const struct mt_rights *rights, const struct mt_declaration *w, int i,
		  struct mt_err *e)
{
	const struct mt_field *f = &w->record.kind->fields[i];
	const char *what = (f->right ? f->right : &mt_rights[MT_RIGHT_LINK])->name;
	const char *quote = f->type == MT_UINT ? "" : "\"", *user = rights->user;
	char buf[MT_VALUE_TEXT], right[128];
	const char *text = mt_value_print(f, &w->record.v[i], buf);

	snprintf(right, sizeof right, "%s = %s%.80s%s", what, quote, text, quote);
	if (user)
		mt_bad(e, w->record.kind->name, "",
		       "the policy's top level does not allow %s the %s %.80s: name it in a "
		       "hook's options with users = { \"%s\" }, or by allow{ user = \"%s\", %s }",
		       user, what, text, user, user, right);
	else
		mt_bad(e, w->record.kind->name, "",
		       "the policy's top level does not allow the %s %.80s: name it in a hook's "
		       "options, or by allow{ %s }",
		       what, text, right);
	return mt_err_in(e, "%s", w->place ? w->place : "?");
}

int mt_rights_check(const struct mt_rights *rights, const struct mt_plan *plan, struct mt_err *e)
{
	for (size_t n = 0; n < plan->n; n++) {
		const struct mt_declaration *w = plan->declarations[n];

		for (int i = 0; i < w->record.kind->nfields; i++) {
			int may = may_be(rights, plan, &w->record, i, e);

			if (may <= 0)
				return may ? may : refuse(rights, w, i, e);
		}
	}
	return 0;
}
