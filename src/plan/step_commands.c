/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* step_commands.c - a step as the commands that a person would type, from the words in its kind's
 * table */
#include "plan/step_commands.h"
#include "base/sh.h"

int mt_sh_print(enum mt_op op, const struct mt_record *put, char *buf, size_t n)
{
	const struct mt_kind *k = put->kind;
	const char *command = op == MT_ADD ? k->add
		: op == MT_CHANGE	   ? k->set
		: op == MT_DELETE	   ? k->del
					   : NULL;
	int fields = op == MT_DELETE ? k->nkeys : k->nfields;
	struct mt_sh s = { buf, n, 0 };

	if (n)
		buf[0] = 0;
	if (k->sh)
		return k->sh(op, put, buf, n);
	if (!command)
		return 0;
	mt_sh_command(&s, put, command);
	for (int i = 1; i < fields; i++)
		mt_sh_field(&s, put, i);
	mt_sh_say(&s, "\n");
	return (int)s.len;
}
