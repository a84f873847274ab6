/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * complete.h - what a request adds to a document's facts
 *
 * Devices' names, which NICs are asked for, and how the guest is known.
 */
#ifndef MT_EVALUATOR_COMPLETE_H
#define MT_EVALUATOR_COMPLETE_H

#include "domain/facts.h"
#include "ask/evaluate.h"

struct mt_host;

/**
 * mt_facts_of_unknown() - the facts of a guest without XML
 * @h:		for the MAC of the tap @q->dev; may be NULL
 * @facts:	out: one NIC, and what @q has of the tap's QEMU; in @p
 *
 * Return: 0 or -ENOMEM.
 */
int mt_facts_of_unknown(const struct mt_eval_request *q, struct mt_host *h, struct mt_pool *p,
			struct mt_fact **facts);

/**
 * mt_facts_complete() - add to @facts what only the request knows
 * @h:		for LXC's devices, which the XML does not name; may be NULL
 * @p:		the pool that @facts live in
 *
 * Return: 0 or -ENOMEM.
 */
int mt_facts_complete(const struct mt_eval_request *q, struct mt_host *h, struct mt_fact *facts,
		      struct mt_pool *p);

/** mt_fact_selected() - mt_request_selects() of a NIC as its facts have it */
bool mt_fact_selected(const struct mt_eval_request *q, const struct mt_fact *nic);

#endif
