/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* step_commands.c - a step as the commands that a person would type, from the words in its kind's
 * table */
#include "plan/step_commands.h"
#include "base/sh.h"

/* Whether any of the fields is MT_FIELD_NEWER, or any is not. */
static bool has_any(const struct mt_record *r, int fields, bool newer)
{
	for (int i = r->kind->nkeys; i < fields; i++)
		if (mt_record_has(r, i) && !(r->kind->fields[i].flags & MT_FIELD_NEWER) == !newer)
			return true;
	return false;
}

static void say_fields(struct mt_sh *s, const struct mt_record *r, const char *command, int fields,
		       bool newer)
{
	mt_sh_command(s, r, command);
	for (int i = 1; i < fields; i++)
		if (!(r->kind->fields[i].flags & MT_FIELD_NEWER) == !newer)
			mt_sh_field(s, r, i);
	mt_sh_say(s, "\n");
}

/* The commands of an object that is replaced. */
static int replace(const struct mt_record *put, const struct mt_record *was, char *buf, size_t n)
{
	size_t len = (size_t)put->kind->sh(MT_DELETE, was, buf, n);

	return (int)len +
		put->kind->sh(MT_ADD, put, len < n ? buf + len : NULL, len < n ? n - len : 0);
}

static bool is_replaced(enum mt_op op, const struct mt_kind *k)
{
	return op == MT_CHANGE && k->flags & MT_KIND_REPLACED;
}

int mt_sh_print(enum mt_op op, const struct mt_record *put, const struct mt_record *was, char *buf,
		size_t n)
{
	const struct mt_kind *k = put->kind;
	const char *command = op == MT_ADD ? k->add
		: op == MT_CHANGE	   ? k->set
		: op == MT_DELETE	   ? k->del
					   : NULL;
	int fields = op == MT_DELETE ? k->nkeys : k->nfields;
	bool newer = has_any(put, fields, true);
	struct mt_sh s = { buf, n, 0 };

	if (n)
		buf[0] = 0;
	if (was && is_replaced(op, k))
		return replace(put, was, buf, n);
	if (k->sh)
		return k->sh(op, put, buf, n);
	if (!command)
		return 0;
	if (op != MT_CHANGE || !newer || has_any(put, fields, false))
		say_fields(&s, put, command, fields, false);
	if (newer) { /* a comment, since a script would end where the command is not known */
		mt_sh_say(&s, "# with iproute2 6.3: ");
		say_fields(&s, put, k->set, fields, true);
	}
	return (int)s.len;
}
