/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* step_commands.h - a step as the commands that a person would type */
#ifndef MT_PLAN_STEP_COMMANDS_H
#define MT_PLAN_STEP_COMMANDS_H

#include "base/kind.h"

/**
 * mt_sh_print() - one step as lines for sh, each ended by \n; most steps are one line
 * @put:	the step's record: keys, and what is put
 * @was:	of a change: what it was; NULL: not known
 *
 * Return: as snprintf: the length, whether or not it fitted into @n.
 */
int mt_sh_print(enum mt_op op, const struct mt_record *put, const struct mt_record *was, char *buf,
		size_t n);

#endif
