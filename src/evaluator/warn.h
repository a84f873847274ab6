/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* warn.h - what people are told of a guest's description beside what becomes of it */
#ifndef MT_EVALUATOR_WARN_H
#define MT_EVALUATOR_WARN_H

#include "domain/facts.h"
#include "ask/evaluate.h"
#include "evaluator/reply.h"

/** mt_warn_unknown() - one line for all that a document says and moontap does not understand
 *
 * Return: 0 or -errno. */
int mt_warn_unknown(struct mt_reply *say, const struct mt_fact *facts);

/** mt_warn_dropped() - a line for each thing that a NIC asks for and nobody does; of the NICs that
 * the request is for. Return: 0 or -errno. */
int mt_warn_dropped(struct mt_reply *say, const struct mt_eval_request *q,
		    const struct mt_fact *facts);

#endif
