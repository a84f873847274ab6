/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* warm.h - have an evaluation's pages at hand before its request comes */
#ifndef MT_EVALUATOR_WARM_H
#define MT_EVALUATOR_WARM_H

/** mt_warm_begin() - note where the heap begins: in a zygote, before anything is allocated */
void mt_warm_begin(void);

/**
 * mt_warm() - in a spare, before it waits: have its own pages of heap and stack, and those of the
 * code mapped
 *
 * A fork copies none of the former, and maps none of the latter: the spare would while it evaluates,
 * page by page. On a kernel before 5.14, which knows no such advice, it does.
 */
void mt_warm(void);

#endif
