/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* select.c - which of a guest's NICs a request asks for; for evaluator and parent */
#include "ask/evaluate.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

bool mt_nic_is(const char *word, const char *dev, const char *mac, unsigned index)
{
	char number[16];

	snprintf(number, sizeof number, "%u", index);
	return !strcmp(word, dev) || !strcasecmp(word, mac) || !strcmp(word, number);
}

bool mt_request_selects(const struct mt_eval_request *q, bool unmanaged, const char *dev,
			const char *mac, unsigned index)
{
	if (unmanaged ? !q->unmanaged : !q->managed)
		return false;
	for (const char *const *word = q->only; word && *word; word++)
		if (mt_nic_is(*word, dev, mac, index))
			return true;
	return !q->only;
}
