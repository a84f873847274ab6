/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * spare.h - an evaluator that was forked ahead: how it comes to be, and gets its one request
 *
 * A zygote is the program libexec/moontap/evaluator, called MT_ZYGOTE, with a request's words: it
 * opens what all evaluations by that policy need, confines itself, and runs the policy's top
 * level. Over its standard input, a SEQPACKET socket, it is given one descriptor a message, an end
 * of a stream socket; it forks a spare for it and answers with the spare's pid, an int32_t, or
 * -errno. At end of file it ends, and all of its spares end with it.
 *
 * A spare confines itself further, reads one request from that stream, writes the answer to it
 * (ask/answer.h), and waits for the end of file before it ends: an exit takes a third of what the
 * answer took, and whoever has that would wait for the processor meanwhile.
 */
#ifndef MT_ASK_SPARE_H
#define MT_ASK_SPARE_H

#include "ask/evaluate.h"

#define MT_ZYGOTE "moontap-zygote"

/**
 * mt_spare_send() - send a request to a spare
 * @fd:		our end of the stream
 * @q:		its source has no descriptor
 *
 * Return: 0, or -errno; -ETIME: the spare did not read within @q->deadline_ms.
 */
int mt_spare_send(int fd, const struct mt_eval_request *q, struct mt_err *e);

/**
 * mt_spare_receive() - wait for the request
 * @p:		what @q points to is in it
 *
 * Return: 0, -ENODATA: the other end was closed before it was sent; or -errno.
 */
int mt_spare_receive(int fd, struct mt_pool *p, struct mt_eval_request *q, struct mt_err *e);

#endif
