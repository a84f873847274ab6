/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* evaluator.h - the child's side of an evaluation */
#ifndef MT_EVALUATOR_EVALUATOR_H
#define MT_EVALUATOR_EVALUATOR_H

#include "ask/evaluate.h"

/**
 * mt_evaluator_run() - open what will be read, drop everything else, evaluate, answer
 * @q:		the request
 * @out:	descriptor for the answer, whose lines are described in answer.h
 *
 * For a process of its own that ends with what this returns: it is confined for good.
 * Return: 0 when the answer is whole, else 1.
 */
int mt_evaluator_run(const struct mt_eval_request *q, int out);

#endif
