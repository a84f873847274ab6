/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* exits.h - what each exit status means */
#ifndef MT_CLI_EXITS_H
#define MT_CLI_EXITS_H

#include "base/tokens.h"

extern const struct mt_described mt_exits[]; /* indexed by the status; ended by a NULL name */

#endif
