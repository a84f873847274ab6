/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* warn.h - warn of what a guest's XML has and moontap does not understand, or nobody does */
#ifndef MT_EVALUATOR_WARN_H
#define MT_EVALUATOR_WARN_H

#include "domain/facts.h"
#include "ask/evaluate.h"
#include "evaluator/reply.h"

/**
 * mt_warn_unknown() - one line for all that moontap does not understand in a document
 *
 * Return: 0 or -errno.
 */
int mt_warn_unknown(struct mt_reply *say, const struct mt_fact *facts);

/**
 * mt_warn_dropped() - a line for each thing that a NIC asks for and nobody does
 * @q:		only the NICs that it selects count
 *
 * Return: 0 or -errno.
 */
int mt_warn_dropped(struct mt_reply *say, const struct mt_eval_request *q,
		    const struct mt_fact *facts);

#endif
