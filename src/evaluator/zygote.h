/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* zygote.h - a process that forks evaluators ahead of their requests */
#ifndef MT_EVALUATOR_ZYGOTE_H
#define MT_EVALUATOR_ZYGOTE_H

#include "ask/evaluate.h"

/**
 * mt_zygote_run() - open and load what every evaluation needs, then fork spares until end of file
 * @q:		policy, hooks, limits and parent; the rest comes with each request
 * @control:	as ask/spare.h has it
 *
 * For a process of its own that ends with what this returns. A spare returns, too.
 */
int mt_zygote_run(const struct mt_eval_request *q, int control);

#endif
