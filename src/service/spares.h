/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * spares.h - a worker's zygote, and the evaluators that it forked ahead
 *
 * There is one set in a process. A worker makes spares while it has nothing else to do. An event
 * that finds none has one made; one that a spare cannot serve, or that a zygote has not forked one
 * for in time, has its evaluator started as without a service.
 */
#ifndef MT_SERVICE_SPARES_H
#define MT_SERVICE_SPARES_H

#include "engine/engine.h"

#define MT_SPARES_MAX 32

/** mt_spares_begin() - use spares for this engine's evaluations from now on
 * @g:		borrowed until mt_spares_end(); its o.start is changed
 * @most:	how many are to be ready; at most MT_SPARES_MAX
 */
void mt_spares_begin(struct mt_engine *g, unsigned most);

/**
 * mt_spares_work() - one small piece of work: take a spare that is ready, ask for another, replace
 * a zygote that is gone or whose files changed
 *
 * Return: milliseconds after which there may be more to do, when mt_spares_fd() is not readable
 * before; -1: nothing is to be done.
 */
int mt_spares_work(void);

/** mt_spares_rest() - end the spares that have answered: after the reply that waited for them */
void mt_spares_rest(void);

/** mt_spares_fd() - readable: there is work; -1: there is no zygote */
int mt_spares_fd(void);

/** mt_spares_ready() - how many there are */
unsigned mt_spares_ready(void);

/**
 * mt_spares_leave() - leave spares that are ready to a child that was just forked
 * @n:		how many; no more than were ready before the fork
 *
 * Called in the parent, which then has the others; and mt_spares_inherit() in the child.
 */
void mt_spares_leave(unsigned n);

/** mt_spares_inherit() - have what mt_spares_leave() leaves, and nothing else of the parent's
 * @g:		the child's own engine, whose evaluations use them; borrowed */
void mt_spares_inherit(struct mt_engine *g, unsigned n);

/** mt_spares_failed() - whether a spare has ended before its answer did: who inherited it tells its
 * parent then, and serves nobody any more */
bool mt_spares_failed(void);

/** mt_spares_back_off() - a child told so: make none for a while, as if it were a spare of ours */
void mt_spares_back_off(void);

/** mt_spares_end() - end the zygote and all spares */
void mt_spares_end(void);

#endif
