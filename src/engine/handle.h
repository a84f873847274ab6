/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* handle.h - what is inside of moontap.h's handles and outcomes */
#ifndef MT_ENGINE_HANDLE_H
#define MT_ENGINE_HANDLE_H

#include "engine/engine.h"
#include "moontap.h"

struct moontap {
	struct mt_pool pool; /* of the options' copies */
	struct mt_engine engine;
	const char *service; /* the socket of the one that runs its events; NULL: it does */
};

struct mt_result {
	struct moontap_outcome face; /* first: a pointer to it is one to this struct */
	struct mt_outcome inside;
};

/** mt_handle_open() - as moontap_open(), but with this version's options, and a struct mt_err */
int mt_handle_open(struct moontap **m, const struct moontap_options *options, struct mt_err *e);

/** mt_handle_run() - as moontap_run(), but with this version's event, and a struct mt_err
 * @e:		zeroed by the caller */
int mt_handle_run(struct moontap *m, const struct moontap_event *event,
		  struct moontap_outcome **outcome, struct mt_err *e);

/** mt_result_face() - fill @r->face from @r->inside, in its pool. Return: 0 or -ENOMEM. */
int mt_result_face(struct mt_result *r, struct mt_err *e);

/** mt_result_command() - the commands of a step; of one that changes nothing, those that would put
 * what is there. Returns @buf. */
const char *mt_result_command(const struct mt_step *s, char *buf, size_t n);

/** mt_op_name() - "add", "set", "delete", "same", "claim", "release" */
const char *mt_op_name(enum mt_op op);

#endif
