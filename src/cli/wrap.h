/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wrap.h - text in lines of a terminal's width */
#ifndef MT_CLI_WRAP_H
#define MT_CLI_WRAP_H

#include <stdio.h>

/** mt_wrap() - print text in lines of at most 79 columns, and a newline at its end
 * @at:		the column at which the first line begins
 * @indent:	blanks before each further line */
void mt_wrap(const char *text, int at, int indent, FILE *out);

#endif
