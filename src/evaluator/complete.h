/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* complete.h - what comes from the caller and not from the document: names, which NICs, and
 * what is known of the guest */
#ifndef MT_EVALUATOR_COMPLETE_H
#define MT_EVALUATOR_COMPLETE_H

#include "domain/facts.h"
#include "ask/evaluate.h"

struct mt_host;

/** mt_facts_of_unknown() - the facts of a guest that nobody told us about: one tap. 0 or
 * -ENOMEM. */
int mt_facts_of_unknown(const struct mt_eval_request *q, struct mt_host *h, struct mt_pool *p,
			struct mt_fact **facts);

/** mt_facts_complete() - put into @facts what the request says
 * @h:	for LXC's devices, which have no name before they are started; may be NULL
 *
 * Return: 0 or -ENOMEM.
 */
int mt_facts_complete(const struct mt_eval_request *q, struct mt_host *h, struct mt_fact *facts,
		      struct mt_pool *p);

/** mt_fact_selected() - mt_request_selects() of a NIC as its facts have it */
bool mt_fact_selected(const struct mt_eval_request *q, const struct mt_fact *nic);

#endif
