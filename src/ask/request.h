/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * request.h - a request as the words of a command line, for an evaluator that is a program
 *
 *   evaluator version=0.1.0 policy=/etc/moontap/policy.lua want=4 fd=0 parent=4711 ...
 *
 * The bytes of a source are in no word: mt_start_spawn() passes a descriptor of them.
 */
#ifndef MT_ASK_REQUEST_H
#define MT_ASK_REQUEST_H

#include "ask/evaluate.h"

/** mt_request_to_args() - write @q as words after @program, NULL-ended, in @p; 0 or -ENOMEM */
int mt_request_to_args(const struct mt_eval_request *q, const char *program, struct mt_pool *p,
		       char ***words, struct mt_err *e);

/**
 * mt_request_from_args() - read the request that mt_request_to_args() wrote
 * @words:	without the program; borrowed
 *
 * Return: 0, -ENOMEM, or -EINVAL: a word of another version of moontap.
 */
int mt_request_from_args(char **words, struct mt_pool *p, struct mt_eval_request *q,
			 struct mt_err *e);

#endif
